/**
 * Metrics with 95 % intervals, and paired differences to a baseline on the same rows. An entity that recurs is one observation; every sum
 * runs in the order of the rows; resampling is seeded.
 */
import { metricCall } from '../../language/catalogue/metricCalls.ts';
import { derivedSeed } from '../learn/random.ts';
import { gather, placesWhere } from '../learn/rows.ts';
import { aucError, placements } from './auc.ts';
import { classStatistic, influenceError, macroAuc } from './classes.ts';
import { type Clusters, clusterSums, clustersOf, total } from './clusters.ts';
import { normalTwoSided } from './distributions.ts';
import { draws, type Ranked, rankedNames, rankedOf, ranking, sortedByScore } from './ranked.ts';
import { influences, mostResampled, multiplicities, normalSums, resampledSums, standardError } from './resample.ts';
import { type Predictions, quantile, type Statistic, statisticNames, statisticOf, usualThreshold } from './statistic.ts';

export interface Judged {
  /** NaN: no label; such a row is left out. */
  readonly label: Float64Array;
  readonly score: Float64Array;
  /** Of a label of several classes, how many; label and score are then as in `ClassPredictions`. */
  readonly classes?: number;
  /** Cluster ids: rows of the same entity or group have the same. */
  readonly entity: Int32Array;
  readonly weight: Float64Array | null;
  /** The baseline's scores of the same rows. */
  readonly baseline: Float64Array | null;
  /** From which probability on a row is predicted positive, by the model and by the baseline; 0.5 where they are left out. */
  readonly threshold?: number;
  readonly baselineThreshold?: number;
}

export interface Figure {
  /** Null where the metric is undefined, with the reason in `method`. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly method: string;
  /** Labelled rows. */
  readonly n: number;
  readonly baseline: Difference | null;
}

export interface Difference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, of no difference. */
  readonly p: number;
}

interface Interval {
  readonly low: number | null;
  readonly high: number | null;
  readonly method: string;
}

/** The sums of a statistic in each resample. */
type Draw = (sums: readonly Float64Array[]) => readonly Float64Array[];

const z95 = 1.959963984540054;

export const metricNames: readonly string[] = ['auc', ...statisticNames, ...rankedNames];

export function judge(metrics: readonly string[], judged: Judged, seed: number): readonly Figure[] {
  const { own, baseline, clusters, weighted } = labelled(judged);
  const n = own.label.length;
  const drawn = derivedSeed(seed, 'intervals');
  let times: readonly Uint16Array[] | null = null;
  const draw: Draw = sums =>
    clusters.count > mostResampled ? normalSums(sums, drawn) : resampledSums(sums, (times ??= multiplicities(clusters.count, drawn)));
  return metrics.map(metric => {
    if (n === 0) return { value: null, low: null, high: null, method: 'no rows', n, baseline: null };
    const { classes } = own;
    if (metric === 'auc')
      return { ...(classes === undefined ? judgeAuc(own, baseline, clusters) : judgeMacroAuc(own, baseline, clusters, classes)), n };
    const rank = classes === undefined ? rankedOf(metricCall(metric)) : null;
    if (rank) return { ...judgeRanked(rank, own, baseline, clusters, drawn), n };
    const statistic = statisticFor(metric, own);
    if (!statistic) throw new Error(`There is no metric ${metric}.`);
    const sums = clusterSums(statistic.terms, clusters);
    const value = statistic.value(sums.map(total));
    if (value === null) return { value, low: null, high: null, method: statistic.undefinedAs, n, baseline: null };
    const wilson = statistic.share && !clusters.recurring && !weighted;
    const interval = wilson ? wilsonInterval(sums) : sampledInterval(statistic, sums, value, clusters, draw);
    const other = baseline && statisticFor(metric, baseline);
    return { value, ...interval, n, baseline: other && difference(statistic, sums, other, clusterSums(other.terms, clusters), draw) };
  });
}

function judgeAuc(own: Predictions, baseline: Predictions | null, clusters: Clusters): Omit<Figure, 'n'> {
  const placed = placements(own);
  if (!placed) return { value: null, low: null, high: null, method: 'one class only', baseline: null };
  const { value } = placed;
  const { standardError: se, disjointPairs } = aucError(placed.of, value, own, clusters);
  const other = baseline && placements(baseline);
  const interval = ((): Interval => {
    if (Number.isNaN(se)) return { low: null, high: null, method: 'one observation of a class: no interval' };
    // Perfect order has no variance to estimate; independent pairs all ordered right bound the AUC exactly (Clopper and Pearson, 1934).
    const bound = 0.025 ** (1 / disjointPairs);
    if (value === 1) return { low: bound, high: 1, method: 'exact, disjoint pairs' };
    if (value === 0) return { low: 0, high: 1 - bound, method: 'exact, disjoint pairs' };
    return { low: Math.max(0, value - z95 * se), high: Math.min(1, value + z95 * se), method: named('delong', clusters) };
  })();
  if (!other) return { value, ...interval, baseline: null };
  const gap = value - other.value;
  const paired = aucError(
    placed.of.map((v, i) => v - (other.of[i] ?? 0)),
    gap,
    own,
    clusters,
  );
  return { value, ...interval, baseline: normalDifference(gap, paired.standardError) };
}

