/** One subject of drift on one side, and its bins: deciles of the reference for numbers, its levels for categories, and one for null. */

import { quantile } from '../judge/statistic.ts';
import { valuesAt } from '../learn/sorted.ts';

export type DriftSample =
  /** NaN: null. `entity`: rows of the same entity or group have the same id. */
  | { readonly kind: 'number'; readonly values: Float64Array; readonly entity: Int32Array }
  /** Codes as in `CategoryColumn`: -1 null, -2 a level not in `levels`. */
  | { readonly kind: 'category'; readonly levels: readonly string[]; readonly codes: Int32Array; readonly entity: Int32Array };

export interface Binned {
  /** Rows by bin. */
  readonly counts: Float64Array;
  /** Bin by row. */
  readonly of: Uint8Array;
}

export interface Binning {
  readonly bins: number;
  readonly apply: (sample: DriftSample) => Uint8Array;
}

const deciles = 10;
/** Levels with a bin of their own, the most frequent first; the others share one with levels that the reference does not have. */
const ownLevels = 50;
const bars = 7;

export function sizeOf(sample: DriftSample): number {
  return sample.kind === 'number' ? sample.values.length : sample.codes.length;
}

/** `known`: `knownValues` of the reference. Deciles (equal ones merged, a bound belongs to the bin below it) and null; or levels, other and null. */
export function driftBins(reference: DriftSample, known: Float64Array): Binning {
  if (reference.kind === 'category') return levelBins(reference, ownLevels);
  const bounds = quantiles(
    known,
    Array.from({ length: deciles - 1 }, (_, k) => (k + 1) / deciles),
  );
  const distinct = bounds.filter((bound, k) => k === 0 || bound > (bounds[k - 1] ?? 0));
  return numberBins(Float64Array.from(distinct));
}

/** At most seven bars that show a shape: equal widths between the 2 % and 98 % quantiles, or the values where they are few; frequent levels. */
export function sparklineBins(reference: DriftSample, known: Float64Array): Binning {
  if (reference.kind === 'category') return levelBins(reference, bars - 1);
  const few = fewValues(known, bars);
  if (few) return numberBins(few.slice(0, -1));
  const [low = 0, high = 0] = quantiles(known, [0.02, 0.98]);
  const bounds = Array.from({ length: bars - 1 }, (_, k) => low + ((high - low) * (k + 1)) / bars);
  return numberBins(Float64Array.from(new Set(bounds)));
}

export function binned(sample: DriftSample, { bins, apply }: Binning): Binned {
  const of = apply(sample);
  const counts = new Float64Array(bins);
  for (let i = 0; i < of.length; i++) counts[of[i] ?? 0] = (counts[of[i] ?? 0] ?? 0) + 1;
  return { counts, of };
}

/** Linear between neighbours (type 7); nothing of nothing. */
export function quantiles(known: Float64Array, shares: readonly number[]): number[] {
  const last = known.length - 1;
  if (last < 0) return [];
  const places = shares.map(share => share * last);
  const values = valuesAt(
    known,
    places.flatMap(at => [Math.floor(at), Math.min(last, Math.floor(at) + 1)]),
  );
  return places.map((at, i) => quantile(values.subarray(2 * i, 2 * i + 2), at - Math.floor(at)));
}

/** The different values, ascending; null: there are more than `most`. */
function fewValues(known: Float64Array, most: number): Float64Array | null {
  const found: number[] = [];
  let last = Number.NaN;
  for (let i = 0; i < known.length; i++) {
    const value = known[i] ?? 0;
    if (value === last || found.includes(value)) continue;
    if (found.length === most) return null;
    found.push(value);
    last = value;
  }
  return Float64Array.from(found).sort();
}

/** The known values of a number, in their order; nothing of a category. */
export function knownValues(sample: DriftSample): Float64Array {
  if (sample.kind === 'category') return new Float64Array();
  const known = new Float64Array(sample.values.length);
  let n = 0;
  for (let i = 0; i < known.length; i++) {
    const value = sample.values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) known[n++] = value;
  }
  return known.slice(0, n);
}

/** Null is the last bin. */
function numberBins(bounds: Float64Array): Binning {
  const bins = bounds.length + 2;
  return {
    bins,
    apply: sample => {
      if (sample.kind !== 'number') throw new Error('A number is compared with a category.');
      const { values } = sample;
      const of = new Uint8Array(values.length);
      for (let i = 0; i < of.length; i++) {
        const value = values[i] ?? Number.NaN;
        let bin = 0;
        // There are few bounds: looking at each takes less time than deciding which.
        for (let b = 0; b < bounds.length; b++) bin += (bounds[b] ?? 0) < value ? 1 : 0;
        of[i] = Number.isNaN(value) ? bounds.length + 1 : bin;
      }
      return of;
    },
  };
}

/** The last bins are other and null. */
function levelBins(reference: DriftSample & { kind: 'category' }, most: number): Binning {
  const rows = new Float64Array(reference.levels.length);
  for (let i = 0; i < reference.codes.length; i++) {
    const code = reference.codes[i] ?? -1;
    if (code >= 0) rows[code] = (rows[code] ?? 0) + 1;
  }
  const counts = new Map<string, number>();
  reference.levels.forEach((level, code) => {
    if ((rows[code] ?? 0) > 0) counts.set(level, (counts.get(level) ?? 0) + (rows[code] ?? 0));
  });
  const frequent = [...counts.entries()].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, most);
  const place = new Map(frequent.map(([level], k) => [level, k]));
  const other = frequent.length;
  return {
    bins: other + 2,
    apply: sample => {
      if (sample.kind !== 'category') throw new Error('A category is compared with a number.');
      const byCode = Uint8Array.from(sample.levels, level => place.get(level) ?? other);
      return Uint8Array.from(sample.codes, code => (code === -1 ? other + 1 : code < 0 ? other : (byCode[code] ?? other)));
    },
  };
}
