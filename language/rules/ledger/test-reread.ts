/** The test rows are scored again after each edit. Found by a run, from the ledger of readings. */
import type { Rule } from '../rule.ts';

export default {
  name: 'test-reread',
  code: 'CUP3004',
  group: 'leakage',
  severity: 'warning',
  type: 'L1.1',
  verdict: 'needs data',
  why: 'Whoever edits a program after seeing its test figure fits it to the test rows, a little with every run.',
} satisfies Rule;
