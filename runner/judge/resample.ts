/** Sampling distributions of a statistic from its sums by cluster: bootstrap for few clusters, first-order influence for many. */
import { random } from '../learn/random.ts';
import { total } from './clusters.ts';
import type { Statistic } from './statistic.ts';

export const resamples = 1_000;
/** Above so many clusters the bootstrap adds nothing but time: the influence function's error is of order 1/clusters. */
export const mostResampled = 10_000;

/** How often each cluster is in each resample, a resample after the other: drawn once for all metrics. */
export function multiplicities(clusters: number, seed: number): readonly Uint16Array[] {
  const source = random(seed);
  return Array.from({ length: resamples }, () => {
    const times = new Uint16Array(clusters);
    for (let k = 0; k < clusters; k++) {
      const drawn = source.below(clusters);
      times[drawn] = (times[drawn] ?? 0) + 1;
    }
    return times;
  });
}

/** The statistic's sums in each resample. */
export function resampledSums(sums: readonly Float64Array[], drawn: readonly Uint16Array[]): readonly Float64Array[] {
  return drawn.map(times =>
    Float64Array.from(sums, of => {
      let sum = 0;
      for (let k = 0; k < times.length; k++) sum += (times[k] ?? 0) * (of[k] ?? 0);
      return sum;
    }),
  );
}

/**
 * Draws of the sums from their normal limit, for kinked statistics of many clusters: the sums are as good as normal there, the statistic is
 * not. Covariance between clusters, correlated draws by Cholesky.
 */
export function normalSums(sums: readonly Float64Array[], seed: number): readonly Float64Array[] {
  const clusters = sums[0]?.length ?? 0;
  const totals = sums.map(total);
  const centred = sums.map((of, a) => of.map(value => value - (totals[a] ?? 0) / clusters));
  const lower = choleskyRows(centred.map((of, a) => centred.slice(0, a + 1).map(other => dot(of, other) * (clusters / (clusters - 1)))));
  const source = random(seed);
  const z0 = new Float64Array();
  return Array.from({ length: resamples }, () => {
    const z = totals.map(() => source.normal());
    return Float64Array.from(totals, (sum, a) => sum + (lower[a] ?? z0).reduce((move, l, b) => move + l * (z[b] ?? 0), 0));
  });
}

/** The influence of each cluster on the statistic; they sum to 0 for statistics without a scale. */
export function influences(statistic: Statistic, sums: readonly Float64Array[]): Float64Array {
  const slopes = statistic.gradient(sums.map(total));
  const out = new Float64Array(sums[0]?.length ?? 0);
  sums.forEach((of, a) => {
    const slope = slopes[a] ?? 0;
    for (let k = 0; k < out.length; k++) out[k] = (out[k] ?? 0) + slope * (of[k] ?? 0);
  });
  return out;
}

export function standardError(influence: Float64Array): number {
  return influence.length < 2 ? Number.NaN : Math.sqrt((influence.length / (influence.length - 1)) * dot(influence, influence));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}

/** Cholesky's factor of the rows of a lower triangle; directions without variance are 0. */
export function choleskyRows(lower: readonly ArrayLike<number>[]): readonly Float64Array[] {
  const root: Float64Array[] = [];
  lower.forEach((row, a) => {
    const out = new Float64Array(a + 1);
    for (let b = 0; b <= a; b++) {
      const other = b === a ? out : root[b];
      let rest = row[b] ?? 0;
      for (let k = 0; k < b; k++) rest -= (out[k] ?? 0) * (other?.[k] ?? 0);
      const pivot = root[b]?.[b] ?? 0;
      if (b < a) out[b] = pivot > 0 ? rest / pivot : 0;
      else out[b] = rest > 1e-12 * (row[a] ?? 0) ? Math.sqrt(rest) : 0;
    }
    root.push(out);
  });
  return root;
}
