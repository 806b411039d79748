/** Values of different units are added or compared. Found while typing expressions. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unit-mismatch',
  code: 'CUP2201',
  group: 'units',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Euros and days have no sum; a model that got one would learn from nonsense.',
} satisfies Rule;
