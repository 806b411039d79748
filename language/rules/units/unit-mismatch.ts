/** Values of different units are added or compared. Found while typing expressions. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unit-mismatch',
  code: 'CUP2201',
  group: 'units',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Values in different units have no sum and no order; a model that got one would learn from nonsense.',
} satisfies Rule;
