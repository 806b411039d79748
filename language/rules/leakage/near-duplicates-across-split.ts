/** Rows of test with an almost equal row in train, beyond what chance gives. Only rows can tell, so a run decides it. */
import type { Rule } from '../rule.ts';

export default {
  name: 'near-duplicates-across-split',
  code: 'CUP3020',
  group: 'leakage',
  severity: 'warning',
  type: 'L1.4',
  verdict: 'needs data',
  why: 'The model knows these rows almost by heart, so the test shows memory where it should show skill.',
} satisfies Rule;
