/**
 * Metrics of several classes. What is defined for one class is the mean over classes, each against the rest: of those that occur among the
 * labels or the predictions, as scikit-learn's `average="macro"`; of an AUC those that occur among the labels.
 */
import { aucError, placements } from './auc.ts';
import { type Clusters, clusterSums } from './clusters.ts';
import { standardError } from './resample.ts';
import type { Predictions, Statistic } from './statistic.ts';

export interface ClassPredictions {
  /** The index of the class. */
  readonly label: Float64Array;
  /** Row-major, rows × classes; each row sums to 1. */
  readonly score: Float64Array;
  readonly weight: Float64Array;
  readonly classes: number;
}

/** What is a mean over classes says so in its name. */
export const classMetricName = (metric: string): string => (['auc', 'precision', 'recall', 'f1'].includes(metric) ? `macro ${metric}` : metric);

const leastProbability = 2 ** -52;

/** The class with the greatest probability of each row; the first of equals. */
export function predictedClasses(score: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: classes === 0 ? 0 : score.length / classes }, (_, i) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if ((score[i * classes + k] ?? 0) > (score[i * classes + best] ?? 0)) best = k;
    return best;
  });
}

export function classStatistic(metric: string, of: ClassPredictions): Statistic | null {
  switch (metric) {
    case 'accuracy': {
      const predicted = predictedClasses(of.score, of.classes);
      return { ...shareOf(of, i => Number(predicted[i] === of.label[i])), share: true };
    }
    case 'log_loss':
      return shareOf(of, i => -Math.log(Math.max(leastProbability, Math.min(1, of.score[i * of.classes + (of.label[i] ?? 0)] ?? 0))));
    case 'precision':
      return macro(of, (hit, predicted) => ({ above: hit, below: predicted }));
    case 'recall':
      return macro(of, (hit, _predicted, labelled) => ({ above: hit, below: labelled }));
    case 'f1':
      return macro(of, (hit, predicted, labelled) => ({ above: 2 * hit, below: predicted + labelled }));
    default:
      return null;
  }
}

function shareOf({ weight }: ClassPredictions, value: (row: number) => number): Statistic {
  return {
    terms: [weight.map((w, i) => w * value(i)), weight.slice()],
    value: sums => ((sums[1] ?? 0) > 0 ? (sums[0] ?? 0) / (sums[1] ?? 1) : null),
    gradient: sums => [1 / (sums[1] ?? 1), -(sums[0] ?? 0) / (sums[1] ?? 1) ** 2],
    undefinedAs: 'no rows',
  };
}

/** The mean over classes of a ratio of sums; 0 where its lower part is 0, and left out where the class occurs nowhere. */
function macro(
  { label, score, weight, classes }: ClassPredictions,
  parts: (hit: number, predicted: number, labelled: number) => { readonly above: number; readonly below: number },
): Statistic {
  const predicted = predictedClasses(score, classes);
  const terms = Array.from({ length: classes }, (_, k) => {
    const [above, below, occurs] = [new Float64Array(label.length), new Float64Array(label.length), new Float64Array(label.length)];
    for (let i = 0; i < label.length; i++) {
      const [isPredicted, isLabel, w] = [Number(predicted[i] === k), Number(label[i] === k), weight[i] ?? 0];
      const part = parts(isPredicted * isLabel, isPredicted, isLabel);
      above[i] = w * part.above;
      below[i] = w * part.below;
      occurs[i] = isPredicted + isLabel > 0 ? w : 0;
    }
    return [above, below, occurs];
  }).flat();
  const occurring = (sums: ArrayLike<number>) => Array.from({ length: classes }, (_, k) => k).filter(k => (sums[3 * k + 2] ?? 0) > 0);
  return {
    terms,
    value: sums => {
      const found = occurring(sums);
      if (found.length === 0) return null;
      return found.reduce((total, k) => total + ((sums[3 * k + 1] ?? 0) > 0 ? (sums[3 * k] ?? 0) / (sums[3 * k + 1] ?? 1) : 0), 0) / found.length;
    },
    gradient: sums => {
      const found = occurring(sums);
      const slopes = new Array<number>(terms.length).fill(0);
      for (const k of found) {
        const below = sums[3 * k + 1] ?? 0;
        if (!(below > 0)) continue;
        slopes[3 * k] = 1 / below / found.length;
        slopes[3 * k + 1] = -(sums[3 * k] ?? 0) / below ** 2 / found.length;
      }
      return slopes;
    },
    undefinedAs: 'no rows',
  };
}

export interface MacroAuc {
  readonly value: number;
  /** The influence of each row: w·(its share − the class's AUC) over the class's weight, summed over classes. */
  readonly influence: Float64Array;
  /** The fewest independent comparisons among the classes. */
  readonly disjointPairs: number;
}

/** The mean of each class's AUC against the rest; null where fewer than two classes occur. */
export function macroAuc({ label, score, weight, classes }: ClassPredictions, clusters: Clusters): MacroAuc | null {
  const influence = new Float64Array(label.length);
  let [found, total, disjointPairs] = [0, 0, Number.POSITIVE_INFINITY];
  for (let k = 0; k < classes; k++) {
    const own: Predictions = { label: label.map(y => Number(y === k)), score: label.map((_, i) => score[i * classes + k] ?? 0), weight };
    const placed = placements(own);
    if (!placed) continue;
    found += 1;
    total += placed.value;
    disjointPairs = Math.min(disjointPairs, aucError(placed.of, placed.value, own, clusters).disjointPairs);
    let [positive, all] = [0, 0];
    for (let i = 0; i < label.length; i++) {
      all += weight[i] ?? 0;
      if (own.label[i] === 1) positive += weight[i] ?? 0;
    }
    for (let i = 0; i < label.length; i++) {
      const move = (weight[i] ?? 0) * ((placed.of[i] ?? 0) - placed.value);
      influence[i] = (influence[i] ?? 0) + move / (own.label[i] === 1 ? positive : all - positive);
    }
  }
  if (found === 0) return null;
  for (let i = 0; i < influence.length; i++) influence[i] = (influence[i] ?? 0) / found;
  return { value: total / found, influence, disjointPairs };
}

/** Of a mean of AUCs, or of a difference of two: rows of a cluster are one observation. NaN with a single cluster. */
export function influenceError(influence: Float64Array, clusters: Clusters): number {
  const [sums = new Float64Array()] = clusterSums([influence], clusters);
  return standardError(sums);
}
