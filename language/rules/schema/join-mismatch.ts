/** Joined columns that can never be equal. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'join-mismatch',
  code: 'CUP2312',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Values of different kinds are never equal, so the join would find nothing.',
} satisfies Rule;
