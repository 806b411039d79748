/** A setting that its owner does not have. Found while typing settings. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-setting',
  code: 'CUP2113',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A setting that nothing reads changes nothing, while its author believes that it does.',
} satisfies Rule;
