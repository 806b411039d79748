/** A file that is not what its source declares. Found by looking at the file, never at the program alone. */
import type { Rule } from '../rule.ts';

export default {
  name: 'actual-schema',
  code: 'CUP2317',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A run reads the file as it is: what the declaration says beyond it stops the run or leaves cells empty.',
} satisfies Rule;
