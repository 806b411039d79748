/** Observations whose label is not decided when the data end. They are left out everywhere; a run counts them. */
import type { Rule } from '../rule.ts';

export default {
  name: 'immature-label',
  code: 'CUP3054',
  group: 'leakage',
  severity: 'warning',
  type: 'L3.1',
  verdict: 'needs data',
  why: 'What is left is the older part of the data, and the newest behaviour is not in it.',
} satisfies Rule;
