/** A metric that does not judge the kind of label. Reported where metrics are typed. */
import type { Rule } from '../rule.ts';

export default {
  name: 'metric-does-not-fit',
  code: 'CUP2111',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The figure does not measure how well this label is predicted.',
} satisfies Rule;
