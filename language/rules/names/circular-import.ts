/** Imports that lead back to their own file. Found in the graph of files. */
import type { Rule } from '../rule.ts';

export default {
  name: 'circular-import',
  code: 'CUP2006',
  group: 'names',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Files that need each other cannot be read, moved or checked one by one.',
} satisfies Rule;
