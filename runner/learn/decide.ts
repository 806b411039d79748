/** The threshold from which on a row counts as positive: the one with the best figure, or the least cost, on rows that choose it. */

/** Weights of rows by true and predicted class. */
export interface Confusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** Figures that depend on the threshold, by name. Null: undefined for such counts. */
export const thresholdFigures: Readonly<Record<string, (of: Confusion) => number | null>> = {
  accuracy: ({ truePositive, falsePositive, trueNegative, falseNegative }) =>
    ratio(truePositive + trueNegative, truePositive + falsePositive + trueNegative + falseNegative),
  precision: ({ truePositive, falsePositive }) => ratio(truePositive, truePositive + falsePositive),
  recall: ({ truePositive, falseNegative }) => ratio(truePositive, truePositive + falseNegative),
  f1: ({ truePositive, falsePositive, falseNegative }) => ratio(2 * truePositive, 2 * truePositive + falsePositive + falseNegative),
  mcc: ({ truePositive: tp, falsePositive: fp, trueNegative: tn, falseNegative: fn }) => {
    const scale = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
    return scale > 0 ? (tp * tn - fp * fn) / Math.sqrt(scale) : 0;
  },
};

export interface Decision {
  readonly threshold: number;
  readonly value: number;
}

/**
 * The best of the scores themselves as thresholds, and of one above them all; of equal ones that nearest to 0.5, then the smaller. `value` is
 * to be as great as possible. Null where it is undefined for all. O(n log n).
 */
export function bestThreshold(
  score: Float64Array,
  label: Float64Array,
  weight: Float64Array | null,
  value: (of: Confusion) => number | null,
): Decision | null {
  const order = [...score.keys()].sort(
    (a, b) => (score[b] ?? 0) - (score[a] ?? 0) || (label[a] ?? 0) - (label[b] ?? 0) || (weight?.[a] ?? 1) - (weight?.[b] ?? 1),
  );
  const total = (positive: boolean): number => order.reduce((sum, i) => sum + ((label[i] === 1) === positive ? (weight?.[i] ?? 1) : 0), 0);
  const [positives, negatives] = [total(true), total(false)];
  let best: Decision | null = null;
  const consider = (threshold: number, truePositive: number, falsePositive: number): void => {
    const found = value({ truePositive, falsePositive, trueNegative: negatives - falsePositive, falseNegative: positives - truePositive });
    if (found === null) return;
    const isNearer = best !== null && found === best.value && Math.abs(threshold - 0.5) <= Math.abs(best.threshold - 0.5);
    if (best === null || found > best.value || isNearer) best = { threshold, value: found };
  };
  // Nothing is predicted positive from above 1 on.
  consider(1 + Number.EPSILON, 0, 0);
  let [truePositive, falsePositive] = [0, 0];
  order.forEach((row, i) => {
    const w = weight?.[row] ?? 1;
    if (label[row] === 1) truePositive += w;
    else falsePositive += w;
    const next = order[i + 1];
    if (next === undefined || score[next] !== score[row]) consider(score[row] ?? 0, truePositive, falsePositive);
  });
  return best;
}
