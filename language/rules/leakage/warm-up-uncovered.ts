/** Windows that reach back behind the first row of their table. Only rows can tell, so a run decides it. */
import type { Rule } from '../rule.ts';

export default {
  name: 'warm-up-uncovered',
  code: 'CUP3069',
  group: 'leakage',
  severity: 'warning',
  type: 'L3.1',
  verdict: 'needs data',
  why: 'The first rows count less because nothing was written down yet, and the model learns from that as if it were behaviour.',
} satisfies Rule;
