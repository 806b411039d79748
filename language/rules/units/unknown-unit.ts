/** A unit that cannot be read. Reported where columns are typed. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-unit',
  code: 'CUP2202',
  group: 'units',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'What cannot be read as a unit cannot protect a sum.',
} satisfies Rule;
