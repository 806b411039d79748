/** One subject of drift on one side, and its bins: deciles of the reference for numbers, its levels for categories, and one for null. */

import { quantile } from '../judge/statistic.ts';
import { firstNotBelow } from '../learn/sorted.ts';

export type DriftSample =
  /** NaN: null. `entity`: rows of the same entity or group have the same id. */
  | { readonly kind: 'number'; readonly values: Float64Array; readonly entity: Int32Array }
  /** Codes as in `CategoryColumn`: -1 null, -2 a level not in `levels`. */
  | { readonly kind: 'category'; readonly levels: readonly string[]; readonly codes: Int32Array; readonly entity: Int32Array };

export interface Binned {
  /** Rows by bin. */
  readonly counts: Float64Array;
  /** Bin by row. */
  readonly of: Int32Array;
}

export interface Binning {
  readonly bins: number;
  readonly apply: (sample: DriftSample) => Int32Array;
}

const deciles = 10;
/** Levels with a bin of their own, the most frequent first; the others share one with levels that the reference does not have. */
const ownLevels = 50;
const bars = 7;

export function sizeOf(sample: DriftSample): number {
  return sample.kind === 'number' ? sample.values.length : sample.codes.length;
}

/** `sorted`: `knownSorted` of the reference. Deciles (equal ones merged, a bound belongs to the bin below it) and null; or levels, other and null. */
export function driftBins(reference: DriftSample, sorted: Float64Array): Binning {
  if (reference.kind === 'category') return levelBins(reference, ownLevels);
  const bounds = sorted.length === 0 ? [] : Array.from({ length: deciles - 1 }, (_, k) => quantile(sorted, (k + 1) / deciles));
  const distinct = bounds.filter((bound, k) => k === 0 || bound > (bounds[k - 1] ?? 0));
  return numberBins(Float64Array.from(distinct));
}

/** At most seven bars that show a shape: equal widths between the 2 % and 98 % quantiles, or the values where they are few; frequent levels. */
export function sparklineBins(reference: DriftSample, sorted: Float64Array): Binning {
  if (reference.kind === 'category') return levelBins(reference, bars - 1);
  const distinct = new Set<number>();
  for (let i = 0; i < sorted.length && distinct.size <= bars; i++) distinct.add(sorted[i] ?? 0);
  if (distinct.size <= bars) return numberBins(Float64Array.from(distinct).slice(0, -1));
  const [low, high] = [quantile(sorted, 0.02), quantile(sorted, 0.98)];
  const bounds = Array.from({ length: bars - 1 }, (_, k) => low + ((high - low) * (k + 1)) / bars);
  return numberBins(Float64Array.from(new Set(bounds)));
}

export function binned(sample: DriftSample, { bins, apply }: Binning): Binned {
  const of = apply(sample);
  const counts = new Float64Array(bins);
  for (let i = 0; i < of.length; i++) counts[of[i] ?? 0] = (counts[of[i] ?? 0] ?? 0) + 1;
  return { counts, of };
}

/** The known values of a number, ascending; nothing of a category. */
export function knownSorted(sample: DriftSample): Float64Array {
  if (sample.kind === 'category') return new Float64Array();
  const known = new Float64Array(sample.values.length);
  let n = 0;
  for (let i = 0; i < known.length; i++) {
    const value = sample.values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) known[n++] = value;
  }
  return known.subarray(0, n).sort();
}

/** Null is the last bin. */
function numberBins(bounds: Float64Array): Binning {
  const bins = bounds.length + 2;
  return {
    bins,
    apply: sample => {
      if (sample.kind !== 'number') throw new Error('A number is compared with a category.');
      const of = new Int32Array(sample.values.length);
      for (let i = 0; i < of.length; i++) of[i] = binOf(bounds, sample.values[i] ?? Number.NaN);
      return of;
    },
  };
}

function binOf(bounds: Float64Array, value: number): number {
  return Number.isNaN(value) ? bounds.length + 1 : firstNotBelow(bounds, value);
}

/** The last bins are other and null. */
function levelBins(reference: DriftSample & { kind: 'category' }, most: number): Binning {
  const counts = new Map<string, number>();
  for (const code of reference.codes) {
    const level = reference.levels[code];
    if (level !== undefined) counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  const frequent = [...counts.entries()].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, most);
  const place = new Map(frequent.map(([level], k) => [level, k]));
  const other = frequent.length;
  return {
    bins: other + 2,
    apply: sample => {
      if (sample.kind !== 'category') throw new Error('A category is compared with a number.');
      const byCode = Int32Array.from(sample.levels, level => place.get(level) ?? other);
      return sample.codes.map(code => (code === -1 ? other + 1 : code < 0 ? other : (byCode[code] ?? other)));
    },
  };
}
