/** Rules about an evaluation: whether its rows can bear its figures, whether the metric tells anything, whether it is too good to be true. */
import type { Evaluated } from './evaluated.ts';
import type { Measured } from './measured.ts';
import { metricMismatch } from './metricMismatch.ts';
import { tinyTest } from './tinyTest.ts';
import { tooGood } from './tooGood.ts';

export function evaluationRules(of: Evaluated): readonly Measured[] {
  return [...tinyTest(of), ...metricMismatch(of), ...tooGood(of)];
}
