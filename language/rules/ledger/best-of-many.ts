/** A test figure is the best of several on the same rows, and the others are not shown. Found by a run, from the ledger of readings. */
import type { Rule } from '../rule.ts';

export default {
  name: 'best-of-many',
  code: 'CUP3050',
  group: 'leakage',
  severity: 'warning',
  type: 'L1.1',
  verdict: 'needs data',
  why: 'The best of many seeds, settings or versions is partly luck, and on new rows it will be worse.',
} satisfies Rule;
