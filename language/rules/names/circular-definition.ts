/** Declarations that are defined by themselves. Found in the graph of names, before anything is typed. */
import type { Rule } from '../rule.ts';

export default {
  name: 'circular-definition',
  code: 'CUP2005',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'What is defined by itself never comes to an end, so it has no value.',
} satisfies Rule;
