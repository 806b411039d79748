/** A declaration that nothing refers to. Reported for each file. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unused-declaration',
  code: 'CUP2003',
  group: 'names',
  severity: 'warning',
  type: null,
  verdict: null,
  why: 'What is never used is either a leftover or the sign of a mistake elsewhere.',
} satisfies Rule;
