/** A learned transform ahead of the split. Reported while typing, where a transform meets a table. */
import type { Rule } from '../rule.ts';

export default {
  name: 'fitted-in-table',
  code: 'CUP3009',
  group: 'leakage',
  severity: 'error',
  type: 'L1.2',
  verdict: 'leaks',
  why: 'Learned on all rows, the step carries what the test rows look like into training.',
} satisfies Rule;
