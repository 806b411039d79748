/** A condition on when things happened, where they are known only later. Found by `rows-known-late`, which knows why rows are settled too late. */
import type { Rule } from '../rule.ts';

export default {
  name: 'event-time-not-known-time',
  code: 'CUP3042',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'What happened the day before and arrived a week later was not there when the prediction was made.',
} satisfies Rule;
