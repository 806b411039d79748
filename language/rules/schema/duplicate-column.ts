/** Two columns of one name. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'duplicate-column',
  code: 'CUP2302',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'With two columns of one name nobody can say which of them a formula reads.',
} satisfies Rule;
