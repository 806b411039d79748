/** One fit of an algorithm on rows of a feature set, as training, searching, out-of-fold scores and learning again all need it. */
import type { Balance, PlanSetting, PlanTarget, TrainNode } from '../../language/plan/plan.ts';
import { RunFailed } from '../failure.ts';
import { balanced } from '../learn/balance.ts';
import { checkpoints } from '../learn/checkpoint.ts';
import type { FittedModel, Setting } from '../learn/learner.ts';
import type { Matrix } from '../learn/matrix.ts';
import { learnerNamed } from '../learn/registry.ts';
import { smoted } from '../learn/smote.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord } from '../record.ts';
import type { Workbench } from '../workbench.ts';
import { rowsIn } from './rows.ts';

export interface Fitting {
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, PlanSetting>>;
  readonly balance: Balance | null;
  readonly label: PlanTarget;
  readonly seed: number;
}

/** Rows that tell when to stop, and after how many rounds without progress. */
export interface Watching {
  readonly rows: Int32Array;
  readonly rounds: number;
}

export type Progress = (done: number, total: number, note: string | null) => void;

export async function fitOn(
  bench: Workbench,
  { algorithm, parameters, balance, label, seed }: Fitting,
  matrix: Matrix,
  rows: Int32Array,
  watching: Watching | null,
  progress: Progress,
): Promise<FittedModel> {
  const made = matrix.resample ? await smoted(matrix, rows, matrix.resample, checkpoints(bench.isCancelled)) : { matrix, rows };
  const training = balanced(balance, made.matrix, made.rows, seed);
  return learnerNamed(algorithm).fit(training.matrix, training.rows, watching?.rows ?? null, parameters as Readonly<Record<string, Setting>>, {
    label: label.kind,
    classes: label.classes ?? null,
    seed,
    threads: bench.options.threads,
    earlyStop: watching?.rounds ?? null,
    tensor: bench.tensor,
    progress,
    cancelled: bench.isCancelled,
  });
}

/** The setting that says how many rounds an algorithm with early stopping trains. */
const roundsSetting: Readonly<Record<string, string>> = { gradient_boosting: 'trees', neural_net: 'epochs' };

/** With the number of rounds written out. */
export function withRounds<F extends Fitting>(fitting: F, rounds: number | null): F {
  const setting = roundsSetting[fitting.algorithm];
  return rounds === null || setting === undefined ? fitting : { ...fitting, parameters: { ...fitting.parameters, [setting]: Math.max(1, rounds) } };
}

/** The parameters of a `train` node after the search: those written, and those found. */
export const parametersOf = (bench: Workbench, node: TrainNode): TrainNode['parameters'] =>
  node.tuned === null ? node.parameters : { ...node.parameters, ...bench.output(node.tuned).tuned };

/** A trained model's algorithm with everything that was chosen for it, ready to be learned on other rows. */
export function settled(bench: Workbench, node: TrainNode): Fitting {
  const fitting: Fitting = { ...node, parameters: parametersOf(bench, node) };
  return withRounds(fitting, node.earlyStop === null ? null : bench.output(node.id).rounds);
}

/** Folds that can be learned from and judged: an encoding by time may leave the earliest without a row to learn from, a rare class without a positive. */
export async function usableFolds(bench: Workbench, folds: readonly string[], label: PlanTarget): Promise<readonly string[]> {
  const usable: string[] = [];
  for (const fold of folds) {
    const matrix = await bench.matrix(fold);
    const train = rowsIn(matrix, 'train');
    if ((await hasClasses(bench, fold, train, label)) && rowsIn(matrix, 'validate').length > 0) usable.push(fold);
  }
  return usable;
}

/** Whether there are rows, of more than one class where there are classes. */
export async function hasClasses(bench: Workbench, features: string, rows: Int32Array, { kind }: PlanTarget): Promise<boolean> {
  const { label } = await bench.matrix(features);
  const first = label[rows[0] ?? 0];
  return rows.length > 0 && (kind === 'number' || kind === 'count' || rows.some(row => label[row] !== first));
}

/** What is said of folds that were left out; throws when none is left. */
export function foldFindings(node: Pick<TrainNode, 'name' | 'place'>, asked: number, usable: number): FindingRecord[] {
  const place = recordPlace(node.place);
  if (usable === 0) {
    throw new RunFailed(
      'findings',
      `None of the ${asked} folds of \`${node.name}\` has rows of every class to learn from.`,
      'Cut fewer folds, widen the train partition, or give `target_encode` a `prior:`.',
      place,
    );
  }
  const missing = asked - usable;
  if (missing === 0) return [];
  const message = `${missing} of ${asked} folds of \`${node.name}\` ${missing === 1 ? 'is' : 'are'} left out: nothing to learn from, or one class only.`;
  return [
    { ...place, severity: 'info', rule: 'fold-left-out', message, help: 'Give `target_encode` a `prior:`, or cut fewer folds.', count: missing },
  ];
}

/** The mean of the best numbers of rounds over folds, each watching what it holds out. */
export async function roundsOnFolds(
  bench: Workbench,
  fitting: Fitting,
  folds: readonly string[],
  patience: number,
  progress: Progress,
): Promise<number> {
  let sum = 0;
  for (const [i, fold] of folds.entries()) {
    progress(i, folds.length, null);
    const matrix = await bench.matrix(fold);
    const model = await fitOn(
      bench,
      fitting,
      matrix,
      rowsIn(matrix, 'train'),
      { rows: rowsIn(matrix, 'validate'), rounds: patience },
      () => undefined,
    );
    sum += model.rounds ?? 0;
  }
  return Math.round(sum / folds.length);
}
