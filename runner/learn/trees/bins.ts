/**
 * Columns as bytes for trees: each value becomes the number of its bin. Bin 0 is for missing values (null, and levels that train does not
 * have), so that a split can send them to its better side.
 */

import { decodeFloats, encodeFloats } from '../bytes.ts';
import type { Pause } from '../checkpoint.ts';
import { type JsonValue, LearnError } from '../learner.ts';
import { marksOf } from '../made.ts';
import type { CategoryColumn, Matrix, MatrixColumn, NumberColumn } from '../matrix.ts';
import { random } from '../random.ts';
import { codesFor, columnNamed, numbersOf, ownCodesOf } from '../rows.ts';
import { firstNotBelow } from '../sorted.ts';
import { type Counted, countFew } from './fewValues.ts';
import { type Kernel, kernelOver, layout } from './wasm.ts';

export type Binning =
  | {
      readonly kind: 'number';
      readonly name: string;
      /** Bins with the missing one. */
      readonly bins: number;
      /** A value is in the first bin whose bound is not below it; the last bin has no bound. */
      readonly bounds: Float64Array;
    }
  | { readonly kind: 'category'; readonly name: string; readonly bins: number; readonly levels: readonly string[]; readonly binOfLevel: Int32Array };

/** With the missing one: what a byte tells apart. */
const mostBins = 256;
/** Levels with a bin of their own; rarer ones share the last bin. */
const ownLevels = 254;
/** Bounds come from a sample of this size where there are more rows. */
const sampleSize = 200_000;
const deskRows = sampleSize;
/** Below this, looking up values one by one takes less than laying out the search. */
const fewRows = 256;

export async function fitBinnings(matrix: Matrix, rows: Int32Array, most: number, seed: number, pause: Pause): Promise<readonly Binning[]> {
  const sampled = sample(rows, seed);
  const binnings: Binning[] = [];
  for (const column of matrix.columns) {
    binnings.push(binningOf(column, rows, sampled, most));
    await pause();
  }
  return binnings;
}

function binningOf(column: MatrixColumn, rows: Int32Array, sampled: Int32Array, most: number): Binning {
  if (column.kind === 'number') {
    const bounds = boundsOf(column, sampled, most);
    return { kind: 'number', name: column.name, bins: bounds.length + 2, bounds };
  }
  const binOfLevel = levelBins(codesFor(column, column.levels, rows), column.levels.length);
  return {
    kind: 'category',
    name: column.name,
    bins: binOfLevel.reduce((most, bin) => Math.max(most, bin), 0) + 1,
    levels: column.levels,
    binOfLevel,
  };
}

export function applyBinnings(matrix: Matrix, rows: Int32Array, binnings: readonly Binning[]): readonly Uint8Array[] {
  return binnings.map(binning => {
    const binned = new Uint8Array(rows.length);
    if (binning.kind === 'category') {
      binLevels(binned, matrix, rows, binning);
      return binned;
    }
    const column = numberColumn(matrix, binning.name);
    if (rows.length < fewRows) {
      const values = numbersOf(column, rows);
      for (let i = 0; i < rows.length; i++) binned[i] = binOf(binning.bounds, values[i] as number);
    } else {
      binColumn(binned, column, rows, binning.bounds);
    }
    return binned;
  });
}

function binColumn(binned: Uint8Array, column: NumberColumn, rows: Int32Array, bounds: Float64Array): void {
  const own = desk();
  const halving = layBounds(own.kernel, own.bounds, bounds);
  const window = new Float64Array(own.kernel.buffer, own.values, deskRows);
  const target = new Uint8Array(own.kernel.buffer, own.scratch, deskRows);
  for (let from = 0; from < rows.length; from += deskRows) {
    const n = Math.min(deskRows, rows.length - from);
    numbersOf(column, rows.subarray(from, from + n), window);
    own.kernel.calls.binValues(own.values, n, own.bounds, halving, own.scratch);
    binned.set(target.subarray(0, n), from);
  }
}

interface Desk extends BinRoom {
  readonly scratch: number;
  readonly counts: number;
}

let laid: Desk | null = null;

