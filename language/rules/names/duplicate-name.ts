/** A name that is taken already. Reported where the names of a file or a block are gathered. */
import type { Rule } from '../rule.ts';

export default {
  name: 'duplicate-name',
  code: 'CUP2002',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The same name for two things leaves open which one is meant.',
} satisfies Rule;
