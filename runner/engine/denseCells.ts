/**
 * Where totals of rows by link and slice of time lie. All that is kept of one link and slice is one cell, so that a row touches memory in one
 * place. Cells of some links lie together, slice by slice: rows that come in the order of time stay within a small part of each block of
 * links, and whoever reads a link finds all its slices near each other.
 */

/**
 * What is kept of rows. `whole`: numbers whose totals are small; `wide`: numbers that floats hold, whose totals they may not; `first` and
 * `last`: the least and the greatest event; `levels`: which of the numbers from 0 up to 30 there are, and `laterLevels`: from 31 up to 61.
 */
export type DensePart = 'rows' | 'flag' | 'whole' | 'wide' | 'least' | 'greatest' | 'first' | 'last' | 'levels' | 'laterLevels';

/** Counts of rows or of levels: whole numbers of 32 bits. All others are floats. */
export const isCounted = (part: DensePart): boolean => part === 'rows' || part === 'flag' || isLevels(part);
export const isLevels = (part: DensePart): boolean => part === 'levels' || part === 'laterLevels';
export const isLeast = (part: DensePart): boolean => part === 'least' || part === 'first';
export const isGreatest = (part: DensePart): boolean => part === 'greatest' || part === 'last';

/** A level is a bit of a number of 32 bits with a sign. */
export const levelsPerNumber = 31;
export const mostLevels = 2 * levelsPerNumber;

const blockBits = 6;
export const linksPerBlock = 1 << blockBits;

export interface Cells {
  readonly links: number;
  readonly slices: number;
  /** Floats that a cell takes. */
  readonly width: number;
  /** By part, its place in a cell: the number of a float, or for counts that of a whole number, of which two take a float's room. */
  readonly offsets: readonly number[];
  /** The same memory twice. */
  readonly floats: Float64Array;
  readonly counts: Int32Array;
}

/** Counts come first, two by two; high and low digits of `wide` are neighbours. */
function placesIn(parts: readonly DensePart[]): { readonly offsets: readonly number[]; readonly width: number } {
  let counted = 0;
  let width = Math.ceil(parts.filter(isCounted).length / 2);
  const offsets = parts.map(part => {
    if (isCounted(part)) return counted++;
    const at = width;
    width += part === 'wide' ? 2 : 1;
    return at;
  });
  return { offsets, width };
}

const cellsOf = (links: number, slices: number): number => Math.ceil(links / linksPerBlock) * linksPerBlock * slices;

/** Bytes that cells of a shape take. */
export const denseBytes = (links: number, slices: number, parts: readonly DensePart[]): number =>
  cellsOf(links, slices) * placesIn(parts).width * Float64Array.BYTES_PER_ELEMENT;

/** Nothing was added yet. */
export function emptyCells(links: number, slices: number, parts: readonly DensePart[]): Cells {
  const { offsets, width } = placesIn(parts);
  const floats = new Float64Array(cellsOf(links, slices) * width);
  for (const [i, part] of parts.entries()) {
    if (isLeast(part)) fillEvery(floats, width, offsets[i] ?? 0, Number.POSITIVE_INFINITY);
    if (isGreatest(part)) fillEvery(floats, width, offsets[i] ?? 0, Number.NEGATIVE_INFINITY);
  }
  return { links, slices, width, offsets, floats, counts: new Int32Array(floats.buffer) };
}

function fillEvery(floats: Float64Array, step: number, from: number, value: number): void {
  for (let at = from; at < floats.length; at += step) floats[at] = value;
}

/** The number of a link's cell in a slice is this and as many `linksPerBlock` as the number of the slice. */
export const firstCell = (link: number, slices: number): number => (link >> blockBits) * (slices << blockBits) + (link & (linksPerBlock - 1));

/** Gives a link's block: its cells begin at so many times the cells of a block. */
export const blockOf = (link: number): number => link >> blockBits;
