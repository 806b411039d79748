/** What a transform learns it learns from training rows: no form of the language fits one on the rows that are judged. */
import type { Rule } from '../rule.ts';

export default {
  name: 'fitted-on-evaluation',
  code: 'CUP3011',
  group: 'leakage',
  severity: 'error',
  type: 'L1.2',
  verdict: 'proved',
  guarantee: true,
  why: 'Judged rows that are scaled or filled by their own statistics are judged as a group, which single new cases never are.',
} satisfies Rule;
