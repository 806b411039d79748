/** `select` learns which columns tell most about the label on the training rows of the fold in force: no form of the language asks others. */
import type { Rule } from '../rule.ts';

export default {
  name: 'selection-before-split',
  code: 'CUP3017',
  group: 'leakage',
  severity: 'error',
  type: 'L1.3',
  verdict: 'proved',
  guarantee: true,
  why: 'Of many columns some look good on the test rows by luck, and a choice that has seen those rows takes that luck for skill.',
} satisfies Rule;
