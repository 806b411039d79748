/** A column that the table does not have at this step. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-column',
  code: 'CUP2301',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A step over a column that is not there would run on something else, or on nothing.',
} satisfies Rule;
