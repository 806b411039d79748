/** A source that is read by something that is no connector. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'unknown-connector',
  code: 'CUP2308',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A file can only be read by something that knows its format.',
} satisfies Rule;
