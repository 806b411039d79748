/** A word after `@` that is no role. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-role',
  code: 'CUP2304',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A role that nobody knows protects nothing: a misspelt `@after` lets the outcome into the features.',
} satisfies Rule;
