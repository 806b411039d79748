/** A type that does not exist, or lacks what it needs. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-type',
  code: 'CUP2306',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The type decides how a column is read, so nothing can be said about a column whose type is not known.',
} satisfies Rule;
