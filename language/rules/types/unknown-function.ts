/** A call of a function that does not exist. Found while typing calls. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-function',
  code: 'CUP2116',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'There is nothing that could be computed under this name.',
} satisfies Rule;
