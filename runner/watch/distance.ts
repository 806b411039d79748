/**
 * How far two empirical distribution functions are apart: their greatest difference (Kolmogorov–Smirnov) and the area between them
 * (Wasserstein). Exact in linear time: values are counted in narrow buckets, and only buckets in which the sign or the maximum of the
 * difference is open are sorted.
 */
import { valuesAt } from '../learn/sorted.ts';

export interface Distance {
  /** From 0 to 1. */
  readonly ks: number;
  /** In the unit of the values: SciPy's `wasserstein_distance`. */
  readonly wasserstein: number;
}

/** What lies in each bucket: rows, the sum of the distances to its origin, and the ends. */
interface Counted {
  readonly rows: Float64Array;
  readonly sums: Float64Array;
  readonly least: Float64Array;
  readonly greatest: Float64Array;
}

interface Buckets {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  /** Buckets by unit of the values. */
  readonly scale: number;
}

const most = 1 << 16;

/** Few values lie outside the outer buckets, whatever the tails. */
const tail = 0.001;

function bucketsOver(reference: Float64Array, rows: number): Buckets {
  const last = reference.length - 1;
  const [low = 0, high = 0] = valuesAt(reference, [Math.floor(last * tail), Math.ceil(last * (1 - tail))]);
  const count = Math.max(3, Math.min(most, 2 ** Math.ceil(Math.log2(rows))));
  const width = high - low;
  return { count, low, high, scale: width > 0 && Number.isFinite(width) ? (count - 2) / width : 0 };
}

/** Rising in the value; the first and the last bucket are open. */
function bucketOf({ count, low, high, scale }: Buckets, value: number): number {
  if (value <= low) return 0;
  if (value >= high) return count - 1;
  const inner = 1 + Math.floor((value - low) * scale);
  return inner > count - 2 ? count - 2 : inner;
}

const originOf = ({ count, low, high, scale }: Buckets, bucket: number): number =>
  bucket === 0 ? low : bucket === count - 1 ? high : low + (scale > 0 ? (bucket - 1) / scale : 0);

function counted(values: Float64Array, buckets: Buckets): Counted {
  const { count } = buckets;
  const rows = new Float64Array(count);
  const sums = new Float64Array(count);
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const greatest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const b = bucketOf(buckets, value);
    rows[b] = (rows[b] ?? 0) + 1;
    sums[b] = (sums[b] ?? 0) + (value - originOf(buckets, b));
    if (value < (least[b] ?? 0)) least[b] = value;
    if (value > (greatest[b] ?? 0)) greatest[b] = value;
  }
  return { rows, sums, least, greatest };
}

/** The values of the wanted buckets, sorted, by bucket. */
function gathered(values: Float64Array, buckets: Buckets, rows: Float64Array, wanted: readonly number[]): ReadonlyMap<number, Float64Array> {
  const found = new Map(wanted.map(b => [b, { values: new Float64Array(rows[b] ?? 0), filled: 0 }]));
  const isWanted = new Uint8Array(buckets.count);
  for (const b of wanted) isWanted[b] = 1;
  for (let i = 0; i < values.length; i++) {
    const b = bucketOf(buckets, values[i] ?? 0);
    if (isWanted[b] !== 1) continue;
    const own = found.get(b);
    if (own) own.values[own.filled++] = values[i] ?? 0;
  }
  return new Map([...found].map(([b, own]) => [b, own.values.sort()]));
}

/** Both sides' values of one bucket, one after the other; `difference`: before the bucket. */
function walked(
  one: Float64Array,
  two: Float64Array,
  difference: number,
  ofOne: number,
  ofTwo: number,
): { readonly area: number; readonly most: number } {
  let area = 0;
  let greatest = 0;
  let i = 0;
  let j = 0;
  let last = Number.NaN;
  while (i < one.length || j < two.length) {
    const value = Math.min(one[i] ?? Number.POSITIVE_INFINITY, two[j] ?? Number.POSITIVE_INFINITY);
    const between = Math.abs(difference + i / ofOne - j / ofTwo);
    if (!Number.isNaN(last)) area += between * (value - last);
    while (i < one.length && (one[i] ?? 0) <= value) i++;
    while (j < two.length && (two[j] ?? 0) <= value) j++;
    greatest = Math.max(greatest, Math.abs(difference + i / ofOne - j / ofTwo));
    last = value;
  }
  return { area, most: greatest };
}

/** Values without NaN, in any order; 0 where a side is empty. */
export function distance(reference: Float64Array, current: Float64Array): Distance {
  const [m, n] = [reference.length, current.length];
  if (m === 0 || n === 0) return { ks: 0, wasserstein: 0 };
  const buckets = bucketsOver(reference, Math.max(m, n));
  const [one, two] = [counted(reference, buckets), counted(current, buckets)];
  let ks = 0;
  let wasserstein = 0;
  let before = 0;
  let end = Number.NaN;
  let [countOne, countTwo] = [0, 0];
  const open: { readonly bucket: number; readonly before: number; readonly signed: boolean; readonly bound: number }[] = [];
  for (let b = 0; b < buckets.count; b++) {
    const [r, c] = [one.rows[b] ?? 0, two.rows[b] ?? 0];
    if (r + c === 0) continue;
    const start = Math.min(one.least[b] ?? 0, two.least[b] ?? 0);
    const stop = Math.max(one.greatest[b] ?? 0, two.greatest[b] ?? 0);
    if (!Number.isNaN(end)) wasserstein += Math.abs(before) * (start - end);
    const [up, down] = [before + r / m, before - c / n];
    const signed = down >= 0 || up <= 0;
    if (stop > start) {
      if (signed) {
        const to = stop - originOf(buckets, b);
        const area = before * (stop - start) + (r * to - (one.sums[b] ?? 0)) / m - (c * to - (two.sums[b] ?? 0)) / n;
        wasserstein += Math.abs(area);
      }
      const bound = Math.max(Math.abs(up), Math.abs(down));
      if (!signed || bound > ks) open.push({ bucket: b, before, signed, bound });
    }
    countOne += r;
    countTwo += c;
    before = countOne / m - countTwo / n;
    ks = Math.max(ks, Math.abs(before));
    end = stop;
  }
  const inside = open.filter(o => !o.signed || o.bound > ks);
  const wanted = inside.map(o => o.bucket);
  const [valuesOne, valuesTwo] = [gathered(reference, buckets, one.rows, wanted), gathered(current, buckets, two.rows, wanted)];
  const none = new Float64Array();
  for (const { bucket, before: at, signed } of inside) {
    const { area, most: greatest } = walked(valuesOne.get(bucket) ?? none, valuesTwo.get(bucket) ?? none, at, m, n);
    if (!signed) wasserstein += area;
    ks = Math.max(ks, greatest);
  }
  return { ks, wasserstein };
}
