/** A window over a table that refers to the entity in two ways. Reported where windows are typed. */
import type { Rule } from '../rule.ts';

export default {
  name: 'ambiguous-link',
  code: 'CUP2012',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Two columns could say which rows belong to the observation, and they give different figures.',
} satisfies Rule;
