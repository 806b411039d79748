/** A model over models learns from scores of rows that the members have not learned from: no form of the language gives it others. */
import type { Rule } from '../rule.ts';

export default {
  name: 'stacked-in-fold',
  code: 'CUP3007',
  group: 'leakage',
  severity: 'error',
  type: 'L1.1',
  verdict: 'proved',
  guarantee: true,
  why: 'On rows that a member has learned by heart its scores are nearly the answers, so a model over them trusts whoever remembers most.',
} satisfies Rule;
