/** A feature whose nulls nearly decide the label. Only rows can tell, so a run decides it. */
import type { Rule } from '../rule.ts';

export default {
  name: 'missingness-proxy',
  code: 'CUP3028',
  group: 'leakage',
  severity: 'warning',
  type: 'L2',
  verdict: 'needs data',
  why: 'A column that only some cases ever get filled in tells the outcome by being there.',
} satisfies Rule;
