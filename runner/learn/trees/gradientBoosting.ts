/**
 * Gradient boosting on histograms: Friedman (2001) with second-order leaf values, binned columns and leaf-wise growth as in Ke et al.,
 * "LightGBM", 2017. The loss follows the label: logistic, squared error, Poisson. Deterministic: no sampling of rows or columns.
 */

import { decodeFloats, encodeFloats } from '../bytes.ts';
import { checkpoints } from '../checkpoint.ts';
import { type FitContext, type FittedModel, type JsonValue, LearnError, type Learner, type ModelState } from '../learner.ts';
import type { Matrix } from '../matrix.ts';
import { gather, labelledRows, requireBothClasses, requireCounts, singleOutput, trainingRows, weightsOf } from '../rows.ts';
import { settingReader } from '../settings.ts';
import { applyBinnings, type Binning, fitBinnings } from './bins.ts';
import { addScores, emptyForest, type Forest, forestFromState, forestState, truncate } from './forest.ts';
import { type GrowLimits, groundFor, growTree } from './grow.ts';
import { binsOf } from './histogram.ts';
import { type Loss, losses } from './losses.ts';

interface Watched {
  readonly columns: readonly Uint8Array[];
  readonly label: Float64Array;
  readonly weight: Float64Array | null;
  readonly score: Float64Array;
}

export const gradientBoosting: Learner = {
  async fit(matrix, rows, validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    if (context.label === 'binary') requireBothClasses(matrix, used);
    if (context.label === 'count') requireCounts(matrix, used);
    const read = settingReader('gradient_boosting', settings);
    const limits: GrowLimits = {
      leaves: read.number('leaves'),
      depth: read.optional('depth'),
      learningRate: read.number('learning_rate'),
      minLeaf: read.number('min_leaf'),
      l2: read.number('l2'),
    };
    const loss = losses[singleOutput(context.label)];
    const label = gather(matrix.label, used);
    const weight = weightsOf(matrix, used);
    const binnings = fitBinnings(matrix, used, read.number('bins'), context.seed);
    const columns = applyBinnings(matrix, used, binnings);
    const initial = loss.initial(label, weight);
    const watched = context.earlyStop === null ? null : watch(matrix, validateRows, binnings, initial);
    const bins = binsOf(
      columns,
      binnings.map(binning => binning.bins),
    );
    const ground = groundFor(
      bins,
      binnings.map(binning => binning.kind === 'category'),
      used.length,
    );
    const score = new Float64Array(used.length).fill(initial);
    const forest = await boost({ trees: read.number('trees'), limits, loss, label, weight, score, ground, watched, context });
    return load(stateOf(context, initial, binnings, forest));
  },
  load,
};

interface Boosting {
  readonly trees: number;
  readonly limits: GrowLimits;
  readonly loss: Loss;
  readonly label: Float64Array;
  readonly weight: Float64Array | null;
  readonly score: Float64Array;
  readonly ground: ReturnType<typeof groundFor>;
  readonly watched: Watched | null;
  readonly context: FitContext;
}

async function boost({ trees, limits, loss, label, weight, score, ground, watched, context }: Boosting): Promise<Forest> {
  const forest = emptyForest();
  const pause = checkpoints(context.cancelled);
  const patience = context.earlyStop ?? 0;
  let best = { trees: 0, loss: watched ? loss.mean(watched.score, watched.label, watched.weight) : 0 };
  while (forest.roots.length < trees) {
    loss.gradients(score, label, weight, ground.gradient, ground.curvature);
    if (!(await growTree(forest, ground, limits, score, pause))) break;
    const grown = forest.roots.length;
    if (!watched) {
      context.progress(grown, trees, null);
      continue;
    }
    addScores(watched.score, lastTree(forest), watched.columns);
    const now = loss.mean(watched.score, watched.label, watched.weight);
    if (now < best.loss) best = { trees: grown, loss: now };
    context.progress(grown, trees, `${loss.name} on validate ${now.toFixed(4)}`);
    if (grown - best.trees >= patience) break;
  }
  return watched ? truncate(forest, best.trees) : forest;
}

/** The newest tree alone, so that scoring it does not copy the whole forest. */
function lastTree(forest: Forest): Forest {
  const from = forest.roots.at(-1) ?? 0;
  const shift = (nodes: readonly number[]) => nodes.slice(from).map(node => node - from);
  return {
    roots: [0],
    feature: forest.feature.slice(from),
    rule: forest.rule.slice(from),
    missingLeft: forest.missingLeft.slice(from),
    left: shift(forest.left),
    right: shift(forest.right),
    value: forest.value.slice(from),
    sets: forest.sets,
  };
}

function watch(matrix: Matrix, validateRows: Int32Array | null, binnings: readonly Binning[], initial: number): Watched {
  const rows = labelledRows(matrix, validateRows ?? new Int32Array());
  if (rows.length === 0) {
    throw new LearnError('no-rows', 'There are no labelled rows to stop early by.', 'Give the split a `validate` part, or leave `early_stop` out.');
  }
  return {
    columns: applyBinnings(matrix, rows, binnings),
    label: gather(matrix.label, rows),
    weight: weightsOf(matrix, rows),
    score: new Float64Array(rows.length).fill(initial),
  };
}

function stateOf(context: FitContext, initial: number, binnings: readonly Binning[], forest: Forest): ModelState {
  const columns = binnings.map(
    (binning): JsonValue =>
      binning.kind === 'number'
        ? { kind: 'number', name: binning.name, bounds: encodeFloats(binning.bounds) }
        : { kind: 'category', name: binning.name, levels: binning.levels, bins: [...binning.binOfLevel] },
  );
  return { kind: 'gradient_boosting', version: 1, label: context.label, initial, columns, forest: forestState(forest) };
}

function load(state: ModelState): FittedModel {
  const { label, initial, columns, forest } = state;
  const loss = label === 'binary' || label === 'number' || label === 'count' ? losses[label] : null;
  if (!loss || typeof initial !== 'number' || !Array.isArray(columns) || typeof forest !== 'object' || forest === null) {
    throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  }
  const binnings = columns.map(binningFromState);
  const trees = forestFromState(forest as Readonly<Record<string, unknown>>);
  const predict = (matrix: Matrix, rows: Int32Array): Float64Array => {
    const score = new Float64Array(rows.length).fill(initial);
    addScores(score, trees, applyBinnings(matrix, rows, binnings));
    return score.map(loss.predict);
  };
  return { kind: state.kind, state, findings: [], predict };
}

function binningFromState(column: Readonly<Record<string, unknown>>): Binning {
  const name = String(column['name']);
  if (column['kind'] === 'number') {
    const bounds = decodeFloats(String(column['bounds']));
    return { kind: 'number', name, bins: bounds.length + 2, bounds };
  }
  const binOfLevel = Int32Array.from(column['bins'] as readonly number[]);
  return {
    kind: 'category',
    name,
    bins: binOfLevel.reduce((most, bin) => Math.max(most, bin), 0) + 1,
    levels: column['levels'] as readonly string[],
    binOfLevel,
  };
}
