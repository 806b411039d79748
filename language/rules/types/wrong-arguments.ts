/** Arguments that do not fit the form of a call. Found while typing calls. */
import type { Rule } from '../rule.ts';

export default {
  name: 'wrong-arguments',
  code: 'CUP2115',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The call cannot be understood, so it has no result.',
} satisfies Rule;
