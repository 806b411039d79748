/** More text than a program has. Reported by the parser. */
import type { Rule } from '../rule.ts';

export default {
  name: 'file-too-large',
  code: 'CUP1006',
  group: 'syntax',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Such a file is data, and data belongs in data files.',
} satisfies Rule;
