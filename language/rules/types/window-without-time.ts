/** A window over a table without event time, or a task without cutoffs. Found while typing expressions. */
import type { Rule } from '../rule.ts';

export default {
  name: 'window-without-time',
  code: 'CUP2107',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Without a time nothing says which rows had happened before the prediction was made.',
} satisfies Rule;
