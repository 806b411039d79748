/** A declaration that leaves out what it cannot do without. Reported where it is typed. */
import type { Rule } from '../rule.ts';

export default {
  name: 'missing-item',
  code: 'CUP2011',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The program leaves open a decision that nobody can guess.',
} satisfies Rule;
