/**
 * Gradient boosting on histograms: Friedman (2001) with second-order leaf values, binned columns and leaf-wise growth as in Ke et al.,
 * "LightGBM", 2017. The loss follows the label: logistic, squared error, Poisson, softmax. Deterministic: no sampling of rows or columns.
 */

import { checkpoints, type Pause } from '../checkpoint.ts';
import { type FitContext, type FittedModel, LearnError, type Learner, type ModelState } from '../learner.ts';
import type { Matrix } from '../matrix.ts';
import { gather, labelledRows, weightsOf } from '../rows.ts';
import { type SettingReader, settingReader } from '../settings.ts';
import { type Binning, binningsFromState, binningsState, fitBinnings } from './bins.ts';
import { addNode, emptyForest, type Forest, finished, forestFromState, forestState, type GrowingForest } from './forest.ts';
import { type Ground, groundFor } from './ground.ts';
import { type GrowLimits, growTree } from './grow.ts';
import { learnable } from './labels.ts';
import { type Loss, losses } from './losses.ts';
import { forestScores, type Scorer, scorerWith, startScores } from './scorer.ts';

interface Watched {
  readonly label: Float64Array;
  readonly weight: Float64Array | null;
  readonly scorer: Scorer;
}

export const gradientBoosting: Learner = {
  async fit(matrix, rows, validateRows, settings, context) {
    const used = learnable(matrix, rows, context);
    const read = settingReader('gradient_boosting', settings);
    const limits: GrowLimits = {
      leaves: read.number('leaves'),
      depth: read.optional('depth'),
      learningRate: read.number('learning_rate'),
      minLeaf: read.number('min_leaf'),
      l2: read.number('l2'),
      monotone: monotoneColumns(matrix, read, context),
    };
    const loss = losses[context.label];
    const label = gather(matrix.label, used);
    const weight = weightsOf(matrix, used);
    const initial = loss.initial(label, weight, context.classes?.length ?? 1);
    const pause = checkpoints(context.cancelled);
    const binnings = await fitBinnings(matrix, used, read.number('bins'), context.seed, pause);
    const watchRows = context.earlyStop === null ? null : watchable(matrix, validateRows);
    const classes = context.label === 'classes';
    const plan = { matrix, rows: used, binnings, weight, initial, classes, leaves: limits.leaves, threads: context.threads, pause };
    const ground = await groundFor(plan);
    const watched = watchRows && watch(matrix, watchRows, binnings, initial, limits.leaves, context.threads);
    try {
      const forest = await boost({ rounds: read.number('trees'), limits, loss, ground, watched, pause, context });
      const model = load({
        kind: 'gradient_boosting',
        version: 2,
        label: context.label,
        initial,
        columns: binningsState(binnings),
        forest: forestState(forest),
      });
      // Trees after the best round are left out again, but not from the scores.
      if (watched) return model;
      return { ...model, known: { matrix, rows: used, scores: scoresOf(ground, loss) } };
    } finally {
      await ground.kernel.close();
      await watched?.scorer.close();
    }
  },
  load,
};

/** Rows × outputs, as `predict` gives them: trees are added in the same order. */
function scoresOf({ scores, rows }: Ground, loss: Loss): Float64Array {
  const out = new Float64Array(rows * scores.length);
  scores.forEach((of, k) => {
    for (let i = 0; i < rows; i++) out[i * scores.length + k] = of[i] ?? 0;
  });
  loss.predict(out, scores.length);
  return out;
}

/** By column, 1 where the prediction may only rise with it, -1 where it may only fall. */
function monotoneColumns(matrix: Matrix, read: SettingReader, { label }: FitContext): Int8Array | null {
  const signs = new Int8Array(matrix.columns.length);
  for (const [setting, sign] of [['increasing', 1] as const, ['decreasing', -1] as const]) {
    for (const name of read.texts(setting)) {
      const place = matrix.columns.findIndex(column => column.name === name);
      const refuse = (why: string) => new LearnError('setting', `\`${setting}\` names \`${name}\`${why}.`, `Take it out of \`${setting}\`.`, name);
      if (place < 0) throw refuse(', which is not among the features');
      if (matrix.columns[place]?.kind !== 'number') throw refuse(', a category, which has no order');
      if (label === 'classes') throw refuse(', and the label has several classes, of which none is the upper one');
      if (signs[place] === -sign) throw refuse(', which `increasing` names too');
      signs[place] = sign;
    }
  }
  return signs.some(sign => sign !== 0) ? signs : null;
}

