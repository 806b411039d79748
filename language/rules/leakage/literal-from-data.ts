/** A typed-in number that is a figure of all rows. Only rows can tell, so a run decides it. */
import type { Rule } from '../rule.ts';

export default {
  name: 'literal-from-data',
  code: 'CUP3013',
  group: 'leakage',
  severity: 'warning',
  type: 'L1.2',
  verdict: 'needs data',
  why: 'The number was computed over the rows of test too, so they had their say in what the model reads.',
} satisfies Rule;
