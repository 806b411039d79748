/**
 * Numbers in narrow buckets, in the order of their values: ranks and quantiles in linear time, exactly, because only the few buckets that
 * an answer lies in are sorted.
 */

export interface Buckets {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  /** Buckets by unit of the values; 0: all between the ends is one bucket. */
  readonly scale: number;
}

export interface Ranked {
  /** Without NaN, in any order. */
  readonly values: Float64Array;
  readonly buckets: Buckets;
  /** The bucket of each value. */
  readonly of: Uint16Array;
  /** How far into its bucket the values lie, from 0 to 1, summed by bucket; of the open ones nothing. */
  readonly into: Float64Array;
  /** Values up to the end of each bucket. */
  readonly ends: Uint32Array;
  /** Buckets that were sorted before. */
  readonly sorted: Map<number, Float64Array>;
}

const most = 1 << 16;
/** Values that the ends are found by, and the share of them that lies outside. */
const looked = 4096;
const tail = 0.001;

/** As many as there are values, about, so that most hold few; where values are close together is seen on some of them. */
export function bucketsOver(values: Float64Array, rows = values.length): Buckets {
  const step = Math.max(1, Math.floor(values.length / looked));
  const some = Float64Array.from({ length: Math.floor(values.length / step) }, (_, i) => values[i * step] ?? 0).sort();
  const last = some.length - 1;
  const low = some[Math.floor(last * tail)] ?? 0;
  const high = some[Math.ceil(last * (1 - tail))] ?? 0;
  const count = Math.max(3, Math.min(most, 2 ** Math.ceil(Math.log2(Math.max(1, rows)))));
  const scale = (count - 2) / (high - low);
  return { count, low, high, scale: high > low && Number.isFinite(scale) ? scale : 0 };
}

/** Rising in the value; the first and the last bucket are open. */
function bucketOf({ count, low, high, scale }: Buckets, value: number): number {
  if (value <= low) return 0;
  if (value >= high) return count - 1;
  const inner = 1 + Math.floor((value - low) * scale);
  return inner > count - 2 ? count - 2 : inner;
}

export function ranked(values: Float64Array, buckets = bucketsOver(values)): Ranked {
  const { count, low, high, scale } = buckets;
  const ends = new Uint32Array(count);
  const of = new Uint16Array(values.length);
  const into = new Float64Array(count);
  const last = count - 1;
  // `bucketOf`, written out: this loop is most of the work.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const place = (value - low) * scale;
    const inner = place < last - 1 ? place | 0 : last - 2;
    const b = value <= low ? 0 : value >= high ? last : inner + 1;
    into[b] = (into[b] ?? 0) + (place - inner);
    of[i] = b;
    ends[b] = (ends[b] ?? 0) + 1;
  }
  let total = 0;
  for (let b = 0; b < ends.length; b++) {
    total += ends[b] ?? 0;
    ends[b] = total;
  }
  return { values, buckets, of, into, ends, sorted: new Map() };
}

/** So many values say enough of a shape. */
const shape = 1 << 16;

/** Both sides' values, or so many of them by turns, at places that no order of the rows can meet. */
export function together(one: Float64Array, two: Float64Array): Float64Array {
  const all = one.length + two.length;
  const step = Math.max(1, Math.floor(all / shape));
  return Float64Array.from({ length: Math.floor(all / step) }, (_, i) => {
    const place = i * step + ((Math.imul(i, 0x9e3779b1) >>> 0) % step);
    return (place < one.length ? one[place] : two[place - one.length]) ?? 0;
  });
}

const startOf = ({ ends }: Ranked, bucket: number): number => (bucket === 0 ? 0 : (ends[bucket - 1] ?? 0));

/** The values of these buckets and perhaps of others, ascending, by bucket; one without values is not there. */
export function within(ordered: Ranked, wanted: Iterable<number>): ReadonlyMap<number, Float64Array> {
  const { values, buckets, of, ends, sorted } = ordered;
  const found = new Map<number, Float64Array>();
  for (const b of wanted) {
    const rows = (ends[b] ?? 0) - startOf(ordered, b);
    if (rows > 0 && !sorted.has(b)) found.set(b, new Float64Array(rows));
  }
  if (found.size === 0) return sorted;
  /** Where the values of a bucket go, from 1; 0: nobody asks for them. */
  const slots = new Uint32Array(buckets.count);
  const lists = [...found.values()];
  [...found.keys()].forEach((b, i) => {
    slots[b] = i + 1;
  });
  const filled = new Uint32Array(lists.length);
  for (let i = 0; i < of.length; i++) {
    const slot = slots[of[i] ?? 0] ?? 0;
    if (slot === 0) continue;
    const list = lists[slot - 1];
    const at = filled[slot - 1] ?? 0;
    if (list) list[at] = values[i] ?? 0;
    filled[slot - 1] = at + 1;
  }
  for (const list of lists) if (!isConstant(list)) list.sort();
  for (const [b, list] of found) sorted.set(b, list);
  return sorted;
}

/** Where values repeat, a bucket often holds one of them many times. */
function isConstant(values: Float64Array): boolean {
  const [first] = values;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return true;
}

/** The bucket of the value at this place of the ascending order, from 0. */
export function bucketAt({ ends }: Ranked, place: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The values at these places of the ascending order, from 0. */
export function valuesAt(of: Ranked, places: readonly number[]): Float64Array {
  const buckets = places.map(place => bucketAt(of, place));
  const found = within(of, buckets);
  return Float64Array.from(places, (place, i) => {
    const b = buckets[i] ?? 0;
    return found.get(b)?.[place - startOf(of, b)] ?? Number.NaN;
  });
}

/** Linear between neighbours (type 7); nothing of nothing. */
export function quantiles(of: Ranked, shares: readonly number[]): number[] {
  const last = of.values.length - 1;
  if (last < 0) return [];
  const places = shares.map(share => share * last);
  const values = valuesAt(
    of,
    places.flatMap(at => [Math.floor(at), Math.min(last, Math.floor(at) + 1)]),
  );
  return places.map((at, i) => {
    const [low = 0, high = 0] = [values[2 * i], values[2 * i + 1]];
    return low + (at - Math.floor(at)) * (high - low);
  });
}

/** How many values are at most each bound; bounds ascending. */
export function upTo(of: Ranked, bounds: Float64Array): Float64Array {
  const bucketsOfBounds = Array.from(bounds, bound => bucketOf(of.buckets, bound));
  const found = within(of, bucketsOfBounds);
  return Float64Array.from(bounds, (bound, i) => {
    const b = bucketsOfBounds[i] ?? 0;
    const inside = found.get(b) ?? new Float64Array();
    let [low, high] = [0, inside.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((inside[middle] ?? 0) <= bound) low = middle + 1;
      else high = middle;
    }
    return startOf(of, b) + low;
  });
}
