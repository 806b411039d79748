/**
 * Totals of windows from those of slices. Each slice first gets the totals of all up to its end, block by block as blocks are read; those of a
 * window are then a difference, or the best of its slices. The loops are alike and yet stand one by one: each then sees arrays of one kind, and
 * runs several times as fast.
 */
import { blockOf, type Cells, type DensePart, firstCell, linksPerBlock } from './denseCells.ts';

/** Pairs of a link and a cutoff. */
export interface Pairs {
  readonly count: number;
  /** By pair, the first cell of its link. */
  readonly cells: Int32Array;
  /** By pair, the number of its cutoff. */
  readonly cutoffs: Int32Array;
}

/** By cutoff, the slices that a window has: from the first up to the one before the end. */
export interface Slices {
  readonly firsts: Int32Array;
  readonly ends: Int32Array;
}

/** Writes a number for each pair: whole ones of what is counted, else floats. */
export type TotalsReader = (pairs: Pairs, into: Int32Array | Float64Array) => void;

/** Gives each slice of a block the totals of all up to its end, and of `first` that of all from its begin on. */
export function settle({ slices, width, offsets, floats, counts }: Cells, parts: readonly DensePart[], block: number): void {
  const begin = block * slices * linksPerBlock;
  const end = begin + slices * linksPerBlock;
  for (const [i, part] of parts.entries()) {
    const from = offsets[i] ?? 0;
    if (part === 'rows' || part === 'flag') addCounts(counts, 2 * width, from, begin, end);
    if (part === 'whole' || part === 'wide') addFloats(floats, width, from, begin, end);
    if (part === 'wide') addFloats(floats, width, from + 1, begin, end);
    if (part === 'first') carryFirst(floats, width, from, begin, end);
    if (part === 'last') carryLast(floats, width, from, begin, end);
  }
}

function addCounts(counts: Int32Array, width: number, from: number, begin: number, end: number): void {
  const step = linksPerBlock * width;
  for (let at = begin * width + step + from; at < end * width; at += width) counts[at] = (counts[at] as number) + (counts[at - step] as number);
}

function addFloats(floats: Float64Array, width: number, from: number, begin: number, end: number): void {
  const step = linksPerBlock * width;
  for (let at = begin * width + step + from; at < end * width; at += width) floats[at] = (floats[at] as number) + (floats[at - step] as number);
}

function carryFirst(floats: Float64Array, width: number, from: number, begin: number, end: number): void {
  const step = linksPerBlock * width;
  for (let at = end * width - step - width + from; at >= begin * width; at -= width) {
    if ((floats[at + step] as number) < (floats[at] as number)) floats[at] = floats[at + step] as number;
  }
}

function carryLast(floats: Float64Array, width: number, from: number, begin: number, end: number): void {
  const step = linksPerBlock * width;
  for (let at = begin * width + step + from; at < end * width; at += width) {
    if ((floats[at - step] as number) > (floats[at] as number)) floats[at] = floats[at - step] as number;
  }
}

/** Settles the blocks of some links, where that was not done yet, and gives the first cell of each. */
export function settler(cells: Cells, parts: readonly DensePart[]): (count: number, links: Int32Array, into: Int32Array) => void {
  const isSettled = new Uint8Array(blockOf(cells.links) + 1);
  return (count, links, into) => {
    for (let i = 0; i < count; i++) {
      const link = links[i] as number;
      const block = blockOf(link);
      if (isSettled[block] === 0) {
        isSettled[block] = 1;
        settle(cells, parts, block);
      }
      into[i] = firstCell(link, cells.slices);
    }
  };
}

/** By cutoff, from a link's first cell to that of its last slice, and to that of the slice before its first; -1: there is none. */
interface Ends {
  readonly above: Int32Array;
  readonly below: Int32Array;
}

const endsOf = ({ firsts, ends }: Slices): Ends => ({
  above: ends.map((end, i) => (end <= (firsts[i] as number) ? -1 : (end - 1) * linksPerBlock)),
  below: firsts.map((first, i) => ((ends[i] as number) <= first || first === 0 ? -1 : (first - 1) * linksPerBlock)),
});

/** A reader of a part. `limb`: what the high digits of `wide` count; `edges`: where slices begin, and the end of the last. */
export function readerOf(cells: Cells, part: DensePart, at: number, slices: Slices, limb: number, edges: Float64Array): TotalsReader {
  const { floats, counts: whole, width } = cells;
  const ends = endsOf(slices);
  switch (part) {
    case 'rows':
    case 'flag':
      return (pairs, into) => counts(whole, 2 * width, at, ends, pairs, into as Int32Array);
    case 'whole':
      return (pairs, into) => differences(floats, width, at, ends, pairs, into as Float64Array);
    case 'wide':
      return (pairs, into) => differencesOfWide(floats, width, at, ends, pairs, into as Float64Array, limb);
    case 'least':
      return (pairs, into) => least(floats, width, at, slices, pairs, into as Float64Array);
    case 'greatest':
      return (pairs, into) => greatest(floats, width, at, slices, pairs, into as Float64Array);
    case 'first':
      return (pairs, into) => first(floats, width, at, slices, edges, pairs, into as Float64Array);
    case 'last':
      return (pairs, into) => last(floats, width, at, slices, edges, pairs, into as Float64Array);
    case 'levels':
    case 'laterLevels':
      return (pairs, into) => levels(whole, 2 * width, at, slices, pairs, into as Int32Array);
  }
}

