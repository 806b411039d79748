/** A name that hides another one of its kind. Reported where names are resolved. */
import type { Rule } from '../rule.ts';

export default {
  name: 'shadowed-name',
  code: 'CUP2004',
  group: 'names',
  severity: 'warning',
  type: null,
  verdict: null,
  why: 'Readers take the name for the one thing while the program means the other.',
} satisfies Rule;
