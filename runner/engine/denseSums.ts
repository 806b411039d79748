/**
 * Totals of rows by link and slice of time, and from them those of windows: each row is looked at once, whatever the number of windows. All
 * numbers are whole and so small that floats hold every total exactly; where they might not, `isExact` says so and nothing else holds.
 */
import { carryFirst, carryLast, first, greatest, keepGreatest, keepLeast, last, least, type Slices } from './denseBests.ts';

/**
 * What is kept of rows. `whole`: numbers whose totals are small; `wide`: numbers that floats hold, whose totals they may not; `first` and
 * `last`: the least and the greatest event; `levels`: which of the numbers from 0 up to 30 there are, and `laterLevels`: from 31 up to 61.
 */
export type DensePart = 'rows' | 'flag' | 'whole' | 'wide' | 'least' | 'greatest' | 'first' | 'last' | 'levels' | 'laterLevels';

const isLeast = (part: DensePart | undefined): boolean => part === 'least' || part === 'first';
const isGreatest = (part: DensePart | undefined): boolean => part === 'greatest' || part === 'last';

/** A level is a bit of a number of 32 bits with a sign. */
const levelsPerNumber = 31;
export const mostLevels = 2 * levelsPerNumber;

export interface DenseShape {
  readonly links: number;
  /** Microseconds at which slices begin, ascending; the first may be -Infinity. */
  readonly starts: readonly number[];
  readonly parts: readonly DensePart[];
  /** No more rows than this come. */
  readonly rows: number;
}

export type Numbers = Int8Array | Int32Array | Float64Array;

/** Totals of these are counts of rows or levels. */
export const isCounted = (part: DensePart): boolean => part === 'rows' || part === 'flag' || part === 'levels' || part === 'laterLevels';

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
  /** Gives what reads a part over the slices of each cutoff; what has no rows is 0, and NaN for the least and the greatest. */
  readonly reader: (part: number, ranges: readonly SliceRange[]) => TotalsReader;
}

/** Of so many pairs of a link and a cutoff, by their numbers: into whole numbers of what is counted, else into floats. */
export type TotalsReader = (pairs: number, links: Int32Array, cutoffs: Int32Array, into: Numbers) => void;

const exactBelow = 2 ** 53;
const batch = 2048;

/** Bytes that the sums of a shape take, without those of the windows. */
export function denseBytes({ links, starts, parts }: DenseShape): number {
  const one = { rows: 8, flag: 8, whole: 8, wide: 16, least: 8, greatest: 8, first: 8, last: 8, levels: 4, laterLevels: 4 } satisfies Record<
    DensePart,
    number
  >;
  return links * starts.length * parts.reduce((bytes, part) => bytes + one[part], 0);
}

