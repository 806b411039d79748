/** What a model says as a feature of another is out of fold wherever it learned: no form of the language gives it in sample. */
import type { Rule } from '../rule.ts';

export default {
  name: 'model-output-as-feature',
  code: 'CUP3032',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'proved',
  guarantee: true,
  why: 'A score of a model that has learned from the row is nearly its answer, and a second model would believe it too much.',
} satisfies Rule;
