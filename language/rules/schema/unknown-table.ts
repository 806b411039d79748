/** A source or table that the file does not know. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-table',
  code: 'CUP2310',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A table can only be made of tables that exist.',
} satisfies Rule;
