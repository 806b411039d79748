/** An aggregate where there are no rows to go over. Found while typing expressions. */
import type { Rule } from '../rule.ts';

export default {
  name: 'aggregate-outside-window',
  code: 'CUP2106',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Without a window nothing says which rows are counted, and all of them would include the future.',
} satisfies Rule;
