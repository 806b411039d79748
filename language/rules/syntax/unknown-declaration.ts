/** Text outside of blocks that no declaration begins with. Reported by the parser. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-declaration',
  code: 'CUP1004',
  group: 'syntax',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A step of the process that is not recognised would silently be left out.',
} satisfies Rule;
