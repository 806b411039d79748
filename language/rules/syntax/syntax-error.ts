/** What was expected at a place, and what was found there. Reported by the parser. */
import type { Rule } from '../rule.ts';

export default {
  name: 'syntax-error',
  code: 'CUP1001',
  group: 'syntax',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'What cannot be read cannot be checked, and what nobody checked must not decide anything.',
} satisfies Rule;