/** A small memory of one thread, for what is no fit of its own. Every use ends before it returns. */
function desk(): Desk {
  if (laid) return laid;
  const room = layout();
  const at = {
    values: room.take(8 * deskRows),
    scratch: room.take(8 * deskRows),
    counts: room.take(4 * 2048),
    bounds: room.take(8 * 256),
  };
  laid = { ...at, kernel: kernelOver(room.bytes(), 1) };
  return laid;
}

/** Where the kernel finds a column's values and bounds: rows and 256 numbers. */
export interface BinRoom {
  readonly kernel: Kernel;
  readonly values: number;
  readonly bounds: number;
  /** What the column before was made of: those made of one category follow each other. */
  latest?: Codes;
}

interface Codes {
  readonly base: CategoryColumn;
  readonly rows: Int32Array;
  readonly codes: Int32Array;
}

/** As `applyBinnings`, one column, to the kernel's memory. */
export function binInto(target: number, matrix: Matrix, rows: Int32Array, binning: Binning, room: BinRoom): void {
  const { kernel, values, bounds } = room;
  const { buffer, calls } = kernel;
  if (binning.kind === 'category') {
    binLevels(new Uint8Array(buffer, target, rows.length), matrix, rows, binning);
    return;
  }
  const column = numberColumn(matrix, binning.name);
  const marks = marksOf(column);
  if (marks) {
    binMarks(new Uint8Array(buffer, target, rows.length), codesIn(room, marks.base, rows), marks.code, binning.bounds);
    return;
  }
  numbersOf(column, rows, new Float64Array(buffer, values, rows.length));
  calls.binValues(values, rows.length, bounds, layBounds(kernel, bounds, binning.bounds), target);
}

function codesIn(room: BinRoom, base: CategoryColumn, rows: Int32Array): Int32Array {
  const { latest } = room;
  if (latest?.base === base && latest.rows === rows) return latest.codes;
  const codes = ownCodesOf(base, rows);
  room.latest = { base, rows, codes };
  return codes;
}

/** A column that is 1 where a category has the code, and 0 elsewhere. */
function binMarks(binned: Uint8Array, codes: Int32Array, code: number, bounds: Float64Array): void {
  const [none, mark] = [binOf(bounds, 0), binOf(bounds, 1)];
  for (let i = 0; i < codes.length; i++) binned[i] = codes[i] === code ? mark : none;
}

/** Writes bounds for the kernel's search, up to a power of two; returns half of it. */
function layBounds({ buffer }: Kernel, address: number, bounds: Float64Array): number {
  let halving = 1;
  while (2 * halving <= bounds.length) halving *= 2;
  new Float64Array(buffer, address, 2 * halving).fill(Number.POSITIVE_INFINITY).set(bounds);
  return halving;
}

function numberColumn(matrix: Matrix, name: string): NumberColumn {
  const column = columnNamed(matrix, name, 'number');
  if (column.kind === 'number') return column;
  throw new LearnError('state', `The stored bins of \`${name}\` are damaged.`, 'Train the model again.', name);
}

function binLevels(binned: Uint8Array, matrix: Matrix, rows: Int32Array, { name, levels, binOfLevel }: Binning & { kind: 'category' }): void {
  const column = columnNamed(matrix, name, 'category');
  if (column.kind !== 'category') throw new LearnError('state', `The stored bins of \`${name}\` are damaged.`, 'Train the model again.', name);
  const codes = codesFor(column, levels, rows);
  for (let i = 0; i < rows.length; i++) {
    const code = codes[i] ?? -1;
    binned[i] = code < 0 ? 0 : (binOfLevel[code] ?? 0);
  }
}

function binOf(bounds: Float64Array, value: number): number {
  return Number.isNaN(value) ? 0 : firstNotBelow(bounds, value) + 1;
}

function sample(rows: Int32Array, seed: number): Int32Array {
  if (rows.length <= sampleSize) return rows;
  const source = random(seed);
  // In order, the columns are read from front to back.
  const sampled = new Int32Array(sampleSize);
  for (let i = 0; i < sampleSize; i++) sampled[i] = rows[source.below(rows.length)] ?? 0;
  return sampled.sort();
}

/**
 * Greedy equal counts, as LightGBM: a value with more rows than a bin should have gets a bin of its own, the others share what is left.
 * A bound lies halfway between two values that occur.
 */
