/**
 * What a statistic does when nothing has moved: both windows drawn again, at their actual sizes, from the distribution of the reference.
 * Rows of one entity move together, so an entity that recurs is drawn as one.
 */
import { clustersOf } from '../judge/clusters.ts';
import { gammaTail, inverseTail, kolmogorovTail } from '../judge/distributions.ts';
import { choleskyRows } from '../judge/resample.ts';
import { type Random, random } from '../learn/random.ts';
import { firstNotBelow } from '../learn/sorted.ts';
import { drawGamma, drawMultinomial } from './multinomial.ts';
import { quantiles, ranked } from './ranked.ts';
import type { Binned } from './sample.ts';

export interface Null {
  /** The chance of a statistic as large without drift. */
  readonly p: (statistic: number) => number;
  /** The least statistic whose chance is at most `level`. */
  readonly threshold: (level: number) => number;
}

export type CountStatistic = (reference: Float64Array, current: Float64Array, referenceRows: number, currentRows: number) => number;

const resamples = 1_000;
/** With fewer exceedances the share is too coarse, and a gamma of the same mean and variance takes over. */
const fewest = 10;

/**
 * How the shares of a window's bins vary by chance: as many independent rows would (null), or with this covariance where entities recur,
 * from the sums of each entity (a ratio estimator's, Cochran 1977, §11.8).
 */
export function shareCovariance(binned: Binned, entity: Int32Array): readonly Float64Array[] | null {
  const clusters = clustersOf(entity);
  if (!clusters.recurring || clusters.count < 2) return null;
  const { counts, rows: n } = binned;
  const of = binned.of();
  const bins = counts.length;
  const cells = new Float64Array(clusters.count * bins);
  const sizes = new Float64Array(clusters.count);
  for (let i = 0; i < n; i++) {
    const cluster = clusters.of[i] ?? 0;
    const cell = cluster * bins + (of[i] ?? 0);
    cells[cell] = (cells[cell] ?? 0) + 1;
    sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  }
  for (let k = 0; k < clusters.count; k++) {
    for (let b = 0; b < bins; b++) cells[k * bins + b] = (cells[k * bins + b] ?? 0) - ((counts[b] ?? 0) / n) * (sizes[k] ?? 0);
  }
  const scale = clusters.count / ((clusters.count - 1) * n * n);
  return Array.from({ length: bins }, (_, a) => {
    const row = new Float64Array(a + 1);
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let k = 0; k < clusters.count; k++) sum += (cells[k * bins + a] ?? 0) * (cells[k * bins + b] ?? 0);
      row[b] = sum * scale;
    }
    return row;
  });
}

/** Rows that would vary as much if they were independent, for the distribution function at the bounds of the bins. */
export function effectiveSize({ counts, rows: n }: Binned, covariance: readonly Float64Array[] | null): number {
  if (covariance === null) return n;
  let below = 0;
  let clustered = 0;
  let independent = 0;
  let variance = 0;
  covariance.forEach((row, b) => {
    // The variance of a sum of shares, one more share at a time.
    variance += 2 * row.subarray(0, b).reduce((total, value) => total + value, 0) + (row[b] ?? 0);
    below += (counts[b] ?? 0) / n;
    clustered += variance;
    independent += (below * (1 - below)) / n;
  });
  return independent > 0 ? n / Math.max(1, clustered / independent) : n;
}

/** Shares of the reference. `unseen`: chance of the bin for new levels where the reference has none there (Good 1953: its singletons). */
export function referenceShares(reference: Binned, other: number | null, singletons: number): Float64Array {
  const n = reference.rows;
  const shares = reference.counts.map(count => count / n);
  if (other === null || (reference.counts[other] ?? 0) > 0 || singletons === 0) return shares;
  const unseen = Math.min(0.5, singletons / n);
  return shares.map((share, b) => (b === other ? unseen : share * (1 - unseen)));
}

/**
 * A null a statistic, of the same draws. Counts are drawn from the reference's shares: multinomial for independent rows, normal with the window's covariance otherwise. `fixed`:
 * the bins are quantiles of the reference, so its own shares are what they are and it is the true shares that vary around them.
 */
export function resampledNulls(
  statistics: readonly CountStatistic[],
  reference: Window,
  current: Window,
  shares: Float64Array,
  fixed: boolean,
  seed: number,
): readonly Null[] {
  const source = random(seed);
  const before = fixed ? trueShares(reference, source) : drawerOf(reference, source);
  const after = drawerOf(current, source);
  const observed = reference.binned.counts;
  const [m, n] = [reference.binned.rows, current.binned.rows];
  const [one, two] = [new Float64Array(shares.length), new Float64Array(shares.length)];
  const drawn = statistics.map(() => new Float64Array(resamples));
  for (let k = 0; k < resamples; k++) {
    before(shares, one);
    after(fixed ? one : shares, two);
    statistics.forEach((statistic, i) => {
      const values = drawn[i];
      if (values) values[k] = statistic(fixed ? observed : one, two, m, n);
    });
  }
  return drawn.map(values => nullOf(values.sort()));
}

