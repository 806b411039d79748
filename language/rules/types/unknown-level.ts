/** A text that is no level of the category it meets. Found while typing expressions. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-level',
  code: 'CUP2103',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The condition is never true, so the rows it should find are missed without a word.',
} satisfies Rule;
