/** A history joined by key only. Found by `rows-known-late`, which knows why rows are settled too late. */
import type { Rule } from '../rule.ts';

export default {
  name: 'not-point-in-time',
  code: 'CUP3041',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'The rows of later days come along, so the past is told what was not known then.',
} satisfies Rule;
