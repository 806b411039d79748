/**
 * Totals of rows by link and slice of time, and from them those of windows: each row is looked at once, whatever the number of windows. All
 * numbers are whole and so small that floats hold every total exactly; where they might not, `isExact` says so and nothing else holds.
 */

/** What is kept of rows. `whole`: numbers whose totals are small; `wide`: numbers that floats hold, whose totals they may not. */
export type DensePart = 'rows' | 'flag' | 'whole' | 'wide' | 'least' | 'greatest' | 'levels';

export interface DenseShape {
  readonly links: number;
  /** Microseconds at which slices begin, ascending; the first may be -Infinity. */
  readonly starts: readonly number[];
  readonly parts: readonly DensePart[];
  /** No more rows than this come. */
  readonly rows: number;
}

export type Numbers = Int8Array | Int32Array | Float64Array;

/** From the slice `first` up to the slice before `end`. */
export interface SliceRange {
  readonly first: number;
  readonly end: number;
}

export interface DenseSums {
  /** Up to 2,048 rows: the number of each one's link, its event, and of each part but `rows` its values; NaN is none. */
  readonly add: (rows: number, links: Int32Array, events: Float64Array, values: readonly (Numbers | null)[]) => void;
  /** Once, after all rows. */
  readonly finish: () => void;
  readonly isExact: () => boolean;
  /** A part over the slices of each cutoff, by cutoff and link; what has no rows is 0, and NaN for the least and the greatest. */
  readonly totals: (part: number, ranges: readonly SliceRange[]) => Float64Array;
}

const exactBelow = 2 ** 53;
const batch = 2048;

/** Bytes that the sums of a shape take, without those of the windows. */
export function denseBytes({ links, starts, parts }: DenseShape): number {
  const one = { rows: 8, flag: 8, whole: 8, wide: 16, least: 8, greatest: 8, levels: 4 } satisfies Record<DensePart, number>;
  return links * starts.length * parts.reduce((bytes, part) => bytes + one[part], 0);
}

/** What only adds up lies side by side for each link and slice: a row then touches memory in one place. */
export function denseSums({ links, starts, parts, rows: mostRows }: DenseShape): DenseSums {
  const cells = links * starts.length;
  const edges = Float64Array.from([...starts, Number.POSITIVE_INFINITY]);
  const at: number[] = [];
  let width = 0;
  for (const part of parts) {
    at.push(width);
    width += part === 'wide' ? 2 : part === 'rows' || part === 'flag' || part === 'whole' ? 1 : 0;
  }
  const sums = new Float64Array(cells * width);
  const bests = parts.map(part => {
    if (part === 'least') return new Float64Array(cells).fill(Number.POSITIVE_INFINITY);
    return part === 'greatest' ? new Float64Array(cells).fill(Number.NEGATIVE_INFINITY) : null;
  });
  const levels = parts.map(part => (part === 'levels' ? new Int32Array(cells) : null));
  // The low digits of all rows together stay below what floats hold.
  const limb = 2 ** (52 - Math.ceil(Math.log2(Math.max(2, mostRows))));
  const sizes = parts.map(() => 0);
  const places = new Int32Array(batch);
  let slice = 0;

  const additive = (part: number, ranges: readonly SliceRange[]): Float64Array => {
    const found = new Float64Array(ranges.length * links);
    const from = at[part] ?? 0;
    const isWide = parts[part] === 'wide';
    for (const [i, { first, end }] of ranges.entries()) {
      if (end <= first) continue;
      const [high, low] = [(end - 1) * links * width + from, (first - 1) * links * width + from];
      if (isWide) differencesOfWide(sums, high, first === 0 ? -1 : low, width, found, i * links, links, limb);
      else differences(sums, high, first === 0 ? -1 : low, width, found, i * links, links);
    }
    return found;
  };

  return {
    add(rows, codes, events, values) {
      slice = placesOf(codes, events, rows, edges, slice, links, places);
      for (const [i, part] of parts.entries()) {
        const found = values[i] ?? null;
        const from = at[i] ?? 0;
        if (part === 'rows') addRows(sums, places, rows, width, from);
        if (found === null) continue;
        if (part === 'flag') addFlags(sums, places, rows, width, from, found as Int8Array);
        if (part === 'whole') sizes[i] = (sizes[i] ?? 0) + addWhole(sums, places, rows, width, from, found as Float64Array);
        if (part === 'wide') sizes[i] = (sizes[i] ?? 0) + addWide(sums, places, rows, width, from, found as Float64Array, limb);
        const best = bests[i];
        if (best && part === 'least') keepLeast(best, places, rows, found as Float64Array);
        if (best && part === 'greatest') keepGreatest(best, places, rows, found as Float64Array);
        const seen = levels[i];
        if (seen) keepLevels(seen, places, rows, found as Int32Array);
      }
    },
    finish() {
      // From here on a slice has the totals of all up to its end.
      const step = links * width;
      for (let i = step; i < sums.length; i++) sums[i] = (sums[i] as number) + (sums[i - step] as number);
    },
    isExact: () => sizes.every(size => size < exactBelow),
    totals(part, ranges) {
      const best = bests[part];
      if (best) return bestOf(best, ranges, links, parts[part] === 'least');
      const seen = levels[part];
      return seen ? levelsOf(seen, ranges, links) : additive(part, ranges);
    },
  };
}

