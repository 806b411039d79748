/**
 * Metrics of a ranking: rows with a binary label in the order of their scores. Rows with equal scores stand in no order, so what a metric
 * takes from a part of them is its expectation. Intervals resample clusters; the ranking itself is sorted once.
 */

import type { MetricCall } from '../../language/catalogue/metricCalls.ts';
import { random } from '../learn/random.ts';
import type { Clusters } from './clusters.ts';
import type { Predictions } from './statistic.ts';

/** Weights of positives and negatives of each group of equal scores, the highest first. */
interface Ranking {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

export interface Ranked {
  /** Null where the metric is undefined for such rows. */
  readonly value: (ranking: Ranking) => number | null;
  readonly undefinedAs: string;
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** Mean of the precision at each positive: the area under the steps of precision over recall. */
function averagePrecision({ positive, negative }: Ranking): number | null {
  const positives = total(positive);
  if (!(positives > 0)) return null;
  let [sum, hits, seen] = [0, 0, 0];
  for (let g = 0; g < positive.length; g++) {
    const p = positive[g] ?? 0;
    hits += p;
    seen += p + (negative[g] ?? 0);
    if (seen > 0) sum += (p / positives) * (hits / seen);
  }
  return sum;
}

/** The greatest distance between the scores' distributions of positives and negatives. */
function kolmogorov({ positive, negative }: Ranking): number | null {
  const [positives, negatives] = [total(positive), total(negative)];
  if (!(positives > 0) || !(negatives > 0)) return null;
  let [p, n, most] = [0, 0, 0];
  for (let g = 0; g < positive.length; g++) {
    p += positive[g] ?? 0;
    n += negative[g] ?? 0;
    most = Math.max(most, Math.abs(p / positives - n / negatives));
  }
  return most;
}

/** The greatest recall of a threshold whose precision is at least that; 0 where there is none. */
const recallAt =
  (precision: number) =>
  ({ positive, negative }: Ranking): number | null => {
    const positives = total(positive);
    if (!(positives > 0)) return null;
    let [hits, seen, best] = [0, 0, 0];
    for (let g = 0; g < positive.length; g++) {
      hits += positive[g] ?? 0;
      seen += (positive[g] ?? 0) + (negative[g] ?? 0);
      if (seen > 0 && hits / seen >= precision) best = Math.max(best, hits / positives);
    }
    return best;
  };

/** Positives among the first rows that make up the share. */
function hitsIn({ positive, negative }: Ranking, share: number): { readonly hits: number; readonly rows: number } {
  const rows = share * (total(positive) + total(negative));
  let [hits, left] = [0, rows];
  for (let g = 0; g < positive.length && left > 0; g++) {
    const p = positive[g] ?? 0;
    const weight = p + (negative[g] ?? 0);
    if (weight === 0) continue;
    const taken = Math.min(weight, left);
    hits += (p * taken) / weight;
    left -= taken;
  }
  return { hits, rows };
}

const precisionAt =
  (share: number) =>
  (ranking: Ranking): number | null => {
    const { hits, rows } = hitsIn(ranking, share);
    return rows > 0 ? hits / rows : null;
  };

const lift =
  (share: number) =>
  (ranking: Ranking): number | null => {
    const positives = total(ranking.positive);
    const rate = positives / (positives + total(ranking.negative));
    const precision = precisionAt(share)(ranking);
    return rate > 0 && precision !== null ? precision / rate : null;
  };

/** Discounted gain of the first `n` places over the greatest possible; a weight counts as so many rows. */
const ndcgAt =
  (n: number) =>
  ({ positive, negative }: Ranking): number | null => {
    const positives = total(positive);
    if (!(positives > 0)) return null;
    /** Discounts of the places from `from` to `to`, a part of a place counting by its length. */
    const discounts = (from: number, to: number): number => {
      let sum = 0;
      for (let place = Math.floor(from); place < Math.min(to, n); place++)
        sum += (Math.min(place + 1, to, n) - Math.max(place, from)) / Math.log2(place + 2);
      return sum;
    };
    let [gain, at] = [0, 0];
    for (let g = 0; g < positive.length && at < n; g++) {
      const weight = (positive[g] ?? 0) + (negative[g] ?? 0);
      if (weight === 0) continue;
      gain += ((positive[g] ?? 0) / weight) * discounts(at, at + weight);
      at += weight;
    }
    return gain / discounts(0, positives);
  };

export function rankedOf({ name, values: [first = 0] }: MetricCall): Ranked | null {
  const undefinedAs = 'no positives';
  switch (name) {
    case 'average_precision':
      return { value: averagePrecision, undefinedAs };
    case 'ks':
      return { value: kolmogorov, undefinedAs: 'one class only' };
    case 'recall_at':
      return { value: recallAt(first), undefinedAs };
    case 'precision_at':
      return { value: precisionAt(first), undefinedAs: 'no rows' };
    case 'lift':
      return { value: lift(first), undefinedAs };
    case 'ndcg_at':
      return { value: ndcgAt(first), undefinedAs };
    default:
      return null;
  }
}

export const rankedNames: readonly string[] = ['average_precision', 'ks', 'recall_at', 'precision_at', 'lift', 'ndcg_at'];

/** Rows sorted into groups of equal scores, ready to be counted with any multiplicity of their clusters. */
export interface Sorted {
  readonly groups: number;
  /** By row. */
  readonly group: Int32Array;
  readonly of: Predictions;
}

export function sortedByScore(of: Predictions): Sorted {
  const { score } = of;
  const order = Int32Array.from(score.keys()).sort((a, b) => (score[b] ?? 0) - (score[a] ?? 0) || a - b);
  const group = new Int32Array(score.length);
  let groups = 0;
  order.forEach((row, k) => {
    const before = order[k - 1];
    if (before !== undefined && score[before] !== score[row]) groups++;
    group[row] = groups;
  });
  return { groups: score.length === 0 ? 0 : groups + 1, group, of };
}

/** `times`: how often each cluster counts; null: once. */
export function ranking({ groups, group, of: { label, weight } }: Sorted, clusters: Clusters, times: ArrayLike<number> | null): Ranking {
  const [positive, negative] = [new Float64Array(groups), new Float64Array(groups)];
  for (let i = 0; i < group.length; i++) {
    const w = (weight[i] ?? 0) * (times === null ? 1 : (times[clusters.of[i] ?? 0] ?? 0));
    if (w === 0) continue;
    const side = label[i] === 1 ? positive : negative;
    const g = group[i] ?? 0;
    side[g] = (side[g] ?? 0) + w;
  }
  return { positive, negative };
}

/** Draws for rankings: fewer the more clusters there are, for their error shrinks as the clusters do. */
const drawsOf = (clusters: number): number => (clusters <= 10_000 ? 1_000 : clusters <= 200_000 ? 200 : 100);

/** How often each cluster is in each draw, one draw at a time, so that many clusters need no room for all draws at once. */
export function* draws(clusters: number, seed: number): Generator<Uint16Array> {
  const source = random(seed);
  const times = new Uint16Array(clusters);
  for (let draw = drawsOf(clusters); draw > 0; draw--) {
    times.fill(0);
    for (let k = 0; k < clusters; k++) {
      const drawn = source.below(clusters);
      times[drawn] = (times[drawn] ?? 0) + 1;
    }
    yield times;
  }
}
