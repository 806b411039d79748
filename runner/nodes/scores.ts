/** Scores of any model on the labelled rows of a partition, whatever it is made of, and the threshold that goes with them. */
import type { CrossfitOf } from '../../language/plan/plan.ts';
import { usualThreshold } from '../judge/statistic.ts';
import { calibrated } from '../learn/calibrate.ts';
import type { FittedModel } from '../learn/learner.ts';
import type { Matrix } from '../learn/matrix.ts';
import { scoreMatrix } from '../learn/members.ts';
import { knownScores, predictInSteps } from '../learn/predict.ts';
import type { Workbench } from '../workbench.ts';
import { foldScores } from './crossfit.ts';
import { calibratedFolds } from './finish.ts';
import { rowsIn } from './rows.ts';

type Bench = Pick<Workbench, 'node' | 'train' | 'output' | 'matrix' | 'scores' | 'isCancelled' | 'options' | 'beside'> & {
  readonly model: (id: string) => FittedModel;
};

/** Feature sets of one task have the same observations in the same order. */
function assertSameRows(own: Matrix, other: Matrix): void {
  if (own === other) return;
  const isSame = own.rows === other.rows && (own.cutoff?.every((cutoff, row) => cutoff === other.cutoff?.[row]) ?? other.cutoff === null);
  if (!isSame) throw new Error('Two feature sets of one task do not have the same observations');
}

/** Models that score each row by itself and take long for many, by their kind. */
const inHalves: ReadonlySet<string> = new Set(['gradient_boosting', 'random_forest']);
const fewRows = 50_000;

/** Of many rows a second thread scores the later half. */
async function predicted(bench: Bench, id: string, own: string, features: string, partition: string): Promise<Float64Array> {
  const [mine, asked] = [await bench.matrix(own), await bench.matrix(features)];
  assertSameRows(mine, asked);
  const [model, rows] = [bench.model(id), rowsIn(asked, partition)];
  if (rows.length < fewRows || !inHalves.has(model.kind) || bench.options.threads < 2 || knownScores(model, mine, rows))
    return predictInSteps(model, mine, rows, bench.isCancelled);
  const half = rows.length >> 1;
  const later = bench.beside('scores', own, { model: model.state, rows: rows.slice(half) });
  // Told where it is awaited.
  later.catch(() => undefined);
  const [one, two] = [await predictInSteps(model, mine, rows.subarray(0, half), bench.isCancelled), await later];
  const scores = new Float64Array(one.length + two.length);
  scores.set(one);
  scores.set(two, one.length);
  return scores;
}

export async function scoresOf(bench: Bench, id: string, features: string, partition: string): Promise<Float64Array> {
  const node = bench.node(id);
  switch (node.kind) {
    case 'train':
      return predicted(bench, id, node.features, features, partition);
    case 'finish': {
      const raw =
        node.refit === null ? await bench.scores(node.model, features, partition) : await predicted(bench, id, node.refit, features, partition);
      const curve = bench.output(id).finish?.calibration;
      return curve ? calibrated(curve, raw) : raw;
    }
    case 'ensemble': {
      const scores: Float64Array[] = [];
      for (const { model } of node.members) scores.push(await bench.scores(model, features, partition));
      if (!node.final) return (scores[0] ?? new Float64Array()).map((_, i) => scores.reduce((sum, of) => sum + (of[i] ?? 0), 0) / scores.length);
      const matrix = await bench.matrix(features);
      const rows = rowsIn(matrix, partition);
      return predictInSteps(bench.model(id), scoreMatrix(matrix, rows, scores), rows, bench.isCancelled);
    }
    case 'choose': {
      const { chosen } = bench.output(id);
      if (chosen === null) throw new Error(`${id} has chosen nothing`);
      const refit = node.refit.find(({ model }) => model === chosen);
      if (!refit) return bench.scores(chosen, features, partition);
      const raw = await predicted(bench, id, refit.features, features, partition);
      const curve = bench.output(chosen).finish?.calibration;
      return curve ? calibrated(curve, raw) : raw;
    }
    default:
      throw new Error(`${id} is no model`);
  }
}

/** From this probability on a row is predicted positive. */
export function thresholdOf(bench: Pick<Workbench, 'node' | 'output'>, id: string): number {
  const { chosen, finish } = bench.output(id);
  return chosen === null ? (finish?.threshold ?? usualThreshold) : thresholdOf(bench, chosen);
}

/** Rows that were held out, with the model's scores of them; calibrated as the model is, each fold by the others. */
export function heldOutScores(bench: Workbench, id: string, crossfits: readonly CrossfitOf[], matrix: Matrix) {
  const { chosen } = bench.output(id);
  const model = chosen ?? id;
  const crossfit = crossfits.find(of => of.model === model)?.crossfit;
  if (crossfit === undefined) throw new Error(`${model} has no scores on folds`);
  const of = foldScores(bench, crossfit, matrix.rows);
  const node = bench.node(model);
  if (node.kind !== 'finish' || node.calibrate === null) return of;
  return { ...of, scores: calibratedFolds(node.calibrate, matrix, of, node.label.classes?.length ?? null) };
}