/** By resampling, moved so that the draws lie around the figure: a ranking of resampled rows has ties that the rows have not. */
function judgeRanked(rank: Ranked, own: Predictions, baseline: Predictions | null, clusters: Clusters, seed: number): Omit<Figure, 'n'> {
  const [mine, others] = [sortedByScore(own), baseline && sortedByScore(baseline)];
  const value = rank.value(ranking(mine, clusters, null));
  const other = others && rank.value(ranking(others, clusters, null));
  if (value === null) return { value, low: null, high: null, method: rank.undefinedAs, baseline: null };
  if (clusters.count < 2) return { value, low: null, high: null, method: 'one observation: no interval', baseline: null };
  const values: number[] = [];
  const gaps: number[] = [];
  for (const times of draws(clusters.count, seed)) {
    const drawn = rank.value(ranking(mine, clusters, times));
    const against = others && rank.value(ranking(others, clusters, times));
    if (drawn !== null) values.push(drawn);
    if (drawn !== null && against !== null) gaps.push(drawn - against);
  }
  const spread = spreadAround(value, values);
  const method = spread ? named('bootstrap', clusters) : 'undefined in most resamples: no interval';
  const apart = other === null || !others ? null : spreadAround(value - other, gaps);
  return { value, low: spread?.low ?? null, high: spread?.high ?? null, method, baseline: apart && { difference: value - (other ?? 0), ...apart } };
}

/** The middle 95 % of draws around a figure, and how often they lie beyond 0, two-sided. Null with too few draws. */
function spreadAround(figure: number, drawn: readonly number[]): { readonly low: number; readonly high: number; readonly p: number } | null {
  if (drawn.length < 20) return null;
  const shift = figure - drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const sorted = Float64Array.from(drawn, value => value + shift).sort();
  const beyond = Math.min(sorted.filter(value => value <= 0).length, sorted.filter(value => value >= 0).length);
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), p: Math.min(1, (2 * (beyond + 1)) / (sorted.length + 1)) };
}

const statisticFor = (metric: string, of: Predictions): Statistic | null =>
  of.classes === undefined ? statisticOf(metric, of) : classStatistic(metric, { ...of, classes: of.classes });

function judgeMacroAuc(own: Predictions, baseline: Predictions | null, clusters: Clusters, classes: number): Omit<Figure, 'n'> {
  const found = macroAuc({ ...own, classes }, clusters);
  if (!found) return { value: null, low: null, high: null, method: 'one class only', baseline: null };
  const { value, influence, disjointPairs } = found;
  const se = influenceError(influence, clusters);
  const interval = ((): Interval => {
    if (Number.isNaN(se)) return { low: null, high: null, method: 'one observation: no interval' };
    const bound = 0.025 ** (1 / disjointPairs);
    if (value === 1) return { low: bound, high: 1, method: 'exact, disjoint pairs' };
    if (value === 0) return { low: 0, high: 1 - bound, method: 'exact, disjoint pairs' };
    return { low: Math.max(0, value - z95 * se), high: Math.min(1, value + z95 * se), method: named('delong', clusters) };
  })();
  const other = baseline && macroAuc({ ...baseline, classes }, clusters);
  if (!other) return { value, ...interval, baseline: null };
  const paired = influence.map((move, i) => move - (other.influence[i] ?? 0));
  return { value, ...interval, baseline: normalDifference(value - other.value, influenceError(paired, clusters)) };
}

/** Wilson (1927): of successes and trials. */
function wilsonInterval(sums: readonly Float64Array[]): Interval {
  const successes = total(sums[0] ?? new Float64Array());
  const trials = total(sums[1] ?? new Float64Array());
  const share = successes / trials;
  const z2 = z95 * z95;
  const centre = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (z95 / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  return { low: successes === 0 ? 0 : centre - half, high: successes === trials ? 1 : centre + half, method: 'wilson' };
}

function sampledInterval(statistic: Statistic, sums: readonly Float64Array[], value: number, clusters: Clusters, draw: Draw): Interval {
  if (clusters.count < 2) return { low: null, high: null, method: 'one observation: no interval' };
  if (clusters.count > mostResampled && !statistic.kinked) {
    const se = standardError(influences(statistic, sums));
    return { low: value - z95 * se, high: value + z95 * se, method: named('influence', clusters) };
  }
  const resampled = draw(sums);
  const method = named('bootstrap', clusters);
  if (statistic.kinked) return { ...invertedInterval(statistic, sums.map(total), value, resampled), method };
  const sorted = Float64Array.from(resampled.map(statistic.value).filter(draw => draw !== null)).sort();
  if (sorted.length < 2) return { low: null, high: null, method: 'undefined in most resamples: no interval' };
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), method };
}

