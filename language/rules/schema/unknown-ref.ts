/** A ref to a table that the file does not know. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-ref',
  code: 'CUP2311',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A reference to a table that does not exist links nothing.',
} satisfies Rule;
