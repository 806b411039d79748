/** What learners that tell classes apart share: how many there are, which train has, and scores that become probabilities. */
import { type FitContext, LearnError } from './learner.ts';
import type { Matrix } from './matrix.ts';
import { count, requireBothClasses } from './rows.ts';

/** Two for a binary label, whose codes are 0 and 1. */
export function classCount({ label, classes }: FitContext): number {
  if (label === 'binary') return 2;
  if (label === 'classes' && classes) return classes.length;
  throw new LearnError(
    'label',
    'This algorithm tells classes apart, and the label is a number.',
    'Choose an algorithm for numbers, such as `ridge`.',
  );
}

/** Throws where train has but one class. */
export function requireClasses(matrix: Matrix, rows: Int32Array, { label, classes }: FitContext): void {
  const first = matrix.label[rows[0] ?? 0] ?? 0;
  if (label === 'binary') requireBothClasses(matrix, rows);
  if (rows.some(row => matrix.label[row] !== first)) return;
  throw new LearnError(
    'one-class',
    `All ${count(rows.length)} training rows have the label "${classes?.[first] ?? ''}"; a classifier needs at least two classes to tell them apart.`,
    'Widen the train partition, or check the label.',
  );
}

/** The weight of each class. */
export function classWeights(label: Float64Array, w: Float64Array, classes: number): Float64Array {
  const out = new Float64Array(classes);
  for (let i = 0; i < label.length; i++) {
    const code = label[i] ?? 0;
    out[code] = (out[code] ?? 0) + (w[i] ?? 0);
  }
  return out;
}

/** Log-probabilities up to a constant a row (rows × classes) become probabilities that sum to 1, in place. */
export function normalised(scores: Float64Array, classes: number): Float64Array {
  for (let at = 0; at < scores.length; at += classes) {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) most = Math.max(most, scores[at + k] ?? 0);
    let total = 0;
    for (let k = 0; k < classes; k++) {
      const value = Math.exp((scores[at + k] ?? 0) - most);
      scores[at + k] = value;
      total += value;
    }
    for (let k = 0; k < classes; k++) scores[at + k] = (scores[at + k] ?? 0) / total;
  }
  return scores;
}
