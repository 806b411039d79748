/** Rows of a matrix by partition: what is learned from and judged on. */
import { type Matrix, partitionNames } from '../learn/matrix.ts';

/** Those that were asked for, by matrix and partition. */
const known = new WeakMap<Matrix, Map<string, Int32Array>>();

/** Rows of the partition that have a label, in the matrix's order. */
export function rowsIn(matrix: Matrix, partition: string): Int32Array {
  const own = known.get(matrix) ?? new Map<string, Int32Array>();
  known.set(matrix, own);
  const rows = own.get(partition) ?? rowsOf(matrix, partition);
  own.set(partition, rows);
  // Whoever asks may write in what is given.
  return rows.slice();
}

function rowsOf(matrix: Matrix, partition: string): Int32Array {
  const names: readonly string[] = partitionNames;
  const code = names.indexOf(partition);
  const { rows: all, partition: codes, label } = matrix;
  const rows = new Int32Array(all);
  let found = 0;
  for (let row = 0; row < all; row++) if (codes[row] === code && !Number.isNaN(label[row])) rows[found++] = row;
  return rows.slice(0, found);
}

export function gather(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i] ?? 0] ?? Number.NaN;
  return out;
}

/** As `gather`, of rows with `each` values. */
export function gatherEach(values: Float64Array, rows: Int32Array, each: number): Float64Array {
  if (each === 1) return gather(values, rows);
  const out = new Float64Array(rows.length * each);
  for (const [i, row] of rows.entries()) out.set(values.subarray(row * each, (row + 1) * each), i * each);
  return out;
}

export function gatherIds(values: Int32Array, rows: Int32Array): Int32Array {
  const out = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i] ?? 0] ?? 0;
  return out;
}
