/** A waiver that does not say why the finding does no harm. */
import type { Rule } from '../rule.ts';

export default {
  name: 'waiver-without-reason',
  code: 'CUP9102',
  group: 'style',
  severity: 'warning',
  type: null,
  verdict: null,
  why: 'Whoever reviews the program has to judge whether the finding does no harm, and can judge only a reason.',
} satisfies Rule;
