/** A name that the imported file does not declare. Reported for each import. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-import',
  code: 'CUP2007',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The file does not offer what is asked of it, so everything that builds on the name hangs in the air.',
} satisfies Rule;
