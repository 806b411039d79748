/** A setting whose value is not what the setting takes. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'wrong-setting',
  code: 'CUP2316',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A setting that is not understood cannot be obeyed, and the run would quietly do something else.',
} satisfies Rule;
