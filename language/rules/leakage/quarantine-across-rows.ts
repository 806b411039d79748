/** A check that takes a row out because of other rows. Reported while typing, where the severity of a claim is read. */
import type { Rule } from '../rule.ts';

export default {
  name: 'quarantine-across-rows',
  code: 'CUP3063',
  group: 'leakage',
  severity: 'error',
  type: 'L1.2',
  verdict: 'leaks',
  why: 'A row of the test period would decide whether a training row stays, so the training rows are not what they were at the time.',
} satisfies Rule;
