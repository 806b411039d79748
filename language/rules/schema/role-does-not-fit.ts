/** A role or limit that the column or its table cannot have. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'role-does-not-fit',
  code: 'CUP2305',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A role or limit that a column cannot have would be ignored, and what it was meant to guarantee would be missing.',
} satisfies Rule;
