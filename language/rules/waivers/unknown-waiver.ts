/** A waiver that names no rule, or one whose findings cannot be allowed. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-waiver',
  code: 'CUP9101',
  group: 'style',
  severity: 'warning',
  type: null,
  verdict: null,
  why: 'The comment allows nothing, while its author believes that it does.',
} satisfies Rule;
