/** The observations of a feature set as rules read them: columns before any fitted step, the label, and the rows of train and test. */
import type { PlanTarget } from '../../language/plan/plan.ts';
import type { RawColumn } from '../learn/columnFile.ts';
import type { Matrix, MatrixColumn } from '../learn/matrix.ts';
import { gather, gatherIds, rowsIn } from '../nodes/rows.ts';

export interface Sample {
  /** Each row-level column once. */
  readonly columns: readonly MatrixColumn[];
  readonly label: Float64Array;
  readonly kind: PlanTarget['kind'];
  readonly classes: number;
  /** Rows with a label. */
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly entity: Int32Array;
}

/** Columns that take no more than this together are read from their file once. */
const heldBytes = 96 * 1024 ** 2;

function inMemory(column: MatrixColumn): MatrixColumn {
  if (!column.gather) return column;
  const { kind, name } = column;
  return kind === 'number' ? { kind, name, values: column.values } : { kind, name, levels: column.levels, codes: column.codes };
}

/** The values of some rows, nulls as NaN; of a category its codes. A column that lies in a file is not read as a whole. */
export function valuesOf(column: MatrixColumn, rows: Int32Array): Float64Array | Int32Array {
  if (column.kind === 'category') {
    const into = new Int32Array(rows.length);
    if (column.gather) {
      column.gather(rows, into);
      return into;
    }
    return gatherIds(column.codes, rows);
  }
  if (!column.gather) return gather(column.values, rows);
  const into = new Float64Array(rows.length);
  column.gather(rows, into);
  return into;
}

export function sampleOf(matrix: Matrix, raw: readonly RawColumn[], label: PlanTarget): Sample {
  const distinct = new Map(raw.map(({ column }) => [column.name, column]));
  const isSmall = matrix.rows * distinct.size * 8 <= heldBytes;
  return {
    columns: isSmall ? [...distinct.values()].map(inMemory) : [...distinct.values()],
    label: matrix.label,
    kind: label.kind,
    classes: label.classes?.length ?? 2,
    train: rowsIn(matrix, 'train'),
    test: rowsIn(matrix, 'test'),
    entity: matrix.entity,
  };
}
