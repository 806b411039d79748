/** What boosting minimises: the constant to start from, the loss itself and the way from scores to a prediction. Gradients are the kernel's. */
import type { LabelKind } from '../learner.ts';
import { logistic } from '../linearModel.ts';

export interface Loss {
  readonly name: string;
  /** As in `kernel/gradients.ts`. */
  readonly code: number;
  /** The constant score of each output with the least loss. */
  readonly initial: (label: Float64Array, weight: Float64Array | null, outputs: number) => readonly number[];
  /** Bounds of gradient and curvature for a weight of 1, without sign; null: they depend on the scores. */
  readonly peaks: readonly [gradient: number, curvature: number] | null;
  /** Mean over the weights; scores are rows × outputs. */
  readonly mean: (score: Float64Array, label: Float64Array, weight: Float64Array | null) => number;
  /** Scores become predictions in place. */
  readonly predict: (score: Float64Array, outputs: number) => void;
}

/** Scores of classes start here where a class has no weight. */
const rarest = 1e-12;

export const losses: Readonly<Record<LabelKind, Loss>> = {
  binary: {
    name: 'log loss',
    code: 0,
    peaks: [1, 0.25],
    initial: (label, weight) => {
      const mean = meanOf(weight, label.length, i => label[i] ?? 0);
      return [Math.log(mean / (1 - mean))];
    },
    mean: pointwise((score, label) => Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - label * score),
    predict: each(logistic),
  },
  number: {
    name: 'squared error',
    code: 1,
    peaks: null,
    initial: (label, weight) => [meanOf(weight, label.length, i => label[i] ?? 0)],
    mean: pointwise((score, label) => (score - label) ** 2),
    predict: () => {},
  },
  // Curvature is raised by e^0.7 against steps that overshoot, as LightGBM's `poisson_max_delta_step`.
  count: {
    name: 'Poisson loss',
    code: 2,
    peaks: null,
    initial: (label, weight) => [Math.log(meanOf(weight, label.length, i => label[i] ?? 0))],
    mean: pointwise((score, label) => Math.exp(score) - label * score),
    predict: each(Math.exp),
  },
  // Curvature is raised by K / (K − 1), as LightGBM (Friedman 2001, algorithm 6).
  classes: {
    name: 'log loss',
    code: 3,
    peaks: [1, 0.5],
    initial: (label, weight, outputs) =>
      Array.from({ length: outputs }, (_, k) =>
        Math.log(
          Math.max(
            rarest,
            meanOf(weight, label.length, i => (label[i] === k ? 1 : 0)),
          ),
        ),
      ),
    mean: (score, label, weight) => {
      const outputs = score.length / label.length;
      return meanOf(weight, label.length, i => {
        const own = score.subarray(i * outputs, (i + 1) * outputs);
        const most = own.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
        return most + Math.log(own.reduce((total, s) => total + Math.exp(s - most), 0)) - (own[label[i] ?? 0] ?? 0);
      });
    },
    predict: (score, outputs) => {
      for (let from = 0; from < score.length; from += outputs) {
        const own = score.subarray(from, from + outputs);
        const most = own.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
        own.forEach((s, k) => {
          own[k] = Math.exp(s - most);
        });
        const total = own.reduce((a, b) => a + b, 0);
        own.forEach((e, k) => {
          own[k] = e / total;
        });
      }
    },
  },
};

function pointwise(of: (score: number, label: number) => number): Loss['mean'] {
  return (score, label, weight) => meanOf(weight, label.length, i => of(score[i] ?? 0, label[i] ?? 0));
}

function each(of: (score: number) => number): Loss['predict'] {
  return score => {
    for (let i = 0; i < score.length; i++) score[i] = of(score[i] ?? 0);
  };
}

function meanOf(weight: Float64Array | null, n: number, value: (i: number) => number): number {
  let total = 0;
  let weights = 0;
  for (let i = 0; i < n; i++) {
    const w = weight === null ? 1 : (weight[i] ?? 0);
    total += w * value(i);
    weights += w;
  }
  return total / weights;
}
