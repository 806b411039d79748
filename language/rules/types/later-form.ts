/** A form that is read but does not run yet. Reported by parser and model wherever such a word stands. */
import type { Rule } from '../rule.ts';

export default {
  name: 'later-form',
  code: 'CUP1009',
  group: 'syntax',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The language reserves the form so that programs can grow, but nothing would run it today.',
} satisfies Rule;
