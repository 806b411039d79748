/** What models say of the observations of a feature set that asks them: out of fold on train, by a model of all of train elsewhere. */
import type { FeaturesNode, PlanNode, TrainNode } from '../../language/plan/plan.ts';
import type { Predicted } from '../engine/relational.ts';
import type { FittedModel } from '../learn/learner.ts';
import type { Matrix } from '../learn/matrix.ts';
import { predictWhereKnown } from '../learn/predict.ts';
import type { StepOutput } from './output.ts';
import { rowsIn } from './rows.ts';

interface Bench {
  readonly node: (id: string) => PlanNode;
  readonly train: (id: string) => TrainNode;
  readonly output: (id: string) => StepOutput;
  readonly matrix: (features: string) => Promise<Matrix>;
  readonly model: (id: string) => FittedModel;
  readonly isCancelled: () => boolean;
}

type Step = Extract<FeaturesNode['steps'][number], { kind: 'predicted' }>;

/** A model's scores put at the rows of the matrix; a fold that nothing could be learned on has none. */
async function put(bench: Bench, id: string, rowsOf: (matrix: Matrix) => Int32Array, each: number, into: Float64Array | null): Promise<Float64Array> {
  const matrix = await bench.matrix(bench.train(id).features);
  const out = into ?? new Float64Array(matrix.rows * each).fill(Number.NaN);
  if (bench.output(id).state === null) return out;
  const rows = rowsOf(matrix);
  const scores = await predictWhereKnown(bench.model(id), matrix, rows, each, bench.isCancelled);
  for (const [i, row] of rows.entries()) out.set(scores.subarray(i * each, (i + 1) * each), row * each);
  return out;
}

async function predicted(bench: Bench, { model, folds, classes }: Step): Promise<Predicted> {
  const each = classes?.length ?? 1;
  const others = await put(bench, model, matrix => Int32Array.from({ length: matrix.rows }, (_, row) => row), each, null);
  const train = new Float64Array(others.length).fill(Number.NaN);
  for (const fold of folds) await put(bench, fold, matrix => rowsIn(matrix, 'validate'), each, train);
  return { each, train, others };
}

/** By the output of the step; null where the set asks no model. */
export async function predictionsOf(bench: Bench, node: FeaturesNode): Promise<ReadonlyMap<string, Predicted> | null> {
  const found = new Map<string, Predicted>();
  for (const step of node.steps) if (step.kind === 'predicted') found.set(step.output, await predicted(bench, step));
  return found.size > 0 ? found : null;
}
