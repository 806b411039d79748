/** A call behind `|` that is no table step. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-step',
  code: 'CUP2313',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A step that does not exist changes nothing, so the table would not be what it looks like.',
} satisfies Rule;
