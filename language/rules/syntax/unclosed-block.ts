/** A bracket without its partner. Reported by the parser. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unclosed-block',
  code: 'CUP1002',
  group: 'syntax',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Without its end nobody can tell what belongs inside and what does not.',
} satisfies Rule;
