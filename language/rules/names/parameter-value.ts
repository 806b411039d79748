/** A parameter whose value is none of its type. Reported where parameters are typed. */
import type { Rule } from '../rule.ts';

export default {
  name: 'parameter-value',
  code: 'CUP2014',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The run would compute with another value than the one that was meant, or with none.',
} satisfies Rule;
