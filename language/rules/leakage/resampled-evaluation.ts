/** Rows are drawn twice or made up for a fit only: no form of the language does so to the rows that are judged. */
import type { Rule } from '../rule.ts';

export default {
  name: 'resampled-evaluation',
  code: 'CUP3015',
  group: 'leakage',
  severity: 'error',
  type: 'L3.3',
  verdict: 'proved',
  guarantee: true,
  why: 'On rows that were balanced the figures hold for a world in which the rare class is not rare.',
} satisfies Rule;
