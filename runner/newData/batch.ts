/** Scores of many observations at once by a stored model: what `runner/serve/scorer.ts` is for one. */
import { calibrated } from '../learn/calibrate.ts';
import type { FittedModel } from '../learn/learner.ts';
import type { Matrix } from '../learn/matrix.ts';
import { scoreMatrix } from '../learn/members.ts';
import { predictWhereKnown } from '../learn/predict.ts';
import { loadModel } from '../learn/registry.ts';
import type { ModelPart } from '../serve/scorer.ts';

export interface Batch {
  readonly matrix: (encoding: string) => Promise<Matrix>;
  /** Scores of a row: one, or as many as there are classes. */
  readonly each: number;
  readonly cancelled: () => boolean;
}

/** Row-major. All matrices have the same rows; NaN where a model needs a value that the row does not have. */
export async function scoresBy(part: ModelPart, batch: Batch): Promise<Float64Array> {
  switch (part.kind) {
    case 'trained':
      return known(loadModel(part.state), await batch.matrix(part.encoding), batch);
    case 'calibrated': {
      const raw = await scoresBy(part.of, batch);
      return calibrated(part.calibration, raw).map((score, i) => (Number.isNaN(raw[i]) ? Number.NaN : score));
    }
    case 'mean': {
      const scores = await membersOf(part.of, batch);
      return (scores[0] ?? new Float64Array()).map((_, i) => scores.reduce((sum, of) => sum + (of[i] ?? 0), 0) / scores.length);
    }
    case 'stacked': {
      const matrix = await batch.matrix(firstEncoding(part));
      return known(loadModel(part.state), scoreMatrix(matrix, allOf(matrix), await membersOf(part.of, batch)), batch);
    }
  }
}

const allOf = (matrix: Matrix): Int32Array => Int32Array.from({ length: matrix.rows }, (_, row) => row);

const known = (model: FittedModel, matrix: Matrix, { each, cancelled }: Batch): Promise<Float64Array> =>
  predictWhereKnown(model, matrix, allOf(matrix), each, cancelled);

async function membersOf(parts: readonly ModelPart[], batch: Batch): Promise<Float64Array[]> {
  const scores: Float64Array[] = [];
  for (const part of parts) scores.push(await scoresBy(part, batch));
  return scores;
}

export function firstEncoding(part: ModelPart): string {
  if (part.kind === 'trained') return part.encoding;
  const [first] = part.kind === 'calibrated' ? [part.of] : part.of;
  if (!first) throw new Error('A model is made of none.');
  return firstEncoding(first);
}
