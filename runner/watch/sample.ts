/** One subject of drift on one side, and its bins: deciles of the reference for numbers, its levels for categories, and one for null. */
import { type Buckets, bucketAt, quantiles, type Ranked, ranked, upTo } from './ranked.ts';

export type DriftSample =
  /** NaN: null. `entity`: rows of the same entity or group have the same id. */
  | { readonly kind: 'number'; readonly values: Float64Array; readonly entity: Int32Array }
  /** Codes as in `CategoryColumn`: -1 null, -2 a level not in `levels`. */
  | { readonly kind: 'category'; readonly levels: readonly string[]; readonly codes: Int32Array; readonly entity: Int32Array };

type NumberSample = Extract<DriftSample, { readonly kind: 'number' }>;
type CategorySample = Extract<DriftSample, { readonly kind: 'category' }>;

/** A sample, looked at once: its known numbers in order, or how many rows each level has. */
export type Seen =
  | { readonly kind: 'number'; readonly sample: NumberSample; readonly known: Ranked; readonly nulls: number }
  /** `counts`: of a level not in the list, of null, and of each level. */
  | { readonly kind: 'category'; readonly sample: CategorySample; readonly counts: Float64Array };

type SeenNumber = Extract<Seen, { readonly kind: 'number' }>;
type SeenCategory = Extract<Seen, { readonly kind: 'category' }>;

export interface Binned {
  /** Rows by bin. */
  readonly counts: Float64Array;
  readonly rows: number;
  /** Bin by row. */
  readonly of: () => Uint8Array;
}

/** Rows by bin. */
export interface Counting {
  /** Of numbers: ascending, without those of null. */
  readonly bounds: Float64Array;
  /** `upTo`: how many known numbers are at most each bound. */
  readonly count: (seen: Seen, upTo: Float64Array) => Float64Array;
}

export interface Binning extends Counting {
  readonly bins: number;
  readonly apply: (seen: Seen) => Uint8Array;
}

/** Of the counts of a category. */
const nullPlace = 1;
const deciles = 10;
/** Levels with a bin of their own, the most frequent first; the others share one with levels that the reference does not have. */
const ownLevels = 50;
const bars = 7;

export function sizeOf(sample: DriftSample): number {
  return sample.kind === 'number' ? sample.values.length : sample.codes.length;
}

/** `buckets`: those of the other side, where the two are going to be compared value by value. */
export function lookAt(sample: DriftSample, buckets?: Buckets): Seen {
  if (sample.kind === 'category') {
    const counts = new Float64Array(sample.levels.length + 2);
    const { codes } = sample;
    for (let i = 0; i < codes.length; i++) counts[(codes[i] ?? -1) + 2] = (counts[(codes[i] ?? -1) + 2] ?? 0) + 1;
    return { kind: 'category', sample, counts };
  }
  const known = withoutNulls(sample.values);
  return { kind: 'number', sample, known: buckets ? ranked(known, buckets) : ranked(known), nulls: sample.values.length - known.length };
}

export const nullsIn = (seen: Seen): number => (seen.kind === 'number' ? seen.nulls : (seen.counts[nullPlace] ?? 0));

/** The same array where nothing is null. */
function withoutNulls(values: Float64Array): Float64Array {
  let nulls = 0;
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) nulls++;
  if (nulls === 0) return values;
  const known = new Float64Array(values.length - nulls);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) known[n++] = value;
  }
  return known;
}

/** What drift is counted by: deciles (equal ones merged, a bound belongs to the bin below it) and null; or levels, other and null. */
export function binsOf(reference: Seen): Binning {
  if (reference.kind === 'category') return levelBins(reference, ownLevels);
  const bounds = quantiles(
    reference.known,
    Array.from({ length: deciles - 1 }, (_, k) => (k + 1) / deciles),
  );
  return numberBins(Float64Array.from(bounds.filter((bound, k) => k === 0 || bound > (bounds[k - 1] ?? 0))));
}

/**
 * What is shown, at most seven bars that tell a shape: about equal widths, of whole buckets, between the 2 % and 98 % quantiles, or the values
 * where they are few; frequent levels.
 */
