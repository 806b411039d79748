/** Scores in steps, so that a slow model can be cancelled while it scores and shows how far it is. */
import { checkpoints } from './checkpoint.ts';
import type { FittedModel } from './learner.ts';
import type { Matrix } from './matrix.ts';

const most = 65_536;

const same = (a: Int32Array, b: Int32Array): boolean => a.length === b.length && a.every((row, i) => row === b[i]);

/** As `model.predict`, whose rows do not depend on each other; throws `LearnCancelled` when cancelled. */
export async function predictInSteps(model: FittedModel, matrix: Matrix, rows: Int32Array, cancelled: () => boolean): Promise<Float64Array> {
  const { known } = model;
  if (known?.matrix === matrix && same(known.rows, rows)) return known.scores;
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
