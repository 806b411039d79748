/** A name that stands for nothing here. Reported where names are resolved. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-name',
  code: 'CUP2001',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Nothing says what is meant, so nothing can be computed.',
} satisfies Rule;