/** What only adds up lies side by side for each link and slice: a row then touches memory in one place. */
export function denseSums({ links, starts, parts, rows: mostRows }: DenseShape): DenseSums {
  const cells = links * starts.length;
  const edges = Float64Array.from([...starts, Number.POSITIVE_INFINITY]);
  const offsets: number[] = [];
  let width = 0;
  for (const part of parts) {
    offsets.push(width);
    width += part === 'wide' ? 2 : part === 'rows' || part === 'flag' || part === 'whole' ? 1 : 0;
  }
  const sums = new Float64Array(cells * width);
  const bests = parts.map(part => {
    if (isLeast(part)) return new Float64Array(cells).fill(Number.POSITIVE_INFINITY);
    return isGreatest(part) ? new Float64Array(cells).fill(Number.NEGATIVE_INFINITY) : null;
  });
  const levels = parts.map(part => (part === 'levels' || part === 'laterLevels' ? new Int32Array(cells) : null));
  // The low digits of all rows together stay below what floats hold.
  const limb = 2 ** (52 - Math.ceil(Math.log2(Math.max(2, mostRows))));
  const sizes = parts.map(() => 0);
  const places = new Int32Array(batch);
  let slice = 0;

  const additive = (part: number, ranges: readonly SliceRange[]): TotalsReader => {
    const from = offsets[part] ?? 0;
    // Where the totals up to the end of each cutoff's slices stand, and those up to their begin; -1: there is nothing.
    const above = Int32Array.from(ranges, ({ first, end }) => (end <= first ? -1 : (end - 1) * links * width + from));
    const below = Int32Array.from(ranges, ({ first, end }) => (end <= first || first === 0 ? -1 : (first - 1) * links * width + from));
    const at = { above, below };
    if (parts[part] === 'wide')
      return (pairs, of, cutoffs, into) => differencesOfWide(sums, width, at, pairs, of, cutoffs, into as Float64Array, limb);
    if (parts[part] === 'whole') return (pairs, of, cutoffs, into) => differences(sums, width, at, pairs, of, cutoffs, into as Float64Array);
    return (pairs, of, cutoffs, into) => counts(sums, width, at, pairs, of, cutoffs, into as Int32Array);
  };

  return {
    add(rows, codes, events, values) {
      slice = placesOf(codes, events, rows, edges, slice, links, places);
      for (const [i, part] of parts.entries()) {
        const found = values[i] ?? null;
        const from = offsets[i] ?? 0;
        if (part === 'rows') addRows(sums, places, rows, width, from);
        if (found === null) continue;
        if (part === 'flag') addFlags(sums, places, rows, width, from, found as Int8Array);
        if (part === 'whole') sizes[i] = (sizes[i] ?? 0) + addWhole(sums, places, rows, width, from, found as Float64Array);
        if (part === 'wide') sizes[i] = (sizes[i] ?? 0) + addWide(sums, places, rows, width, from, found as Float64Array, limb);
        const best = bests[i];
        if (best && isLeast(part)) keepLeast(best, places, rows, found as Float64Array);
        if (best && isGreatest(part)) keepGreatest(best, places, rows, found as Float64Array);
        const seen = levels[i];
        if (seen) keepLevels(seen, places, rows, found as Int8Array, part === 'levels' ? 0 : levelsPerNumber);
      }
    },
    finish() {
      for (const [i, part] of parts.entries()) {
        const best = bests[i];
        if (best && part === 'first') carryFirst(best, links);
        if (best && part === 'last') carryLast(best, links);
      }
      // From here on a slice has the totals of all up to its end.
      const step = links * width;
      for (let i = step; i < sums.length; i++) sums[i] = (sums[i] as number) + (sums[i - step] as number);
    },
    isExact: () => sizes.every(size => size < exactBelow),
    reader(part, ranges) {
      const firsts = Int32Array.from(ranges, range => range.first);
      const ends = Int32Array.from(ranges, range => range.end);
      const best = bests[part];
      const seen = levels[part];
      if (best) {
        if (parts[part] === 'first')
          return (pairs, of, cutoffs, into) => first(best, links, { firsts, ends }, edges, pairs, of, cutoffs, into as Float64Array);
        if (parts[part] === 'last')
          return (pairs, of, cutoffs, into) => last(best, links, { firsts, ends }, edges, pairs, of, cutoffs, into as Float64Array);
        const fold = parts[part] === 'least' ? least : greatest;
        return (pairs, of, cutoffs, into) => fold(best, links, { firsts, ends }, pairs, of, cutoffs, into as Float64Array);
      }
      if (seen) return (pairs, of, cutoffs, into) => levelsOf(seen, links, { firsts, ends }, pairs, of, cutoffs, into as Int32Array);
      return additive(part, ranges);
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

function keepLevels(seen: Int32Array, places: Int32Array, rows: number, values: Int8Array, first: number): void {
  for (let i = 0; i < rows; i++) {
    const level = (values[i] as number) - first;
    if (level < 0 || level >= levelsPerNumber) continue;
    const at = places[i] as number;
    seen[at] = (seen[at] as number) | (1 << level);
  }
}

/** By cutoff. */
interface Places {
  readonly above: Int32Array;
  readonly below: Int32Array;
}

function differences(
  sums: Float64Array,
  width: number,
  { above, below }: Places,
  pairs: number,
  links: Int32Array,
  cutoffs: Int32Array,
  into: Float64Array,
): void {
  for (let i = 0; i < pairs; i++) {
    const cutoff = cutoffs[i] as number;
    const [high, low, link] = [above[cutoff] as number, below[cutoff] as number, (links[i] as number) * width];
    const until = high < 0 ? 0 : (sums[high + link] as number);
    into[i] = low < 0 ? until : until - (sums[low + link] as number);
  }
}

/** As `differences`; another function, for each then sees arrays of one kind. */
function counts(
  sums: Float64Array,
  width: number,
  { above, below }: Places,
  pairs: number,
  links: Int32Array,
  cutoffs: Int32Array,
  into: Int32Array,
): void {
  for (let i = 0; i < pairs; i++) {
    const cutoff = cutoffs[i] as number;
    const [high, low, link] = [above[cutoff] as number, below[cutoff] as number, (links[i] as number) * width];
    const until = high < 0 ? 0 : (sums[high + link] as number);
    into[i] = low < 0 ? until : until - (sums[low + link] as number);
  }
}

/** The float nearest to the total: both halves are exact, and so is the product with a power of two. */
function differencesOfWide(
  sums: Float64Array,
  width: number,
  { above, below }: Places,
  pairs: number,
  links: Int32Array,
  cutoffs: Int32Array,
  into: Float64Array,
  limb: number,
): void {
  for (let i = 0; i < pairs; i++) {
    const cutoff = cutoffs[i] as number;
    const [high, low, link] = [above[cutoff] as number, below[cutoff] as number, (links[i] as number) * width];
    let [upper, lower] = [0, 0];
    if (high >= 0) {
      upper = sums[high + link] as number;
      lower = sums[high + link + 1] as number;
    }
    if (low >= 0) {
      upper -= sums[low + link] as number;
      lower -= sums[low + link + 1] as number;
    }
    into[i] = upper * limb + lower;
  }
}

/** How many bits are set in any of the slices. */
function levelsOf(
  seen: Int32Array,
  step: number,
  { firsts, ends }: Slices,
  pairs: number,
  links: Int32Array,
  cutoffs: Int32Array,
  into: Int32Array,
): void {
  for (let i = 0; i < pairs; i++) {
    const [cutoff, link] = [cutoffs[i] as number, links[i] as number];
    let bits = 0;
    for (let slice = firsts[cutoff] as number; slice < (ends[cutoff] as number); slice++) bits |= seen[slice * step + link] as number;
    into[i] = bitCount(bits);
  }
}

function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
