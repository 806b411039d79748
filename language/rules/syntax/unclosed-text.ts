/** A text that the line does not close. Reported by the parser. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unclosed-text',
  code: 'CUP1003',
  group: 'syntax',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Where the text ends decides what is a value and what is part of the program.',
} satisfies Rule;
