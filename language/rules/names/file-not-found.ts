/** An import of a file that is not there. Reported for each import, and for a file that vanished. */
import type { Rule } from '../rule.ts';

export default {
  name: 'file-not-found',
  code: 'CUP2008',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'What the file should bring is missing, so the program cannot be checked or run.',
} satisfies Rule;
