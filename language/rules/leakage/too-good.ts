/** A figure beyond its plausible range. Only rows can tell, so a run decides it. */
import type { Rule } from '../rule.ts';

export default {
  name: 'too-good',
  code: 'CUP3056',
  group: 'leakage',
  severity: 'warning',
  type: 'L2',
  verdict: 'needs data',
  why: 'A figure that nobody can believe most often has a cause that is not skill.',
} satisfies Rule;
