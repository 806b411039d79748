/** An entry of the ledger of test readings was changed or taken out. Found by a run. */
import type { Rule } from '../rule.ts';

export default {
  name: 'ledger-changed',
  code: 'CUP3071',
  group: 'validity',
  severity: 'warning',
  type: 'L1.1',
  verdict: 'needs data',
  why: 'How often test was read cannot be told any more, so nobody knows how much of a test figure is luck.',
} satisfies Rule;
