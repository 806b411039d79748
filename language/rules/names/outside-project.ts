/** An import that leads out of the project. Reported for each import. */
import type { Rule } from '../rule.ts';

export default {
  name: 'outside-project',
  code: 'CUP2009',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A program that reads files from elsewhere works on one machine only.',
} satisfies Rule;