export function barsOf(reference: Seen): Counting {
  if (reference.kind === 'category') return levelBins(reference, bars - 1);
  const few = fewValues(reference.known.values, bars);
  if (few) return numberBins(few.slice(0, -1));
  const last = reference.known.values.length - 1;
  const [low, high] = [bucketAt(reference.known, Math.floor(0.02 * last)), bucketAt(reference.known, Math.ceil(0.98 * last))];
  const ends = Array.from({ length: bars - 1 }, (_, k) => low + Math.ceil(((high + 1 - low) * (k + 1)) / bars) - 1);
  return bucketBins([...new Set(ends)]);
}

/** Rows by bin, of each binning. */
export function countsOf(seen: Seen, binnings: readonly Counting[]): readonly Float64Array[] {
  if (seen.kind === 'category') return binnings.map(binning => binning.count(seen, none));
  const bounds = Float64Array.from(new Set(binnings.flatMap(binning => [...binning.bounds]))).sort();
  const ends = upTo(seen.known, bounds);
  const places = new Map(Array.from(bounds, (bound, i) => [bound, ends[i] ?? 0]));
  return binnings.map(binning =>
    binning.count(
      seen,
      binning.bounds.map(bound => places.get(bound) ?? 0),
    ),
  );
}

const none = new Float64Array();

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

const asNumber = (seen: Seen): SeenNumber => {
  if (seen.kind !== 'number') throw new Error('A number is compared with a category.');
  return seen;
};
const asCategory = (seen: Seen): SeenCategory => {
  if (seen.kind !== 'category') throw new Error('A category is compared with a number.');
  return seen;
};

/** Null is the last bin. */
function numberBins(bounds: Float64Array): Binning {
  const bins = bounds.length + 2;
  return {
    bins,
    bounds,
    count: (seen, ends) => {
      const { known, nulls } = asNumber(seen);
      const counts = new Float64Array(bins);
      for (let b = 0; b <= bounds.length; b++) counts[b] = (ends[b] ?? known.values.length) - (b === 0 ? 0 : (ends[b - 1] ?? 0));
      counts[bins - 1] = nulls;
      return counts;
    },
    apply: seen => {
      const { values } = asNumber(seen).sample;
      const of = new Uint8Array(values.length);
      for (let i = 0; i < of.length; i++) {
        const value = values[i] ?? Number.NaN;
        let bin = 0;
        // There are few bounds: looking at each takes less time than deciding which.
        for (let b = 0; b < bounds.length; b++) bin += (bounds[b] ?? 0) < value ? 1 : 0;
        of[i] = Number.isNaN(value) ? bins - 1 : bin;
      }
      return of;
    },
  };
}

/** Of whole buckets, up to the end of each of these; null is the last bin. For samples that share their buckets. */
function bucketBins(ends: readonly number[]): Counting {
  return {
    bounds: none,
    count: seen => {
      const { known, nulls } = asNumber(seen);
      const upToEach = [...ends.map(b => known.ends[b] ?? 0), known.values.length];
      return Float64Array.from([...upToEach.map((end, i) => end - (upToEach[i - 1] ?? 0)), nulls]);
    },
  };
}

/** The last bins are other and null. */
function levelBins(reference: SeenCategory, most: number): Binning {
  const counts = new Map<string, number>();
  reference.sample.levels.forEach((level, code) => {
    const rows = reference.counts[code + 2] ?? 0;
    if (rows > 0) counts.set(level, (counts.get(level) ?? 0) + rows);
  });
  const frequent = [...counts.entries()].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, most);
  const place = new Map(frequent.map(([level], k) => [level, k]));
  const other = frequent.length;
  /** By code plus 2. */
  const binOfEach = ({ sample }: SeenCategory): Uint8Array =>
    Uint8Array.from([other, other + 1, ...sample.levels.map(level => place.get(level) ?? other)]);
  return {
    bins: other + 2,
    bounds: none,
    count: seen => {
      const own = asCategory(seen);
      const bins = binOfEach(own);
      const rows = new Float64Array(other + 2);
      own.counts.forEach((count, i) => {
        const bin = bins[i] ?? other;
        rows[bin] = (rows[bin] ?? 0) + count;
      });
      return rows;
    },
    apply: seen => {
      const own = asCategory(seen);
      const bins = binOfEach(own);
      return Uint8Array.from(own.sample.codes, code => bins[code + 2] ?? other);
    },
  };
}
