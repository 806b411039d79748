/** Bytes that are no text in UTF-8. Reported by the parser. */
import type { Rule } from '../rule.ts';

export default {
  name: 'not-text',
  code: 'CUP1007',
  group: 'syntax',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'What the bytes were meant to say cannot be known, and a guess would change names and values.',
} satisfies Rule;