function counts(from: Int32Array, width: number, at: number, { above, below }: Ends, { count, cells, cutoffs }: Pairs, into: Int32Array): void {
  for (let i = 0; i < count; i++) {
    const cutoff = cutoffs[i] as number;
    const high = above[cutoff] as number;
    const low = below[cutoff] as number;
    const cell = cells[i] as number;
    const until = high < 0 ? 0 : (from[(cell + high) * width + at] as number);
    into[i] = low < 0 ? until : until - (from[(cell + low) * width + at] as number);
  }
}

function differences(
  from: Float64Array,
  width: number,
  at: number,
  { above, below }: Ends,
  { count, cells, cutoffs }: Pairs,
  into: Float64Array,
): void {
  for (let i = 0; i < count; i++) {
    const cutoff = cutoffs[i] as number;
    const high = above[cutoff] as number;
    const low = below[cutoff] as number;
    const cell = cells[i] as number;
    const until = high < 0 ? 0 : (from[(cell + high) * width + at] as number);
    into[i] = low < 0 ? until : until - (from[(cell + low) * width + at] as number);
  }
}

/** The float nearest to the total: both halves are exact, and so is the product with a power of two. */
function differencesOfWide(
  from: Float64Array,
  width: number,
  at: number,
  { above, below }: Ends,
  { count, cells, cutoffs }: Pairs,
  into: Float64Array,
  limb: number,
): void {
  for (let i = 0; i < count; i++) {
    const cutoff = cutoffs[i] as number;
    const high = above[cutoff] as number;
    const low = below[cutoff] as number;
    const cell = cells[i] as number;
    let upper = 0;
    let lower = 0;
    if (high >= 0) {
      const place = (cell + high) * width + at;
      upper = from[place] as number;
      lower = from[place + 1] as number;
    }
    if (low >= 0) {
      const place = (cell + low) * width + at;
      upper -= from[place] as number;
      lower -= from[place + 1] as number;
    }
    into[i] = upper * limb + lower;
  }
}

function least(from: Float64Array, width: number, at: number, { firsts, ends }: Slices, { count, cells, cutoffs }: Pairs, into: Float64Array): void {
  const step = linksPerBlock * width;
  for (let i = 0; i < count; i++) {
    const cutoff = cutoffs[i] as number;
    const cell = (cells[i] as number) * width + at;
    let found = Number.POSITIVE_INFINITY;
    for (let slice = firsts[cutoff] as number; slice < (ends[cutoff] as number); slice++) {
      const value = from[cell + slice * step] as number;
      if (value < found) found = value;
    }
    into[i] = found === Number.POSITIVE_INFINITY ? Number.NaN : found;
  }
}

function greatest(
  from: Float64Array,
  width: number,
  at: number,
  { firsts, ends }: Slices,
  { count, cells, cutoffs }: Pairs,
  into: Float64Array,
): void {
  const step = linksPerBlock * width;
  for (let i = 0; i < count; i++) {
    const cutoff = cutoffs[i] as number;
    const cell = (cells[i] as number) * width + at;
    let found = Number.NEGATIVE_INFINITY;
    for (let slice = firsts[cutoff] as number; slice < (ends[cutoff] as number); slice++) {
      const value = from[cell + slice * step] as number;
      if (value > found) found = value;
    }
    into[i] = found === Number.NEGATIVE_INFINITY ? Number.NaN : found;
  }
}

function first(
  from: Float64Array,
  width: number,
  at: number,
  { firsts, ends }: Slices,
  edges: Float64Array,
  { count, cells, cutoffs }: Pairs,
  into: Float64Array,
): void {
  const step = linksPerBlock * width;
  for (let i = 0; i < count; i++) {
    const slice = firsts[cutoffs[i] as number] as number;
    const end = ends[cutoffs[i] as number] as number;
    const event = end <= slice ? Number.POSITIVE_INFINITY : (from[(cells[i] as number) * width + at + slice * step] as number);
    into[i] = event < (edges[end] as number) ? event : Number.NaN;
  }
}

function last(
  from: Float64Array,
  width: number,
  at: number,
  { firsts, ends }: Slices,
  edges: Float64Array,
  { count, cells, cutoffs }: Pairs,
  into: Float64Array,
): void {
  const step = linksPerBlock * width;
  for (let i = 0; i < count; i++) {
    const slice = firsts[cutoffs[i] as number] as number;
    const end = ends[cutoffs[i] as number] as number;
    const event = end <= slice ? Number.NEGATIVE_INFINITY : (from[(cells[i] as number) * width + at + (end - 1) * step] as number);
    into[i] = event >= (edges[slice] as number) && event > Number.NEGATIVE_INFINITY ? event : Number.NaN;
  }
}

/** How many bits are set in any of the slices. */
function levels(from: Int32Array, width: number, at: number, { firsts, ends }: Slices, { count, cells, cutoffs }: Pairs, into: Int32Array): void {
  const step = linksPerBlock * width;
  for (let i = 0; i < count; i++) {
    const cutoff = cutoffs[i] as number;
    const end = ends[cutoff] as number;
    let slice = firsts[cutoff] as number;
    let bits = 0;
    for (let cell = (cells[i] as number) * width + at + slice * step; slice < end; slice++, cell += step) bits |= from[cell] as number;
    into[i] = bitCount(bits);
  }
}

function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
