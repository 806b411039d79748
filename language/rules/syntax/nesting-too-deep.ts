/** Nesting or chains beyond the limit. Reported by the parser. */
import type { Rule } from '../rule.ts';

export default {
  name: 'nesting-too-deep',
  code: 'CUP1005',
  group: 'syntax',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Nobody can review a formula of this depth, and the limit keeps every check fast.',
} satisfies Rule;
