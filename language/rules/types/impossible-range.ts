/** A range or comparison that no value can meet. Found while typing expressions, bounds and claims. */
import type { Rule } from '../rule.ts';

export default {
  name: 'impossible-range',
  code: 'CUP2109',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The condition is false for every row, so what it should find or guard is missed.',
} satisfies Rule;
