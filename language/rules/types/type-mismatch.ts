/** An operation or setting meets a value of the wrong type. Found while typing expressions. */
import type { Rule } from '../rule.ts';

export default {
  name: 'type-mismatch',
  code: 'CUP2101',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The operation has no meaning for these values, so whatever came out would be a wrong number.',
} satisfies Rule;
