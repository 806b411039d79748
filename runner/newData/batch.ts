/** Scores of many observations at once by a stored model: what `runner/serve/scorer.ts` is for one. */
import { calibrated } from '../learn/calibrate.ts';
import { type FittedModel, LearnError } from '../learn/learner.ts';
import { type Matrix, nullCode } from '../learn/matrix.ts';
import { scoreMatrix } from '../learn/members.ts';
import { predictInSteps } from '../learn/predict.ts';
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

/** What a model cannot score is found by trying: it names the column that has no value, and the other rows are tried again. */
async function known(model: FittedModel, matrix: Matrix, { each, cancelled }: Batch): Promise<Float64Array> {
  let rows = allOf(matrix);
  for (;;) {
    try {
      const scores = await predictInSteps(model, matrix, rows, cancelled);
      if (rows.length === matrix.rows) return scores;
      const out = new Float64Array(matrix.rows * each).fill(Number.NaN);
      for (const [i, row] of rows.entries()) out.set(scores.subarray(i * each, (i + 1) * each), row * each);
      return out;
    } catch (error) {
      if (!(error instanceof LearnError) || error.code !== 'null-input') throw error;
      const left = withValue(matrix, error.column, rows);
      if (left.length === rows.length) throw error;
      rows = left;
    }
  }
}

function withValue({ columns }: Matrix, name: string | null, rows: Int32Array): Int32Array {
  const column = columns.find(c => c.name === name);
  if (!column) return rows;
  return rows.filter(row => (column.kind === 'number' ? !Number.isNaN(column.values[row]) : column.codes[row] !== nullCode));
}

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
