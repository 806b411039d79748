/** What every algorithm on trees asks of the labels before it grows any. */
import { type FitContext, LearnError } from '../learner.ts';
import type { Matrix } from '../matrix.ts';
import { count, requireBothClasses, requireCounts, trainingRows } from '../rows.ts';

/** The rows to learn from, which differ in their label where it is a class. */
export function learnable(matrix: Matrix, rows: Int32Array, { label, classes }: FitContext): Int32Array {
  const used = trainingRows(matrix, rows);
  if (label === 'binary') requireBothClasses(matrix, used);
  if (label === 'count') requireCounts(matrix, used);
  if (label === 'classes') {
    const first = matrix.label[used[0] ?? 0] ?? 0;
    if (used.every(row => matrix.label[row] === first)) {
      throw new LearnError(
        'one-class',
        `All ${count(used.length)} training rows have the label ${classes?.[first] ?? first}; a classifier needs several classes to tell them apart.`,
        'Widen the train partition, or check the label.',
      );
    }
  }
  return used;
}
