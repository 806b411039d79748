/** Trains one model on the training rows of its feature set. */

import type { TrainNode } from '../../language/plan/plan.ts';
import { plural } from '../engine/finding.ts';
import type { FittedModel } from '../learn/learner.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord } from '../record.ts';
import { featuresOf, type Workbench } from '../workbench.ts';
import { type Fitting, fitOn, foldFindings, hasClasses, parametersOf, roundsOnFolds, usableFolds, type Watching, withRounds } from './fitting.ts';
import { emptyOutput, type Step } from './output.ts';
import { rowsIn } from './rows.ts';

export async function trainStep(bench: Workbench, node: TrainNode): Promise<Step> {
  const matrix = await bench.matrix(node.features);
  const rows = rowsIn(matrix, 'train');
  // Scores and drift are asked for when this is done.
  await bench.readyBeside(node.features);
  if (node.part && !(await isLearnable(bench, node, rows))) return { output: { ...emptyOutput, summary: 'nothing to learn from' }, files: new Map() };
  const progress = bench.progress(node);
  const { earlyStop } = node;
  let fitting: Fitting = { ...node, parameters: parametersOf(bench, node) };
  let watching: Watching | null = null;
  const findings: FindingRecord[] = [];
  if (earlyStop?.on === 'folds') {
    const folds = await usableFolds(bench, earlyStop.folds, node.label);
    findings.push(...foldFindings(node, earlyStop.folds.length, folds.length));
    const rounds = await roundsOnFolds(bench, fitting, folds, earlyStop.rounds, (done, total, note) => progress(done, total, 'folds', note));
    fitting = withRounds(fitting, rounds);
  } else if (earlyStop) watching = { rows: rowsIn(matrix, earlyStop.on), rounds: earlyStop.rounds };
  const model = await fitOn(bench, fitting, matrix, rows, watching, (done, total, note) => progress(done, total, 'rounds', note));
  bench.keepModel(node.id, model);
  const features = featuresOf(bench, node.features).features.map(f => f.name);
  const summary = `${node.algorithm} · ${plural(rows.length, 'row')}`;
  // What a part has to say, the model that it is made from has said.
  if (node.part)
    return { output: { ...emptyOutput, rows: rows.length, summary, state: model.state, rounds: model.rounds ?? null }, files: new Map() };
  return {
    output: {
      ...emptyOutput,
      rows: rows.length,
      summary,
      findings: [...findings, ...fitFindings(model, node)],
      models: [
        {
          ...recordPlace(node.place),
          name: node.name,
          algorithm: node.algorithm,
          parameters: fitting.parameters,
          features,
          trainedOn: { partition: 'train', rows: rows.length },
          choice: null,
        },
      ],
      state: model.state,
      rounds: model.rounds ?? null,
    },
    files: new Map(),
  };
}

/** Whether a model that a feature asks can learn there: the earliest blocks of a split by time may have too little. */
async function isLearnable(bench: Workbench, node: TrainNode, rows: Int32Array): Promise<boolean> {
  if (!(await hasClasses(bench, node.features, rows, node.label))) return false;
  if (node.tuned !== null && bench.output(node.tuned).tuned === null) return false;
  return node.earlyStop === null || (await usableFolds(bench, node.earlyStop.folds, node.label)).length > 0;
}

export const fitFindings = (model: FittedModel, { place }: Pick<TrainNode, 'place'>): FindingRecord[] =>
  model.findings.map(
    (f): FindingRecord => ({ ...recordPlace(place), severity: 'warning', rule: f.rule, message: f.message, help: f.help, count: 1 }),
  );
