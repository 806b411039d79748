/** A test partition with too few rows for what is claimed on it. Only rows can tell, so a run decides it. */
import type { Rule } from '../rule.ts';

export default {
  name: 'tiny-test',
  code: 'CUP3048',
  group: 'validity',
  severity: 'warning',
  type: 'L3.3',
  verdict: 'needs data',
  why: 'With so few rows the figure could as well be much better or much worse, and what is claimed rests on luck.',
} satisfies Rule;
