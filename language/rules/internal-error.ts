/** The rule under which a failure of the analysis itself is reported, so that it is never silent. */
import type { Rule } from './rule.ts';

export const internalError: Rule = {
  name: 'internal-error',
  code: 'CUP9001',
  group: 'validity',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A part of the analysis failed, so its findings are missing here.',
};
