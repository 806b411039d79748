/** A value that is none. Reported by the parser. */
import type { Rule } from '../rule.ts';

export default {
  name: 'malformed-literal',
  code: 'CUP1008',
  group: 'syntax',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A date that does not exist or a unit that is misread moves a boundary without anybody noticing.',
} satisfies Rule;