function boundsOf(column: NumberColumn, rows: Int32Array, most: number): Float64Array {
  const { distinct, counts, total } = tally(column, rows);
  if (distinct.length <= most) return distinct.subarray(1).map((value, k) => between(distinct[k] ?? 0, value));
  const fair = total / most;
  const largeRows = counts.reduce((sum, n) => (n >= fair ? sum + n : sum), 0);
  let binsLeft = most - counts.reduce((n, rows) => (rows >= fair ? n + 1 : n), 0);
  let rowsLeft = total - largeRows;
  let target = rowsLeft / Math.max(1, binsLeft);
  const bounds: number[] = [];
  let filled = 0;
  for (let k = 0; k < distinct.length - 1 && bounds.length < most - 1; k++) {
    const n = counts[k] ?? 0;
    filled += n;
    const large = n >= fair;
    const beforeLarge = (counts[k + 1] ?? 0) >= fair;
    if (!large) rowsLeft -= n;
    const closes = large || filled >= target || (beforeLarge && filled >= Math.max(1, target / 2));
    if (!closes) continue;
    bounds.push(between(distinct[k] ?? 0, distinct[k + 1] ?? 0));
    filled = 0;
    if (!large) {
      binsLeft -= 1;
      target = rowsLeft / Math.max(1, binsLeft);
    }
  }
  return Float64Array.from(bounds);
}

/** The values that occur, ascending, with how often. */
function tally(column: NumberColumn, rows: Int32Array): Counted & { readonly total: number } {
  const own = desk();
  const known = new Float64Array(own.kernel.buffer, own.values, deskRows);
  numbersOf(column, rows, known);
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = known[i] as number;
    known[total] = value;
    total += Number.isNaN(value) ? 0 : 1;
  }
  const few = countFew(known, total);
  if (few) return { ...few, total };
  own.kernel.calls.sortFloats(own.values, own.scratch, total, own.counts);
  const counts = new Int32Array(total);
  let last = -1;
  let latest = Number.NaN;
  for (let i = 0; i < total; i++) {
    const value = known[i] ?? 0;
    if (value !== latest) {
      latest = value;
      known[++last] = value;
    }
    counts[last] = (counts[last] ?? 0) + 1;
  }
  return { distinct: known.slice(0, last + 1), counts: counts.subarray(0, last + 1), total };
}

function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle < high ? middle : low;
}

/** By frequency on train, ties by the level's place; a level without rows gets the missing bin. */
function levelBins(codes: Int32Array, levels: number): Int32Array {
  const counts = new Int32Array(levels);
  for (const code of codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  const order = Array.from(counts.keys()).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const bins = new Int32Array(levels);
  order.forEach((level, place) => {
    bins[level] = (counts[level] ?? 0) === 0 ? 0 : Math.min(place, ownLevels) + 1;
  });
  return bins;
}

export function binningsState(binnings: readonly Binning[]): JsonValue {
  return binnings.map(
    (binning): JsonValue =>
      binning.kind === 'number'
        ? { kind: 'number', name: binning.name, bounds: encodeFloats(binning.bounds) }
        : { kind: 'category', name: binning.name, levels: binning.levels, bins: [...binning.binOfLevel] },
  );
}

/** Null where the state is none of binnings. */
export function binningsFromState(columns: JsonValue | undefined): readonly Binning[] | null {
  if (!Array.isArray(columns)) return null;
  const binnings = columns.map(binningFromState);
  return binnings.every(({ bins }) => bins <= mostBins) ? binnings : null;
}

function binningFromState(column: Readonly<Record<string, unknown>>): Binning {
  const name = String(column['name']);
  if (column['kind'] === 'number') {
    const bounds = decodeFloats(String(column['bounds']));
    return { kind: 'number', name, bins: bounds.length + 2, bounds };
  }
  const binOfLevel = Int32Array.from(column['bins'] as readonly number[]);
  return {
    kind: 'category',
    name,
    bins: binOfLevel.reduce((most, bin) => Math.max(most, bin), 0) + 1,
    levels: column['levels'] as readonly string[],
    binOfLevel,
  };
}
