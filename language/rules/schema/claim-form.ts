/** An item of a check that cannot be read as a claim. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'claim-form',
  code: 'CUP2314',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A claim that cannot be read is a claim that nobody holds the data to.',
} satisfies Rule;
