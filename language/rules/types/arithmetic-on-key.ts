/** A key, ref or category in arithmetic. Found while typing expressions. */
import type { Rule } from '../rule.ts';

export default {
  name: 'arithmetic-on-key',
  code: 'CUP2102',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A key is a name, even when it is written with digits; its sum or mean says nothing.',
} satisfies Rule;
