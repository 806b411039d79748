/** An expression beyond the limits once its definitions are expanded. Found while typing expressions. */
import type { Rule } from '../rule.ts';

export default {
  name: 'expression-too-large',
  code: 'CUP2117',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'What a short text means here is too long to be computed.',
} satisfies Rule;
