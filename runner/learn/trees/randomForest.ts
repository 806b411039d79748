/**
 * Decision trees and forests of them: Breiman, "Random Forests", 2001; Breiman et al., CART, 1984. Columns are binned, to at most 255
 * values; each tree of a forest sees as many rows as there are, drawn with replacement, and each node a drawn part of the columns.
 */
import { checkpoints } from '../checkpoint.ts';
import { type FitContext, type FittedModel, LearnError, type Learner, type ModelState, type Settings } from '../learner.ts';
import type { Matrix } from '../matrix.ts';
import { derivedSeed } from '../random.ts';
import { weightsOf } from '../rows.ts';
import { type SettingReader, settingReader } from '../settings.ts';
import { binningsFromState, binningsState, fitBinnings } from './bins.ts';
import { forestFromState, forestState } from './forest.ts';
import { learnable } from './labels.ts';
import { growRandomTrees } from './randomTrees.ts';
import { forestScores } from './scorer.ts';

interface Shape {
  readonly trees: number;
  /** Columns a node draws, of so many. */
  readonly features: (columns: number, context: FitContext, read: SettingReader) => number;
  readonly bootstrap: boolean;
}

export const decisionTree: Learner = {
  fit: (matrix, rows, _validateRows, settings, context) =>
    fitTrees('decision_tree', matrix, rows, settings, context, () => ({ trees: 1, features: columns => columns, bootstrap: false })),
  load,
};

export const randomForest: Learner = {
  fit: (matrix, rows, _validateRows, settings, context) =>
    fitTrees('random_forest', matrix, rows, settings, context, read => ({ trees: read.number('trees'), features: drawn, bootstrap: true })),
  load,
};

/** As scikit-learn: the square root for classes, all for numbers. */
function drawn(columns: number, { label }: FitContext, read: SettingReader): number {
  const share = read.optional('features');
  if (share !== null) return Math.max(1, Math.floor(share * columns));
  return label === 'number' || label === 'count' ? columns : Math.max(1, Math.floor(Math.sqrt(columns)));
}

async function fitTrees(
  kind: string,
  matrix: Matrix,
  rows: Int32Array,
  settings: Settings,
  context: FitContext,
  shapeOf: (read: SettingReader) => Shape,
): Promise<FittedModel> {
  const used = learnable(matrix, rows, context);
  const read = settingReader(kind, settings);
  const shape = shapeOf(read);
  const pause = checkpoints(context.cancelled);
  const binnings = await fitBinnings(matrix, used, read.number('bins'), context.seed, pause);
  const forest = await growRandomTrees({
    matrix,
    rows: used,
    binnings,
    weight: weightsOf(matrix, used),
    channels: context.label === 'classes' ? (context.classes?.length ?? 1) : 1,
    seeds: Uint32Array.from({ length: shape.trees }, (_, t) => derivedSeed(context.seed, `tree ${t}`)),
    features: shape.features(binnings.length, context, read),
    depth: read.optional('depth'),
    minLeaf: read.number('min_leaf'),
    bootstrap: shape.bootstrap,
    threads: context.threads,
    pause,
    progress: done => context.progress(done, shape.trees, null),
  });
  return load({ kind, version: 1, columns: binningsState(binnings), forest: forestState(forest) });
}

function load(state: ModelState): FittedModel {
  const binnings = binningsFromState(state['columns']);
  const forest = forestFromState(state['forest'], binnings?.length ?? 0);
  if (!binnings || !forest) throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  const scores = forestScores(forest, binnings, new Array<number>(forest.outputs).fill(0));
  const predict = (matrix: Matrix, rows: Int32Array): Float64Array => {
    const score = scores(matrix, rows);
    for (let i = 0; i < score.length; i++) score[i] = (score[i] ?? 0) / forest.roots.length;
    return score;
  };
  return { kind: state.kind, state, findings: [], predict };
}