/**
 * Noise only ever raises a mean of absolute gaps, so its resamples lie above the figure and the figure above the truth. The bounds are
 * those multiples of the observed gaps under which the figure, noise added, is a 97.5 % or a 2.5 % quantile; the figure itself is inside.
 */
function invertedInterval(
  statistic: Statistic,
  sums: readonly number[],
  value: number,
  resampled: readonly Float64Array[],
): { low: number; high: number } {
  const last = sums.length - 1;
  const quantileAt = (multiple: number, share: number): number => {
    const shifted = new Float64Array(sums.length);
    const draws = Float64Array.from(resampled, draw => {
      for (let a = 0; a < last; a++) shifted[a] = (draw[a] ?? 0) + (multiple - 1) * (sums[a] ?? 0);
      shifted[last] = draw[last] ?? 0;
      return statistic.value(shifted) ?? 0;
    });
    return quantile(draws.sort(), share);
  };
  const multipleFor = (share: number): number => {
    let [low, high] = [0, 2];
    if (quantileAt(0, share) >= value) return 0;
    while (quantileAt(high, share) < value && high < 1e6) high *= 2;
    for (let step = 0; step < 20; step++) {
      const middle = (low + high) / 2;
      if (quantileAt(middle, share) < value) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  if (value === 0) return { low: 0, high: quantileAt(1, 0.975) };
  return { low: value * Math.min(1, multipleFor(0.975)), high: value * Math.max(1, multipleFor(0.025)) };
}

/** Null where the baseline's metric is undefined. */
function difference(
  one: Statistic,
  oneSums: readonly Float64Array[],
  two: Statistic,
  twoSums: readonly Float64Array[],
  draw: Draw,
): Difference | null {
  const first = one.value(oneSums.map(total));
  const second = two.value(twoSums.map(total));
  if (first === null || second === null) return null;
  if (!one.kinked) {
    const own = influences(one, oneSums);
    const other = influences(two, twoSums);
    return normalDifference(first - second, standardError(own.map((value, k) => value - (other[k] ?? 0))));
  }
  const both = draw([...oneSums, ...twoSums]);
  const split = oneSums.length;
  const gaps = Float64Array.from(both, sums => (one.value(sums.subarray(0, split)) ?? 0) - (two.value(sums.subarray(split)) ?? 0)).sort();
  const below = gaps.filter(gap => gap <= 0).length;
  const above = gaps.filter(gap => gap >= 0).length;
  const p = Math.min(1, (2 * (Math.min(below, above) + 1)) / (gaps.length + 1));
  const gap = first - second;
  return { difference: gap, low: Math.min(gap, quantile(gaps, 0.025)), high: Math.max(gap, quantile(gaps, 0.975)), p };
}

function normalDifference(gap: number, se: number): Difference | null {
  if (Number.isNaN(se)) return null;
  const p = se > 0 ? normalTwoSided(gap / se) : gap === 0 ? 1 : 0;
  return { difference: gap, low: gap - z95 * se, high: gap + z95 * se, p };
}

function named(method: string, { recurring }: Clusters): string {
  return recurring ? `${method}, clustered by entity` : method;
}

function labelled(judged: Judged): { own: Predictions; baseline: Predictions | null; clusters: Clusters; weighted: boolean } {
  const kept = placesWhere(judged.label.length, i => !Number.isNaN(judged.label[i]) && (judged.weight?.[i] ?? 1) > 0);
  const isAll = kept.length === judged.label.length;
  const pick = (values: Float64Array) => (isAll ? values : gather(values, kept));
  const label = pick(judged.label);
  const weight = judged.weight ? pick(judged.weight) : new Float64Array(kept.length).fill(1);
  const { classes } = judged;
  const of = (score: Float64Array, threshold = usualThreshold): Predictions => {
    if (classes === undefined) return { label, weight, score: pick(score), threshold };
    const rows = new Float64Array(kept.length * classes);
    for (const [i, row] of kept.entries()) rows.set(score.subarray(row * classes, (row + 1) * classes), i * classes);
    return { label, weight, score: rows, classes };
  };
  // Ids of all rows are those that were asked about before.
  const clusters = clustersOf(isAll ? judged.entity : Int32Array.from(kept, i => judged.entity[i] ?? 0));
  return {
    own: of(judged.score, judged.threshold),
    baseline: judged.baseline && of(judged.baseline, judged.baselineThreshold),
    clusters,
    weighted: judged.weight !== null,
  };
}
