/**
 * How far two empirical distribution functions are apart: their greatest difference (Kolmogorov–Smirnov) and the area between them
 * (Wasserstein). Exact in linear time: values are counted in narrow buckets, and only buckets in which the sign or the maximum of the
 * difference is open are sorted.
 */
import { type Buckets, type Ranked, within } from './ranked.ts';

export interface Distance {
  /** From 0 to 1. */
  readonly ks: number;
  /** In the unit of the values: SciPy's `wasserstein_distance`. */
  readonly wasserstein: number;
}

interface Open {
  readonly bucket: number;
  /** The difference in front of the bucket. */
  readonly before: number;
  /** Whether its area is counted already. */
  readonly isCounted: boolean;
  /** What the difference may be at most inside. */
  readonly bound: number;
}

/** Both sides in the same buckets; 0 where a side is empty. */
export function distance(reference: Ranked, current: Ranked): Distance {
  const [m, n] = [reference.values.length, current.values.length];
  if (m === 0 || n === 0) return { ks: 0, wasserstein: 0 };
  const { buckets } = reference;
  const last = buckets.count - 1;
  let ks = 0;
  let before = 0;
  let [endOne, endTwo] = [0, 0];
  /** In widths of a bucket. */
  let area = 0;
  const open: Open[] = [];
  for (let b = 0; b <= last; b++) {
    const r = (reference.ends[b] ?? 0) - endOne;
    const c = (current.ends[b] ?? 0) - endTwo;
    const isInner = b > 0 && b < last;
    if (r + c === 0) {
      if (isInner) area += Math.abs(before);
      continue;
    }
    const [up, down] = [before + r / m, before - c / n];
    const isCounted = isInner && (down >= 0 || up <= 0);
    // Where the sign is clear, each value counts from where it lies to the end of the bucket.
    if (isCounted) area += Math.abs(before + (r - (reference.into[b] ?? 0)) / m - (c - (current.into[b] ?? 0)) / n);
    const bound = Math.max(Math.abs(up), Math.abs(down));
    if (!isCounted || bound > ks) open.push({ bucket: b, before, isCounted, bound });
    endOne += r;
    endTwo += c;
    before = endOne / m - endTwo / n;
    ks = Math.max(ks, Math.abs(before));
  }
  const inside = open.filter(o => !o.isCounted || o.bound > ks);
  const wanted = inside.map(o => o.bucket);
  const [valuesOne, valuesTwo] = [within(reference, wanted), within(current, wanted)];
  let wasserstein = buckets.scale > 0 ? area / buckets.scale : 0;
  for (const { bucket, before: at, isCounted } of inside) {
    const [one, two] = [valuesOne.get(bucket) ?? none, valuesTwo.get(bucket) ?? none];
    const walk = walked(one, two, at, m, n, buckets.low, spanOf(buckets, bucket, one, two));
    if (!isCounted) wasserstein += walk.area;
    ks = Math.max(ks, walk.most);
  }
  return { ks, wasserstein };
}

const none = new Float64Array();

/** From `low` on. The outer buckets reach as far as their values. */
function spanOf({ count, low, high, scale }: Buckets, bucket: number, one: Float64Array, two: Float64Array): readonly [number, number] {
  if (bucket === 0) return [Math.min(one[0] ?? low, two[0] ?? low) - low, 0];
  if (bucket === count - 1) return [high - low, Math.max(one.at(-1) ?? high, two.at(-1) ?? high) - low];
  return [(bucket - 1) / scale, bucket / scale];
}

/** Both sides' values of one bucket, one after the other, over its span. */
function walked(
  one: Float64Array,
  two: Float64Array,
  before: number,
  ofOne: number,
  ofTwo: number,
  low: number,
  [from, to]: readonly [number, number],
): { readonly area: number; readonly most: number } {
  let area = 0;
  let greatest = 0;
  let difference = Math.abs(before);
  let [i, j] = [0, 0];
  let last = from;
  while (i < one.length || j < two.length) {
    const value = Math.min(one[i] ?? Number.POSITIVE_INFINITY, two[j] ?? Number.POSITIVE_INFINITY);
    area += difference * (value - low - last);
    while (i < one.length && (one[i] ?? 0) <= value) i++;
    while (j < two.length && (two[j] ?? 0) <= value) j++;
    difference = Math.abs(before + i / ofOne - j / ofTwo);
    greatest = Math.max(greatest, difference);
    last = value - low;
  }
  return { area: area + difference * (to - last), most: greatest };
}