/** Where each row belongs. Rows near each other in time are near each other in most files, so the last slice is tried first. */
function placesOf(
  codes: Int32Array,
  events: Float64Array,
  rows: number,
  edges: Float64Array,
  last: number,
  links: number,
  places: Int32Array,
): number {
  let slice = last;
  for (let i = 0; i < rows; i++) {
    const event = events[i] as number;
    if (event < (edges[slice] as number) || event >= (edges[slice + 1] as number)) {
      let [low, high] = [0, edges.length - 2];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (event < (edges[middle] as number)) high = middle - 1;
        else low = middle;
      }
      slice = low;
    }
    places[i] = slice * links + (codes[i] as number);
  }
  return slice;
}

function addRows(sums: Float64Array, places: Int32Array, rows: number, width: number, from: number): void {
  for (let i = 0; i < rows; i++) {
    const at = (places[i] as number) * width + from;
    sums[at] = (sums[at] as number) + 1;
  }
}

function addFlags(sums: Float64Array, places: Int32Array, rows: number, width: number, from: number, values: Int8Array): void {
  for (let i = 0; i < rows; i++) {
    const at = (places[i] as number) * width + from;
    sums[at] = (sums[at] as number) + (values[i] as number);
  }
}

/** Gives the total of all sizes. */
function addWhole(sums: Float64Array, places: Int32Array, rows: number, width: number, from: number, values: Float64Array): number {
  let size = 0;
  for (let i = 0; i < rows; i++) {
    const at = (places[i] as number) * width + from;
    const value = values[i] as number;
    size += Math.abs(value);
    sums[at] = (sums[at] as number) + value;
  }
  return size;
}

/** Gives the total of the sizes of the high digits. */
function addWide(sums: Float64Array, places: Int32Array, rows: number, width: number, from: number, values: Float64Array, limb: number): number {
  let size = 0;
  for (let i = 0; i < rows; i++) {
    const at = (places[i] as number) * width + from;
    const value = values[i] as number;
    const high = Math.floor(value / limb);
    size += Math.abs(high);
    sums[at] = (sums[at] as number) + high;
    sums[at + 1] = (sums[at + 1] as number) + (value - high * limb);
  }
  return size;
}

function keepLeast(best: Float64Array, places: Int32Array, rows: number, values: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const at = places[i] as number;
    if ((values[i] as number) < (best[at] as number)) best[at] = values[i] as number;
  }
}

function keepGreatest(best: Float64Array, places: Int32Array, rows: number, values: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const at = places[i] as number;
    if ((values[i] as number) > (best[at] as number)) best[at] = values[i] as number;
  }
}

function keepLevels(seen: Int32Array, places: Int32Array, rows: number, values: Int32Array): void {
  for (let i = 0; i < rows; i++) {
    const at = places[i] as number;
    seen[at] = (seen[at] as number) | (values[i] as number);
  }
}

/** `low` below 0: there is nothing before. */
function differences(sums: Float64Array, high: number, low: number, width: number, found: Float64Array, at: number, links: number): void {
  if (low < 0) for (let k = 0; k < links; k++) found[at + k] = sums[high + k * width] as number;
  else for (let k = 0; k < links; k++) found[at + k] = (sums[high + k * width] as number) - (sums[low + k * width] as number);
}

/** The float nearest to the total: both halves are exact, and so is the product with a power of two. */
function differencesOfWide(
  sums: Float64Array,
  high: number,
  low: number,
  width: number,
  found: Float64Array,
  at: number,
  links: number,
  limb: number,
): void {
  for (let k = 0; k < links; k++) {
    const [above, below] = [high + k * width, low + k * width];
    const upper = (sums[above] as number) - (low < 0 ? 0 : (sums[below] as number));
    const lower = (sums[above + 1] as number) - (low < 0 ? 0 : (sums[below + 1] as number));
    found[at + k] = upper * limb + lower;
  }
}

function bestOf(best: Float64Array, ranges: readonly SliceRange[], links: number, isLeast: boolean): Float64Array {
  const none = isLeast ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const found = new Float64Array(ranges.length * links).fill(none);
  for (const [i, { first, end }] of ranges.entries()) {
    for (let slice = first; slice < end; slice++) {
      if (isLeast) lesser(best, slice * links, found, i * links, links);
      else greater(best, slice * links, found, i * links, links);
    }
  }
  for (let i = 0; i < found.length; i++) if (found[i] === none) found[i] = Number.NaN;
  return found;
}

function lesser(best: Float64Array, from: number, found: Float64Array, at: number, links: number): void {
  for (let k = 0; k < links; k++) {
    const value = best[from + k] as number;
    if (value < (found[at + k] as number)) found[at + k] = value;
  }
}

function greater(best: Float64Array, from: number, found: Float64Array, at: number, links: number): void {
  for (let k = 0; k < links; k++) {
    const value = best[from + k] as number;
    if (value > (found[at + k] as number)) found[at + k] = value;
  }
}

/** How many bits are set in any of the slices. */
function levelsOf(seen: Int32Array, ranges: readonly SliceRange[], links: number): Float64Array {
  const found = new Float64Array(ranges.length * links);
  const bits = new Int32Array(links);
  for (const [i, { first, end }] of ranges.entries()) {
    bits.fill(0);
    for (let slice = first; slice < end; slice++) {
      const from = slice * links;
      for (let k = 0; k < links; k++) bits[k] = (bits[k] as number) | (seen[from + k] as number);
    }
    for (let k = 0; k < links; k++) found[i * links + k] = bitCount(bits[k] as number);
  }
  return found;
}

function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
