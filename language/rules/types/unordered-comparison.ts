/** A comparison by size of what has no order. Found while typing expressions. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unordered-comparison',
  code: 'CUP2105',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The values have no order, so smaller and greater would follow the alphabet or chance.',
} satisfies Rule;
