/** The observations of a feature set as rules read them: columns before any fitted step, the label, and the rows of train and test. */
import type { PlanTarget } from '../../language/plan/plan.ts';
import type { Matrix, MatrixColumn } from '../learn/matrix.ts';
import { rowsIn } from '../nodes/rows.ts';
import type { RawColumn } from '../workbench.ts';

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

export function sampleOf(matrix: Matrix, raw: readonly RawColumn[], label: PlanTarget): Sample {
  const distinct = new Map(raw.map(({ column }) => [column.name, column]));
  return {
    columns: [...distinct.values()],
    label: matrix.label,
    kind: label.kind,
    classes: label.classes?.length ?? 2,
    train: rowsIn(matrix, 'train'),
    test: rowsIn(matrix, 'test'),
    entity: matrix.entity,
  };
}