interface Boosting {
  readonly rounds: number;
  readonly limits: GrowLimits;
  readonly loss: Loss;
  readonly ground: Ground;
  readonly watched: Watched | null;
  readonly pause: Pause;
  readonly context: FitContext;
}

async function boost({ rounds, limits, loss, ground, watched, pause, context }: Boosting): Promise<Forest> {
  const forest = emptyForest();
  const patience = context.earlyStop ?? 0;
  const outputs = ground.scores.length;
  let best = { rounds: 0, loss: watched ? loss.mean(watched.scorer.scores, watched.label, watched.weight) : 0 };
  let grown = 0;
  while (grown < rounds) {
    if (!(await growRound(forest, ground, limits, loss, pause))) break;
    grown += 1;
    if (!watched) {
      context.progress(grown, rounds, null);
      continue;
    }
    watched.scorer.loadTrees(finished(forest, (grown - 1) * outputs, grown * outputs, outputs));
    watched.scorer.add();
    const now = loss.mean(watched.scorer.scores, watched.label, watched.weight);
    if (now < best.loss) best = { rounds: grown, loss: now };
    context.progress(grown, rounds, `${loss.name} on validate ${now.toFixed(4)}`);
    if (grown - best.rounds >= patience) break;
  }
  return finished(forest, 0, (watched ? best.rounds : grown) * outputs, outputs);
}

/** A tree for each output, all from the scores before the round; false when none of them splits. */
async function growRound(forest: GrowingForest, ground: Ground, limits: GrowLimits, loss: Loss, pause: () => Promise<void> | null): Promise<boolean> {
  const { scores } = ground;
  if (scores.length > 1) ground.softmax();
  let split = false;
  for (let output = 0; output < scores.length; output++) {
    ground.aim(loss.code, output);
    const [gradient, curvature] = loss.peaks ?? ground.peaks();
    ground.fillGradients(gradient * (loss.peaks ? ground.heaviest : 1), curvature * (loss.peaks ? ground.heaviest : 1));
    await pause();
    if (await growTree(forest, ground, limits, output, pause)) split = true;
    else if (scores.length > 1) forest.roots.push(addNode(forest));
  }
  return split;
}

function watchable(matrix: Matrix, validateRows: Int32Array | null): Int32Array {
  const rows = labelledRows(matrix, validateRows ?? new Int32Array());
  if (rows.length > 0) return rows;
  throw new LearnError('no-rows', 'There are no labelled rows to stop early by.', 'Give the split a `validate` part, or leave `early_stop` out.');
}

function watch(matrix: Matrix, rows: Int32Array, binnings: readonly Binning[], initial: readonly number[], leaves: number, threads: number): Watched {
  const scorer = scorerWith({
    columns: binnings.length,
    rows: rows.length,
    outputs: initial.length,
    trees: initial.length,
    nodes: 2 * leaves * initial.length,
    values: leaves * initial.length,
    sets: leaves * initial.length,
    threads,
  });
  scorer.loadRows(matrix, rows, binnings);
  scorer.scores.set(startScores(rows.length, initial));
  return { label: gather(matrix.label, rows), weight: weightsOf(matrix, rows), scorer };
}

function load(state: ModelState): FittedModel {
  const { label, initial } = state;
  const loss = typeof label === 'string' && label in losses ? losses[label as keyof typeof losses] : null;
  const binnings = binningsFromState(state['columns']);
  const forest = forestFromState(state['forest'], binnings?.length ?? 0);
  if (!loss || !Array.isArray(initial) || !initial.every(value => typeof value === 'number') || !binnings || forest?.outputs !== initial.length) {
    throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  }
  const scores = forestScores(forest, binnings, initial);
  const predict = (matrix: Matrix, rows: Int32Array): Float64Array => {
    const score = scores(matrix, rows);
    loss.predict(score, initial.length);
    return score;
  };
  return { kind: state.kind, state, findings: [], predict, rounds: forest.roots.length / forest.outputs };
}
