/** What the final model of a stack learns from and is applied to: the scores of the members. */
import type { Matrix } from './matrix.ts';

/** The members' scores as columns of a matrix, of several classes one a class; `rows` are the matrix's own, and all others have no score. */
export function scoreMatrix(matrix: Matrix, rows: Int32Array, scores: readonly Float64Array[]): Matrix {
  const columns = scores.flatMap((score, i) => {
    const width = rows.length === 0 ? 1 : score.length / rows.length;
    return Array.from({ length: width }, (_, c) => {
      const values = new Float64Array(matrix.rows).fill(Number.NaN);
      rows.forEach((row, k) => {
        values[row] = score[k * width + c] ?? Number.NaN;
      });
      return { kind: 'number', name: `member ${i + 1}${width === 1 ? '' : `, class ${c + 1}`}`, values } as const;
    });
  });
  const { resample: _ofRows, ...rest } = matrix;
  return { ...rest, columns };
}
