/** Rows of test with an equal row in train. Only rows can tell, so a run decides it. */
import type { Rule } from '../rule.ts';

export default {
  name: 'duplicates-across-split',
  code: 'CUP3019',
  group: 'leakage',
  severity: 'warning',
  type: 'L1.4',
  verdict: 'needs data',
  why: 'The model knows these rows by heart, so the test shows memory where it should show skill.',
} satisfies Rule;
