/**
 * Columns as bytes for trees: each value becomes the number of its bin. Bin 0 is for missing values (null, and levels that train does not
 * have), so that a split can send them to its better side.
 */
import { LearnError } from '../learner.ts';
import type { Matrix } from '../matrix.ts';
import { random } from '../random.ts';
import { codesFor, columnNamed } from '../rows.ts';

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

/** Levels with a bin of their own; rarer ones share the last bin. */
const ownLevels = 254;
/** Bounds come from a sample of this size where there are more rows. */
const sampleSize = 200_000;

export function fitBinnings(matrix: Matrix, rows: Int32Array, most: number, seed: number): readonly Binning[] {
  const sampled = sample(rows, seed);
  return matrix.columns.map((column): Binning => {
    if (column.kind === 'number') {
      const bounds = boundsOf(column.values, sampled, most);
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
  });
}

export function applyBinnings(matrix: Matrix, rows: Int32Array, binnings: readonly Binning[]): readonly Uint8Array[] {
  return binnings.map(binning => {
    const column = columnNamed(matrix, binning.name, binning.kind);
    const binned = new Uint8Array(rows.length);
    if (binning.kind === 'number' && column.kind === 'number') {
      for (let i = 0; i < rows.length; i++) binned[i] = binOf(binning.bounds, column.values[rows[i] ?? 0] ?? Number.NaN);
    } else if (binning.kind === 'category' && column.kind === 'category') {
      const codes = codesFor(column, binning.levels, rows);
      for (let i = 0; i < rows.length; i++) {
        const code = codes[i] ?? -1;
        binned[i] = code < 0 ? 0 : (binning.binOfLevel[code] ?? 0);
      }
    } else {
      throw new LearnError('state', `The stored bins of \`${binning.name}\` are damaged.`, 'Train the model again.', binning.name);
    }
    return binned;
  });
}

function binOf(bounds: Float64Array, value: number): number {
  if (Number.isNaN(value)) return 0;
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

function sample(rows: Int32Array, seed: number): Int32Array {
  if (rows.length <= sampleSize) return rows;
  const source = random(seed);
  return Int32Array.from({ length: sampleSize }, () => rows[source.below(rows.length)] ?? 0);
}

/**
 * Greedy equal counts, as LightGBM: a value with more rows than a bin should have gets a bin of its own, the others share what is left.
 * A bound lies halfway between two values that occur.
 */
function boundsOf(values: Float64Array, rows: Int32Array, most: number): Float64Array {
  const sorted = Float64Array.from(rows, row => values[row] ?? Number.NaN)
    .filter(value => !Number.isNaN(value))
    .sort();
  const distinct: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (value === distinct.at(-1)) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
    else {
      distinct.push(value);
      counts.push(1);
    }
  }
  if (distinct.length <= most)
    return Float64Array.from({ length: Math.max(0, distinct.length - 1) }, (_, k) => between(distinct[k] ?? 0, distinct[k + 1] ?? 0));
  const fair = sorted.length / most;
  const large = counts.map(n => n >= fair);
  const largeRows = counts.reduce((total, n, k) => total + (large[k] ? n : 0), 0);
  let binsLeft = most - large.filter(Boolean).length;
  let rowsLeft = sorted.length - largeRows;
  let target = rowsLeft / Math.max(1, binsLeft);
  const bounds: number[] = [];
  let filled = 0;
  for (let k = 0; k < distinct.length - 1 && bounds.length < most - 1; k++) {
    const n = counts[k] ?? 0;
    filled += n;
    if (!large[k]) rowsLeft -= n;
    const closes = large[k] || filled >= target || (large[k + 1] && filled >= Math.max(1, target / 2));
    if (!closes) continue;
    bounds.push(between(distinct[k] ?? 0, distinct[k + 1] ?? 0));
    filled = 0;
    if (!large[k]) {
      binsLeft -= 1;
      target = rowsLeft / Math.max(1, binsLeft);
    }
  }
  return Float64Array.from(bounds);
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
