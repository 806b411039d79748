/** Two sides of a union with different columns. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'union-mismatch',
  code: 'CUP2307',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Rows with different columns under one name would fill each other with gaps or with values of another kind.',
} satisfies Rule;
