/**
 * The area under the ROC curve with DeLong's variance, for clustered rows as Obuchowski (Biometrics 53, 1997): without clusters the two are
 * the same. O(n log n) by ranks (Sun and Xu, 2014). Weights enter as frequencies do.
 */
import { ascending } from '../learn/sorted.ts';
import type { Clusters } from './clusters.ts';
import type { Predictions } from './statistic.ts';

export interface Placements {
  readonly value: number;
  /** Per row: the weighted share of the other class that it is ordered right against, ties counting half. */
  readonly of: Float64Array;
}

/** Null when a class is missing. */
export function placements({ label, score, weight }: Predictions): Placements | null {
  const n = label.length;
  const order = ascending(score);
  let positive = 0;
  let negative = 0;
  for (let i = 0; i < n; i++) {
    if (label[i] === 1) positive += weight[i] ?? 0;
    else negative += weight[i] ?? 0;
  }
  if (!(positive > 0) || !(negative > 0)) return null;
  const of = new Float64Array(n);
  let positiveBelow = 0;
  let negativeBelow = 0;
  let concordant = 0;
  for (let from = 0; from < n; ) {
    const tied = score[order[from] ?? 0];
    let to = from;
    let positiveTied = 0;
    let negativeTied = 0;
    for (; to < n && score[order[to] ?? 0] === tied; to++) {
      const row = order[to] ?? 0;
      if (label[row] === 1) positiveTied += weight[row] ?? 0;
      else negativeTied += weight[row] ?? 0;
    }
    for (let k = from; k < to; k++) {
      const row = order[k] ?? 0;
      of[row] = label[row] === 1 ? (negativeBelow + negativeTied / 2) / negative : (positive - positiveBelow - positiveTied / 2) / positive;
    }
    concordant += positiveTied * (negativeBelow + negativeTied / 2);
    positiveBelow += positiveTied;
    negativeBelow += negativeTied;
    from = to;
  }
  return { value: concordant / (positive * negative), of };
}

export interface AucError {
  readonly standardError: number;
  /** Pairs of one positive and one negative cluster that share none: independent comparisons. */
  readonly disjointPairs: number;
}

/** Of an AUC, or of a difference of two: then `of` and `value` are differences. NaN with a single cluster of a class. */
export function aucError(of: Float64Array, value: number, { label, weight }: Predictions, clusters: Clusters): AucError {
  const k = clusters.count;
  const positiveWeight = new Float64Array(k);
  const negativeWeight = new Float64Array(k);
  const positiveMove = new Float64Array(k);
  const negativeMove = new Float64Array(k);
  for (let i = 0; i < label.length; i++) {
    const c = clusters.of[i] ?? 0;
    const w = weight[i] ?? 0;
    const move = w * ((of[i] ?? 0) - value);
    if (label[i] === 1) {
      positiveWeight[c] = (positiveWeight[c] ?? 0) + w;
      positiveMove[c] = (positiveMove[c] ?? 0) + move;
    } else {
      negativeWeight[c] = (negativeWeight[c] ?? 0) + w;
      negativeMove[c] = (negativeMove[c] ?? 0) + move;
    }
  }
  let [m, n, withPositive, withNegative, s10, s01, s11] = [0, 0, 0, 0, 0, 0, 0];
  for (let c = 0; c < k; c++) {
    m += positiveWeight[c] ?? 0;
    n += negativeWeight[c] ?? 0;
    if ((positiveWeight[c] ?? 0) > 0) withPositive++;
    if ((negativeWeight[c] ?? 0) > 0) withNegative++;
    s10 += (positiveMove[c] ?? 0) ** 2;
    s01 += (negativeMove[c] ?? 0) ** 2;
    s11 += (positiveMove[c] ?? 0) * (negativeMove[c] ?? 0);
  }
  const enough = withPositive > 1 && withNegative > 1;
  const variance =
    (withPositive / (withPositive - 1)) * (s10 / (m * m)) +
    (withNegative / (withNegative - 1)) * (s01 / (n * n)) +
    ((2 * k) / (k - 1)) * (s11 / (m * n));
  return {
    standardError: enough ? Math.sqrt(Math.max(0, variance)) : Number.NaN,
    disjointPairs: Math.max(1, Math.min(withPositive, withNegative, Math.floor(k / 2))),
  };
}