/** What the shares of the distribution may be between quantiles of a sample: its spacings, Dirichlet with the counts. */
function trueShares({ binned, covariance }: Window, source: Random): Draw {
  const drawn = covariance === null ? null : drawerOf({ binned, covariance }, source);
  return (shares, out) => {
    if (drawn) drawn(shares, out);
    else for (let b = 0; b < out.length; b++) out[b] = drawGamma(binned.counts[b] ?? 0, source);
    const total = out.reduce((sum, value) => sum + value, 0);
    for (let b = 0; b < out.length; b++) out[b] = (out[b] ?? 0) / total;
  };
}

export interface Window {
  readonly binned: Binned;
  readonly covariance: readonly Float64Array[] | null;
}

type Draw = (shares: Float64Array, out: Float64Array) => void;

function drawerOf({ binned, covariance }: Window, source: Random): Draw {
  const n = binned.rows;
  if (covariance === null) return (shares, out) => drawMultinomial(n, shares, source, out);
  const lower = choleskyRows(covariance);
  const z = new Float64Array(lower.length);
  return (shares, out) => {
    for (let b = 0; b < z.length; b++) z[b] = source.normal();
    let total = 0;
    lower.forEach((row, b) => {
      let move = 0;
      for (let k = 0; k <= b; k++) move += (row[k] ?? 0) * (z[k] ?? 0);
      const share = Math.max(0, (shares[b] ?? 0) + move);
      out[b] = share;
      total += share;
    });
    for (let b = 0; b < out.length; b++) out[b] = ((out[b] ?? 0) * n) / total;
  };
}

/** Kolmogorov's limit, free of the distribution; conservative where values repeat. */
export function kolmogorovNull(referenceEffective: number, currentEffective: number): Null {
  const scale = Math.sqrt((referenceEffective * currentEffective) / (referenceEffective + currentEffective));
  if (!(scale > 0)) return { p: () => 1, threshold: () => 1 };
  return { p: d => kolmogorovTail(scale * d), threshold: level => Math.min(1, inverseTail(kolmogorovTail, level, 20) / scale) };
}

/** Where the bridge is looked at: closer together towards the tails, in which a few rows may stand far apart. */
const nodes = 128;

/**
 * The area between the two distribution functions, divided by `unit`: near √(1/m + 1/n)·∫|B(F(x))| dx of a Brownian bridge B (del Barrio,
 * Giné and Matrán 1999), F that of both sides together: with the reference's alone, the tail that only the other side shows would be an
 * alarm far too often.
 */
export function areaNull(both: Float64Array, unit: number, referenceEffective: number, currentEffective: number, seed: number): Null {
  const last = both.length - 1;
  const scale = Math.sqrt(1 / referenceEffective + 1 / currentEffective) / unit;
  if (last < 1 || !Number.isFinite(scale)) return { p: value => (value > 0 ? 0 : 1), threshold: () => 0 };
  const at = (k: number): number => (1 - Math.cos((Math.PI * k) / nodes)) / 2;
  const bounds = quantiles(ranked(both), [0, ...Array.from({ length: nodes - 2 }, (_, k) => at(k + 1.5)), 1]);
  const widths = Float64Array.from({ length: nodes - 1 }, (_, k) => (bounds[k + 1] ?? 0) - (bounds[k] ?? 0));
  const steps = Float64Array.from({ length: nodes }, (_, k) => Math.sqrt(at(k + 1) - at(k)));
  const source = random(seed);
  const walk = new Float64Array(nodes);
  const drawn = Float64Array.from({ length: resamples }, () => {
    let height = 0;
    for (let k = 0; k < nodes; k++) {
      height += (steps[k] ?? 0) * source.normal();
      walk[k] = height;
    }
    let area = 0;
    for (let k = 1; k < nodes; k++) area += Math.abs((walk[k - 1] ?? 0) - at(k) * height) * (widths[k - 1] ?? 0);
    return area * scale;
  }).sort();
  return nullOf(drawn);
}

function nullOf(drawn: Float64Array): Null {
  const n = drawn.length;
  const mean = drawn.reduce((total, value) => total + value, 0) / n;
  const variance = drawn.reduce((total, value) => total + (value - mean) ** 2, 0) / (n - 1);
  const p = (statistic: number): number => {
    const exceeding = n - firstNotBelow(drawn, statistic);
    const share = (exceeding + 1) / (n + 1);
    if (exceeding >= fewest || !(variance > 0)) return share;
    return Math.min(share, gammaTail((mean * mean) / variance, (statistic * mean) / variance));
  };
  const threshold = (level: number): number => {
    let most = Math.max(1e-12, drawn.at(-1) ?? 0);
    while (p(most) > level && most < 1e12) most *= 2;
    return inverseTail(p, level, most);
  };
  return { p, threshold };
}
