/** A source that does not say which columns it has. Reported while typing. */
import type { Rule } from '../rule.ts';

export default {
  name: 'missing-columns',
  code: 'CUP2303',
  group: 'schema',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'Without declared columns nothing can be checked before the data is read.',
} satisfies Rule;
