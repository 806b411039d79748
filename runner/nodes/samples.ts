/** Columns of a matrix over some rows, as drift and sparklines read them. */
import type { MatrixColumn } from '../learn/matrix.ts';
import { numbersOf, ownCodesOf } from '../learn/rows.ts';
import { barsOf, countsOf, type DriftSample, type Seen, sizeOf } from '../watch/sample.ts';

/** `entity`: of the rows, in their order. `room`: for numbers, good until it is given again. */
export function sampleOf(column: MatrixColumn, rows: Int32Array, entity: Int32Array, room?: Float64Array): DriftSample {
  if (column.kind === 'number') return { kind: 'number', values: numbersOf(column, rows, room), entity };
  return { kind: 'category', levels: column.levels, codes: ownCodesOf(column, rows), entity };
}

/** Shares of all rows in at most seven bars. Null has none for numbers; for categories it shares one with the rare levels. */
export function histogramOf(seen: Seen): readonly number[] {
  const rows = sizeOf(seen.sample);
  if (rows === 0) return [];
  const [counts = []] = countsOf(seen, [barsOf(seen)]);
  const shares = Array.from(counts, count => count / rows);
  const nulls = shares.pop() ?? 0;
  if (seen.kind === 'number') return shares;
  const others = (shares.pop() ?? 0) + nulls;
  return others > 0 ? [...shares, others] : shares;
}
