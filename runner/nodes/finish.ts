/** What is decided about a trained model afterwards: its calibration, its threshold, and learning it again on more rows. */

import type { FinishNode, PlanThreshold } from '../../language/plan/plan.ts';
import { plural } from '../engine/finding.ts';
import { RunFailed } from '../failure.ts';
import { type Calibration, type CalibrationMethod, calibrated, calibration } from '../learn/calibrate.ts';
import { bestThreshold, type Confusion, type Decision, thresholdFigures } from '../learn/decide.ts';
import type { Matrix } from '../learn/matrix.ts';
import { placesWhere } from '../learn/rows.ts';
import { recordPlace } from '../places.ts';
import type { Workbench } from '../workbench.ts';
import { foldScores } from './crossfit.ts';
import { fitOn, settled } from './fitting.ts';
import { emptyOutput, type Step, type StepOutput } from './output.ts';
import { gather, gatherEach, rowsIn } from './rows.ts';
import { fitFindings } from './train.ts';

interface Scored {
  readonly rows: Int32Array;
  readonly scores: Float64Array;
}

const labelled = (matrix: Matrix, { rows, scores }: Scored) => ({
  score: scores,
  label: gather(matrix.label, rows),
  weight: matrix.weight && gather(matrix.weight, rows),
});

/** Out-of-fold scores calibrated without the row itself: the curve for each fold is learned on the others. */
export function calibratedFolds(
  method: CalibrationMethod,
  matrix: Matrix,
  of: ReturnType<typeof foldScores>,
  classes: number | null = null,
): Float64Array {
  const each = classes ?? 1;
  const out = new Float64Array(of.scores.length);
  for (let fold = 0; fold < of.folds; fold++) {
    const outside = placesWhere(of.fold.length, i => of.fold[i] !== fold);
    const learned = { rows: outside.map(i => of.rows[i] ?? 0), scores: gatherEach(of.scores, outside, each) };
    const { score, label, weight } = labelled(matrix, learned);
    const curve = calibration(method, score, label, weight, classes);
    const within = placesWhere(of.fold.length, i => of.fold[i] === fold);
    const scores = calibrated(curve, gatherEach(of.scores, within, each));
    within.forEach((i, k) => {
      out.set(scores.subarray(k * each, (k + 1) * each), i * each);
    });
  }
  return out;
}

function figureOf(threshold: Exclude<PlanThreshold, { kind: 'value' }>): (of: Confusion) => number | null {
  if (threshold.kind === 'cost')
    return ({ falsePositive, falseNegative }) => -(threshold.falsePositive * falsePositive + threshold.falseNegative * falseNegative);
  const figure = thresholdFigures[threshold.metric];
  if (!figure) throw new Error(`${threshold.metric} does not depend on a threshold`);
  const sign = threshold.direction === 'max' ? 1 : -1;
  return of => {
    const value = figure(of);
    return value === null ? null : sign * value;
  };
}

async function decided(bench: Workbench, node: FinishNode, curve: Calibration | null, matrix: Matrix): Promise<Decision | null> {
  const { threshold } = node;
  if (threshold === null || threshold.kind === 'value') return null;
  const trained = bench.train(node.model);
  let scored: Scored;
  if (threshold.on === 'folds') {
    const held = foldScores(bench, node.crossfit ?? '', matrix.rows);
    scored = { rows: held.rows, scores: node.calibrate ? calibratedFolds(node.calibrate, matrix, held) : held.scores };
  } else {
    const raw = await bench.scores(trained.id, trained.features, threshold.on);
    scored = { rows: rowsIn(matrix, threshold.on), scores: curve ? calibrated(curve, raw) : raw };
  }
  const { score, label, weight } = labelled(matrix, scored);
  return bestThreshold(score, label, weight, figureOf(threshold));
}

export async function finishStep(bench: Workbench, node: FinishNode): Promise<Step> {
  const trained = bench.train(node.model);
  const matrix = await bench.matrix(trained.features);
  let curve: Calibration | null = null;
  if (node.calibrate) {
    const { score, label, weight } = labelled(matrix, foldScores(bench, node.crossfit ?? '', matrix.rows));
    curve = calibration(node.calibrate, score, label, weight, node.label.classes?.length ?? null);
  }
  const decision = await decided(bench, node, curve, matrix);
  if (decision === null && node.threshold && node.threshold.kind !== 'value') {
    throw new RunFailed(
      'findings',
      `No threshold of \`${node.name}\` has a figure on ${node.threshold.on}.`,
      'Choose it by another metric, or on more rows.',
      recordPlace(node.place),
    );
  }
  const threshold = decision?.threshold ?? (node.threshold?.kind === 'value' ? node.threshold.value : null);
  const base = bench.output(node.model);
  const refit = node.refit === null ? null : await learnedAgain(bench, node, node.refit);
  const [record] = base.models;
  const words = [
    ...(node.calibrate ? [`${node.calibrate} calibration`] : []),
    ...(threshold === null ? [] : [`threshold ${Number(threshold.toPrecision(3))}`]),
    ...(refit ? [`learned again on ${plural(refit.rows, 'row')}`] : []),
  ];
  return {
    output: {
      ...emptyOutput,
      rows: refit?.rows ?? base.rows,
      summary: words.join(' · '),
      findings: refit?.findings ?? [],
      models: record
        ? [
            {
              ...record,
              ...(node.calibrate ? { calibration: node.calibrate } : {}),
              ...(threshold === null ? {} : { threshold }),
              ...(refit ? { trainedOn: { partition: 'train_and_validate', rows: refit.rows } } : {}),
            },
          ]
        : [],
      state: refit?.state ?? base.state,
      finish: { calibration: curve, threshold },
    },
    files: new Map(),
  };
}

/** The same algorithm, with all that was chosen, on train and validate together. */
export async function learnedAgain(
  bench: Workbench,
  node: { readonly id: string; readonly model: string } & Pick<FinishNode, 'place'>,
  features: string,
): Promise<StepOutput> {
  const matrix = await bench.matrix(features);
  const rows = rowsIn(matrix, 'train');
  const progress = bench.progress(bench.node(node.id));
  const model = await fitOn(bench, settled(bench, bench.train(node.model)), matrix, rows, null, (done, total, note) =>
    progress(done, total, 'rounds', note),
  );
  bench.keepModel(node.id, model);
  return { ...emptyOutput, rows: rows.length, state: model.state, findings: fitFindings(model, node) };
}
