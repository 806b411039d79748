/** What boosting minimises: gradient and curvature of the loss in the score, and the way from the score to a prediction. */
import type { LabelKind } from '../learner.ts';
import { logistic } from '../linearModel.ts';

export interface Loss {
  readonly name: string;
  /** The constant score with the least loss. */
  readonly initial: (label: Float64Array, weight: Float64Array | null) => number;
  readonly gradients: (
    score: Float64Array,
    label: Float64Array,
    weight: Float64Array | null,
    gradient: Float64Array,
    curvature: Float64Array,
  ) => void;
  /** Mean over the weights. */
  readonly mean: (score: Float64Array, label: Float64Array, weight: Float64Array | null) => number;
  readonly predict: (score: number) => number;
}

export const losses: Readonly<Record<Exclude<LabelKind, 'classes'>, Loss>> = {
  binary: pointwise({
    name: 'log loss',
    initial: mean => Math.log(mean / (1 - mean)),
    gradient: (score, label) => logistic(score) - label,
    curvature: score => {
      const p = logistic(score);
      return p * (1 - p);
    },
    loss: (score, label) => Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - label * score,
    predict: logistic,
  }),
  number: pointwise({
    name: 'squared error',
    initial: mean => mean,
    gradient: (score, label) => score - label,
    curvature: () => 1,
    loss: (score, label) => (score - label) ** 2,
    predict: score => score,
  }),
  // Curvature is raised by e^0.7 against steps that overshoot, as LightGBM's `poisson_max_delta_step`.
  count: pointwise({
    name: 'Poisson loss',
    initial: mean => Math.log(mean),
    gradient: (score, label) => Math.exp(score) - label,
    curvature: score => Math.exp(score + 0.7),
    loss: (score, label) => Math.exp(score) - label * score,
    predict: Math.exp,
  }),
};

function pointwise(of: {
  name: string;
  initial: (mean: number) => number;
  gradient: (score: number, label: number) => number;
  curvature: (score: number) => number;
  loss: (score: number, label: number) => number;
  predict: (score: number) => number;
}): Loss {
  const meanOf = (weight: Float64Array | null, n: number, value: (i: number) => number): number => {
    let total = 0;
    let weights = 0;
    for (let i = 0; i < n; i++) {
      const w = weight === null ? 1 : (weight[i] ?? 0);
      total += w * value(i);
      weights += w;
    }
    return total / weights;
  };
  return {
    name: of.name,
    predict: of.predict,
    initial: (label, weight) => of.initial(meanOf(weight, label.length, i => label[i] ?? 0)),
    mean: (score, label, weight) => meanOf(weight, label.length, i => of.loss(score[i] ?? 0, label[i] ?? 0)),
    gradients: (score, label, weight, gradient, curvature) => {
      for (let i = 0; i < score.length; i++) {
        const w = weight === null ? 1 : (weight[i] ?? 0);
        const s = score[i] ?? 0;
        gradient[i] = w * of.gradient(s, label[i] ?? 0);
        curvature[i] = w * of.curvature(s);
      }
    },
  };
}
