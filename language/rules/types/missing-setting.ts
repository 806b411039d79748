/** A setting without a default that is not written. Found while typing settings. */
import type { Rule } from '../rule.ts';

export default {
  name: 'missing-setting',
  code: 'CUP2114',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'What the step should do is left open, and there is no choice that suits every case.',
} satisfies Rule;
