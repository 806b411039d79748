/** Out-of-fold scores: what a model says of rows that it has not learned from. */

import type { CrossfitNode } from '../../language/plan/plan.ts';
import { plural } from '../engine/finding.ts';
import { decodeFloats, decodeInts, encodeFloats, encodeInts } from '../learn/bytes.ts';
import { predictInSteps } from '../learn/predict.ts';
import { placesWhere } from '../learn/rows.ts';
import type { Workbench } from '../workbench.ts';
import { fitOn, foldFindings, settled, usableFolds } from './fitting.ts';
import { emptyOutput, type HeldOut, type Step } from './output.ts';
import { rowsIn } from './rows.ts';

export async function crossfitStep(bench: Workbench, node: CrossfitNode): Promise<Step> {
  const trained = bench.train(node.model);
  const fitting = settled(bench, trained);
  const usable = await usableFolds(bench, node.folds, trained.label);
  const findings = foldFindings(node, node.folds.length, usable.length);
  const progress = bench.progress(node);
  const heldOut: HeldOut[] = [];
  const held = new Set<number>();
  for (const [i, fold] of node.folds.entries()) {
    progress(i, node.folds.length, 'folds', null);
    bench.assertGoing();
    if (!usable.includes(fold)) {
      heldOut.push({ rows: '', scores: '' });
      continue;
    }
    const matrix = await bench.matrix(fold);
    const rows = rowsIn(matrix, 'validate');
    const model = await fitOn(bench, fitting, matrix, rowsIn(matrix, 'train'), null, () => undefined);
    const scores = await predictInSteps(model, matrix, rows, bench.isCancelled);
    heldOut.push({ rows: encodeInts(rows), scores: encodeFloats(scores) });
    for (const row of rows) held.add(row);
  }
  return {
    output: {
      ...emptyOutput,
      rows: held.size,
      findings,
      summary: `${plural(node.folds.length, 'fold')} · ${plural(held.size, 'row')} held out`,
      heldOut,
    },
    files: new Map(),
  };
}

/** Scores of rows that were held out: the mean over repeats, and in which fold of the first repeat a row was. */
export interface FoldScores {
  /** Rows of the matrix with a score, in order. */
  readonly rows: Int32Array;
  /** One a row; of several classes one a class, row-major. */
  readonly scores: Float64Array;
  /** Of each row, from 0. */
  readonly fold: Int32Array;
  readonly folds: number;
}

export function foldScores(bench: Pick<Workbench, 'node' | 'output'>, crossfit: string, matrixRows: number): FoldScores {
  const node = bench.node(crossfit);
  if (node.kind !== 'crossfit') throw new Error(`${crossfit} has no scores on folds`);
  const parts = bench.output(crossfit).heldOut.map(held => ({ rows: decodeInts(held.rows), scores: decodeFloats(held.scores) }));
  const some = parts.find(part => part.rows.length > 0);
  const width = some ? some.scores.length / some.rows.length : 1;
  const sums = new Float64Array(matrixRows * width);
  const times = new Int32Array(matrixRows);
  const folds = node.folds.length / node.repeats;
  const foldOf = new Int32Array(matrixRows).fill(-1);
  for (const [i, { rows, scores }] of parts.entries()) {
    rows.forEach((row, k) => {
      for (let c = 0; c < width; c++) sums[row * width + c] = (sums[row * width + c] ?? 0) + (scores[k * width + c] ?? 0);
      times[row] = (times[row] ?? 0) + 1;
      if (foldOf[row] === -1) foldOf[row] = i % folds;
    });
  }
  const rows = placesWhere(times.length, row => (times[row] ?? 0) > 0);
  const scores = new Float64Array(rows.length * width);
  rows.forEach((row, k) => {
    for (let c = 0; c < width; c++) scores[k * width + c] = (sums[row * width + c] ?? 0) / (times[row] ?? 1);
  });
  return { rows, scores, fold: rows.map(row => foldOf[row] ?? 0), folds };
}
