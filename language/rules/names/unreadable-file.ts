/** A file that is there and cannot be read as a program. Reported for each import and for the file itself. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unreadable-file',
  code: 'CUP2010',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'What the file should bring is missing, so the program cannot be checked or run.',
} satisfies Rule;
