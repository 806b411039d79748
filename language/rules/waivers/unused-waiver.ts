/** A waiver at whose line its rule finds nothing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unused-waiver',
  code: 'CUP9103',
  group: 'style',
  severity: 'warning',
  type: null,
  verdict: null,
  why: 'It would silently allow the next finding of that rule at this line, which nobody has judged.',
} satisfies Rule;
