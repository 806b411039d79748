/** A ref to a table without a key. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'ref-without-key',
  code: 'CUP2315',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A reference to a table without a key could mean any of its rows.',
} satisfies Rule;
