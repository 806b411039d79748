/** One feature that nearly decides the label by itself. Only rows can tell, so a run decides it. */
import type { Rule } from '../rule.ts';

export default {
  name: 'target-proxy',
  code: 'CUP3027',
  group: 'leakage',
  severity: 'warning',
  type: 'L2',
  verdict: 'needs data',
  why: 'Such a column is most often filled in with the outcome or after it, and is not there when the model is used.',
} satisfies Rule;
