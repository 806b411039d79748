/** A word behind a claim that is no severity, or does not suit it. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-severity',
  code: 'CUP2309',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The severity decides what happens when a claim fails, so a misspelt one would decide nothing.',
} satisfies Rule;
