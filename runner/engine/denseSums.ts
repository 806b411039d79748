/**
 * Rows added up by link and slice of time: each row is looked at once, whatever the number of windows. All numbers are whole and so small that
 * floats hold every total exactly; where they might not, `isExact` says so and nothing else holds. The loops are alike and yet stand one by
 * one: each then sees arrays of one kind, and runs several times as fast.
 */
import { type DensePart, emptyCells, firstCell, isGreatest, isLeast, levelsPerNumber, linksPerBlock } from './denseCells.ts';
import { readerOf, settler, type TotalsReader } from './denseTotals.ts';

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
  readonly isExact: () => boolean;
  /** After all rows: makes some links ready to be read, and gives the first cell of each. */
  readonly settle: (count: number, links: Int32Array, cells: Int32Array) => void;
  /** Gives what reads a part over the slices of each cutoff; what has no rows is 0, and NaN for the least and the greatest. */
  readonly reader: (part: number, ranges: readonly SliceRange[]) => TotalsReader;
}

const exactBelow = 2 ** 53;
const batch = 2048;

export function denseSums({ links, starts, parts, rows: mostRows }: DenseShape): DenseSums {
  const cells = emptyCells(links, starts.length, parts);
  const { floats, counts, width, offsets } = cells;
  const edges = Float64Array.from([...starts, Number.POSITIVE_INFINITY]);
  // The low digits of all rows together stay below what floats hold.
  const limb = 2 ** (52 - Math.ceil(Math.log2(Math.max(2, mostRows))));
  const sizes = parts.map(() => 0);
  const places = new Int32Array(batch);
  let slice = 0;
  return {
    add(rows, codes, events, values) {
      slice = placesOf(codes, events, rows, edges, slice, places);
      for (const [i, part] of parts.entries()) {
        const found = values[i] ?? null;
        const from = offsets[i] ?? 0;
        if (part === 'rows') addRows(counts, places, rows, 2 * width, from);
        if (found === null) continue;
        if (part === 'flag') addFlags(counts, places, rows, 2 * width, from, found as Int8Array);
        if (part === 'whole') sizes[i] = (sizes[i] ?? 0) + addWhole(floats, places, rows, width, from, found as Float64Array);
        if (part === 'wide') sizes[i] = (sizes[i] ?? 0) + addWide(floats, places, rows, width, from, found as Float64Array, limb);
        if (isLeast(part)) keepLeast(floats, places, rows, width, from, found as Float64Array);
        if (isGreatest(part)) keepGreatest(floats, places, rows, width, from, found as Float64Array);
        if (part === 'levels') keepLevels(counts, places, rows, 2 * width, from, found as Int8Array, 0);
        if (part === 'laterLevels') keepLevels(counts, places, rows, 2 * width, from, found as Int8Array, levelsPerNumber);
      }
    },
    isExact: () => sizes.every(size => size < exactBelow),
    settle: settler(cells, parts),
    reader: (part, ranges) =>
      readerOf(
        cells,
        parts[part] ?? 'rows',
        offsets[part] ?? 0,
        { firsts: Int32Array.from(ranges, range => range.first), ends: Int32Array.from(ranges, range => range.end) },
        limb,
        edges,
      ),
  };
}

/** The cell of each row. Rows near each other in time are near each other in most files, so the last slice is tried first. */
function placesOf(codes: Int32Array, events: Float64Array, rows: number, edges: Float64Array, last: number, places: Int32Array): number {
  const slices = edges.length - 1;
  let slice = last;
  for (let i = 0; i < rows; i++) {
    const event = events[i] as number;
    if (event < (edges[slice] as number) || event >= (edges[slice + 1] as number)) slice = sliceOf(event, edges);
    places[i] = firstCell(codes[i] as number, slices) + slice * linksPerBlock;
  }
  return slice;
}

function sliceOf(event: number, edges: Float64Array): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (event < (edges[middle] as number)) high = middle - 1;
    else low = middle;
  }
  return low;
}

function addRows(counts: Int32Array, places: Int32Array, rows: number, width: number, from: number): void {
  for (let i = 0; i < rows; i++) {
    const at = (places[i] as number) * width + from;
    counts[at] = (counts[at] as number) + 1;
  }
}

function addFlags(counts: Int32Array, places: Int32Array, rows: number, width: number, from: number, values: Int8Array): void {
  for (let i = 0; i < rows; i++) {
    const at = (places[i] as number) * width + from;
    counts[at] = (counts[at] as number) + (values[i] as number);
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
  const share = 1 / limb;
  let size = 0;
  for (let i = 0; i < rows; i++) {
    const at = (places[i] as number) * width + from;
    const value = values[i] as number;
    // A power of two: the product is as exact as a quotient.
    const high = Math.floor(value * share);
    size += Math.abs(high);
    sums[at] = (sums[at] as number) + high;
    sums[at + 1] = (sums[at + 1] as number) + (value - high * limb);
  }
  return size;
}

function keepLeast(best: Float64Array, places: Int32Array, rows: number, width: number, from: number, values: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const at = (places[i] as number) * width + from;
    if ((values[i] as number) < (best[at] as number)) best[at] = values[i] as number;
  }
}

function keepGreatest(best: Float64Array, places: Int32Array, rows: number, width: number, from: number, values: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const at = (places[i] as number) * width + from;
    if ((values[i] as number) > (best[at] as number)) best[at] = values[i] as number;
  }
}

function keepLevels(seen: Int32Array, places: Int32Array, rows: number, width: number, from: number, values: Int8Array, first: number): void {
  for (let i = 0; i < rows; i++) {
    const level = (values[i] as number) - first;
    if (level < 0 || level >= levelsPerNumber) continue;
    const at = (places[i] as number) * width + from;
    seen[at] = (seen[at] as number) | (1 << level);
  }
}
