/** Columns of a matrix over some rows, as drift and sparklines read them. */
import type { MatrixColumn } from '../learn/matrix.ts';
import { binned, type DriftSample, sizeOf, sparklineBins } from '../watch/sample.ts';
import { gather, gatherIds } from './rows.ts';

export function sampleOf(column: MatrixColumn, rows: Int32Array, entity: Int32Array): DriftSample {
  const ids = gatherIds(entity, rows);
  if (column.kind === 'number') return { kind: 'number', values: gather(column.values, rows), entity: ids };
  return { kind: 'category', levels: column.levels, codes: gatherIds(column.codes, rows), entity: ids };
}

/** Shares of all rows in at most eight bars; null has none for numbers. */
export function histogramOf(sample: DriftSample): readonly number[] {
  const rows = sizeOf(sample);
  if (rows === 0) return [];
  const { counts } = binned(sample, sparklineBins(sample));
  const shown = sample.kind === 'number' ? counts.subarray(0, -1) : counts;
  return Array.from(shown, count => count / rows);
}
