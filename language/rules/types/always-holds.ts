/** A claim that follows from what is declared. Found while typing claims. */
import type { Rule } from '../rule.ts';

export default {
  name: 'always-holds',
  code: 'CUP2110',
  group: 'types',
  severity: 'warning',
  type: null,
  verdict: null,
  why: 'A claim that cannot fail guards nothing and gives false comfort.',
} satisfies Rule;
