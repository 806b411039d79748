/** A window over a table that is not linked to the entity. Reported where windows are typed. */
import type { Rule } from '../rule.ts';

export default {
  name: 'no-link',
  code: 'CUP2013',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Without a link the window would take the rows of everybody.',
} satisfies Rule;
