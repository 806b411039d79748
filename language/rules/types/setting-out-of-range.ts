/** A setting beyond its limits, or a choice that there is not. Found while typing settings. */
import type { Rule } from '../rule.ts';

export default {
  name: 'setting-out-of-range',
  code: 'CUP2112',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The algorithm has no meaning, or no use, for a value beyond these limits.',
} satisfies Rule;
