/** Scores in steps, so that a slow model can be cancelled while it scores and shows how far it is. */
import { checkpoints } from './checkpoint.ts';
import { type FittedModel, LearnError } from './learner.ts';
import { type Matrix, nullCode } from './matrix.ts';

const most = 65_536;

function same(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Scores that the model has known since it learned from exactly these rows. */
export const knownScores = ({ known }: FittedModel, matrix: Matrix, rows: Int32Array): Float64Array | null =>
  known?.matrix === matrix && same(known.rows, rows) ? known.scores : null;

/** As `model.predict`, whose rows do not depend on each other; throws `LearnCancelled` when cancelled. */
export async function predictInSteps(model: FittedModel, matrix: Matrix, rows: Int32Array, cancelled: () => boolean): Promise<Float64Array> {
  const known = knownScores(model, matrix, rows);
  if (known) return known;
  const pause = checkpoints(cancelled);
  const step = model.rowsAtOnce ?? most;
  let out = new Float64Array();
  for (let from = 0; from < rows.length; from += step) {
    await pause();
    const part = rows.subarray(from, from + step);
    const scores = model.predict(matrix, part);
    if (from === 0) out = new Float64Array((scores.length / part.length) * rows.length);
    out.set(scores, (scores.length / part.length) * from);
  }
  return out;
}

/**
 * As above; NaN where the model needs a value that a row does not have. That is found by trying: the model names the column, and the other
 * rows are tried again. `each`: scores of a row.
 */
export async function predictWhereKnown(
  model: FittedModel,
  matrix: Matrix,
  rows: Int32Array,
  each: number,
  cancelled: () => boolean,
): Promise<Float64Array> {
  let tried: Int32Array = Int32Array.from(rows.keys());
  for (;;) {
    try {
      const scores = await predictInSteps(
        model,
        matrix,
        tried.map(i => rows[i] ?? 0),
        cancelled,
      );
      if (tried.length === rows.length) return scores;
      const out = new Float64Array(rows.length * each).fill(Number.NaN);
      for (const [i, place] of tried.entries()) out.set(scores.subarray(i * each, (i + 1) * each), place * each);
      return out;
    } catch (error) {
      if (!(error instanceof LearnError) || error.code !== 'null-input') throw error;
      const left = withValue(matrix, error.column, tried, rows);
      if (left.length === tried.length) throw error;
      tried = left;
    }
  }
}

/** Of those rows, the places whose row has a value. */
function withValue({ columns }: Matrix, name: string | null, places: Int32Array, rows: Int32Array): Int32Array {
  const column = columns.find(c => c.name === name);
  if (!column) return places;
  const cells = column.kind === 'number' ? column.values : column.codes;
  const isThere = (cell: number): boolean => (column.kind === 'number' ? !Number.isNaN(cell) : cell !== nullCode);
  return places.filter(i => isThere(cells[rows[i] ?? 0] ?? Number.NaN));
}
