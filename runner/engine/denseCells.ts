/**
 * What is kept of rows by link and slice of time, and where. All that is kept of one link and slice is one cell, so that a row touches memory in
 * one place. Cells of some links lie together, slice by slice: rows that come in the order of time stay within a small part of each block of
 * links, and whoever reads a link finds all its slices near each other.
 */

/** As the kernel numbers them, in this order. */
export const kinds = ['rows', 'flag', 'whole', 'wide', 'least', 'greatest', 'first', 'last', 'levels', 'laterLevels'] as const;

/**
 * `whole`: numbers whose totals are small; `wide`: numbers that floats hold, whose totals they may not; `first` and `last`: the least and the
 * greatest event; `levels`: which of the numbers from 0 up to 30 there are, and `laterLevels`: from 31 up to 61.
 */
export type DensePart = (typeof kinds)[number];

export const kindOf = (part: DensePart): number => kinds.indexOf(part);

export const isLevels = (part: DensePart): boolean => part === 'levels' || part === 'laterLevels';
/** Counts of rows or of levels: whole numbers of 32 bits. All others are floats. */
export const isCounted = (part: DensePart): boolean => part === 'rows' || part === 'flag' || isLevels(part);

/** Bytes of a value that is kept with its row, and 0 of what needs none. */
export const keptBytes = (part: DensePart): number => (part === 'rows' ? 0 : isCounted(part) ? 1 : 8);

/** Of last events: what they are kept beyond, and what is there before any row. */
export interface LastEvents {
  readonly origin: number;
  readonly none: number;
}

/** Microseconds from -exact to exact have differences that floats hold. */
const exact = 2 ** 52;

/** Where all events lie between two times, the room for them need not be written before there are any. */
export const lastEvents = (begin: number, end: number): LastEvents =>
  begin > -exact && end < exact ? { origin: begin - 1, none: 0 } : { origin: 0, none: Number.NEGATIVE_INFINITY };

/** What is there before any row; 0 in all others. */
export function nothingOf(part: DensePart, { none }: LastEvents): number {
  if (part === 'least' || part === 'first') return Number.POSITIVE_INFINITY;
  if (part === 'greatest') return Number.NEGATIVE_INFINITY;
  return part === 'last' ? none : 0;
}

/** A level is a bit of a number of 32 bits with a sign. */
const levelsPerNumber = 31;
export const mostLevels = 2 * levelsPerNumber;

const linksPerBlock = 64;
export const blocksOf = (links: number): number => Math.ceil(links / linksPerBlock);

export interface CellPlan {
  /** Bytes of a cell. */
  readonly width: number;
  /** Bytes of all cells. */
  readonly bytes: number;
  /** By part, bytes to its place in a cell. */
  readonly offsets: readonly number[];
}

/** Counts come first, two by two where floats follow; high and low digits of `wide` are neighbours. */
export function cellPlan(links: number, slices: number, parts: readonly DensePart[]): CellPlan {
  let counted = 0;
  const counts = parts.filter(isCounted).length;
  let width = counts === parts.length ? 4 * counts : 8 * Math.ceil(counts / 2);
  const offsets = parts.map(part => {
    if (isCounted(part)) return 4 * counted++;
    const at = width;
    width += part === 'wide' ? 16 : 8;
    return at;
  });
  return { width, offsets, bytes: blocksOf(links) * linksPerBlock * slices * width };
}

/** Rows of a chunk, which is kept for a block of links: the one before it and how many it has, their cells, and then their values, floats first. */
export const chunkRows = 64;
const chunkCells = 8;

export interface ChunkPlan {
  /** Bytes of a chunk: whole lines of the cache. */
  readonly bytes: number;
  /** By column, its place in a chunk. */
  readonly places: readonly number[];
}

export function chunkPlan(sizes: readonly number[]): ChunkPlan {
  let floats = chunkCells + 4 * chunkRows;
  let bytes = floats + 8 * chunkRows * sizes.filter(size => size === 8).length;
  const places = sizes.map(size => {
    const at = size === 8 ? floats : bytes;
    if (size === 8) floats += 8 * chunkRows;
    else bytes += chunkRows;
    return at;
  });
  return { places, bytes: 64 * Math.ceil(bytes / 64) };
}

/** Chunks that so many rows take at most. */
export const mostChunks = (rows: number, links: number): number => Math.ceil(rows / chunkRows) + blocksOf(links);
