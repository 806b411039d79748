import { describe, expect, it } from 'vitest';
import { fitContext } from '../fixtures/context.ts';
import { type PlainNode, plainTrees } from '../fixtures/plainForest.ts';
import { allRows, fixture, matrixOf, synthetic } from '../fixtures/read.ts';
import type { FittedModel, LabelKind, Settings } from '../learner.ts';
import type { Matrix, NumberColumn } from '../matrix.ts';
import { derivedSeed } from '../random.ts';
import { fitBinnings } from './bins.ts';
import { type Forest, forestFromState } from './forest.ts';
import { decisionTree, randomForest } from './randomForest.ts';

const names = ['low', 'middle', 'high'];
const number = (name: string, values: readonly number[]): NumberColumn => ({ kind: 'number', name, values: Float64Array.from(values) });

const threeOf = (labels: Float64Array): Float64Array => labels.map(value => (value < 0 ? 0 : value < 1.5 ? 1 : 2));

function dataFor(kind: LabelKind, rows: number, weighted: boolean): Matrix {
  const { matrix, labels } = synthetic(31, rows, true);
  const label = kind === 'classes' ? threeOf(labels.number) : labels[kind];
  return { ...matrix, label, weight: weighted ? Float64Array.from({ length: rows }, (_, i) => 0.25 + (i % 7)) : null };
}

function learn(matrix: Matrix, kind: LabelKind, settings: Settings, threads = 1, learner = randomForest): Promise<FittedModel> {
  return learner.fit(matrix, allRows(matrix), null, settings, fitContext(kind, { threads, classes: kind === 'classes' ? names : null }));
}

function forestOf(model: FittedModel): Forest {
  const forest = forestFromState(model.state['forest'], 256);
  if (!forest) throw new Error('The model has no forest.');
  return forest;
}

function nodeOf(forest: Forest, node: number): PlainNode {
  const child = forest.child[node] ?? 0;
  const column = forest.feature[node] ?? -1;
  if (column < 0) return { values: [...forest.value.subarray(child * forest.width, (child + 1) * forest.width)] };
  const rule = forest.rule[node] ?? 0;
  const bit = (bin: number): boolean => (((forest.sets[(-1 - rule) * 8 + (bin >> 5)] ?? 0) >>> (bin & 31)) & 1) === 1;
  const goesLeft = (bin: number): boolean => (rule < 0 ? bit(bin) : bin === 0 ? rule >= 256 : bin <= (rule & 255));
  const left = new Set(Array.from({ length: 256 }, (_, bin) => bin).filter(goesLeft));
  return { column, left, sides: [nodeOf(forest, child), nodeOf(forest, child + 1)] };
}

describe('the kernel grows, bit for bit, what plain lists of rows grow', () => {
  const kinds = ['binary', 'number', 'count', 'classes'] as const;
  it.each(kinds.flatMap(kind => [false, true].map(weighted => ({ kind, weighted }))))('$kind, weighted: $weighted', async ({ kind, weighted }) => {
    const data = dataFor(kind, 400, weighted);
    const settings = { trees: 3, features: 0.5, depth: 9, min_leaf: weighted ? 4 : 1 };
    const forest = forestOf(await learn(data, kind, settings));
    const plain = plainTrees({
      matrix: data,
      rows: allRows(data),
      binnings: await fitBinnings(data, allRows(data), 255, 1, () => null),
      weight: data.weight,
      channels: kind === 'classes' ? 3 : 1,
      seeds: Uint32Array.from([0, 1, 2], t => derivedSeed(1, `tree ${t}`)),
      features: 2,
      depth: 9,
      minLeaf: settings.min_leaf,
      bootstrap: true,
      threads: 1,
      pause: () => null,
      progress: () => {},
    });
    expect([...forest.roots].map(root => nodeOf(forest, root))).toEqual(plain);
  });

  it('whatever the number of threads', async () => {
    const data = dataFor('binary', 5000, false);
    const one = JSON.stringify((await learn(data, 'binary', { trees: 12 }, 1)).state);
    for (const threads of [2, 3]) expect(JSON.stringify((await learn(data, 'binary', { trees: 12 }, threads)).state)).toBe(one);
  });
});

describe('decision_tree', () => {
  const grown = async (matrix: Matrix, kind: LabelKind, settings: Settings = {}) => {
    const model = await learn(matrix, kind, settings, 1, decisionTree);
    return (of: Matrix) => [...model.predict(of, allRows(of))];
  };

  it('grows until its leaves agree', async () => {
    const data = matrixOf([number('x', [1, 2, 3, 4]), number('y', [1, 1, 2, 2])], [0, 1, 1, 0]);
    expect((await grown(data, 'binary'))(data)).toEqual([0, 1, 1, 0]);
  });

  it('cuts halfway between values and averages labels', async () => {
    const data = matrixOf([number('x', [1, 3, 7, 9])], [1, 2, 10, 13]);
    const at = matrixOf([number('x', [4.9, 5, 5.1])], [0, 0, 0]);
    expect((await grown(data, 'number', { depth: 1 }))(at)).toEqual([1.5, 1.5, 11.5]);
  });

  it('keeps to depth and min_leaf', async () => {
    const data = matrixOf([number('x', [1, 2, 3, 4, 5, 6, 7, 8])], [1, 2, 4, 8, 16, 32, 64, 128]);
    expect(new Set((await grown(data, 'number', { depth: 2 }))(data)).size).toBe(4);
    expect((await grown(data, 'number', { min_leaf: 4 }))(data)).toEqual([3.75, 3.75, 3.75, 3.75, 60, 60, 60, 60]);
  });

  it('gives the share of each class', async () => {
    const data = matrixOf([number('x', [1, 1, 2, 2, 3])], [0, 1, 2, 2, 1]);
    expect((await grown(data, 'classes'))(data)).toEqual([0.5, 0.5, 0, 0.5, 0.5, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0]);
  });

  it('counts a row of weight 2 as two', async () => {
    const { matrix, labels } = synthetic(3, 300, true);
    const twice = (of: (i: number) => number) => Int32Array.from(Array.from({ length: 300 }, (_, i) => new Array<number>(of(i)).fill(i)).flat());
    const times = (i: number) => 1 + (i % 3);
    const weighted = { ...matrix, label: labels.number, weight: Float64Array.from({ length: 300 }, (_, i) => times(i)) };
    const repeated = { ...matrix, label: labels.number };
    const of = (model: FittedModel) => [...model.predict(matrix, allRows(matrix))];
    const one = await learn(weighted, 'number', { depth: 4 }, 1, decisionTree);
    const other = await decisionTree.fit(repeated, twice(times), null, { depth: 4 }, fitContext('number'));
    of(one).forEach((value, i) => {
      expect(value).toBeCloseTo(of(other)[i] ?? Number.NaN, 9);
    });
  });
});

describe('random_forest', () => {
  it('reports each tree, and is the same after it was stored', async () => {
    const data = dataFor('classes', 500, false);
    const seen: number[] = [];
    const context = fitContext('classes', { classes: names, progress: done => seen.push(done) });
    const model = await randomForest.fit(data, allRows(data), null, { trees: 5 }, context);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    const again = randomForest.load(JSON.parse(JSON.stringify(model.state)));
    expect(again.predict(data, allRows(data))).toEqual(model.predict(data, allRows(data)));
  });

  it('stops when it is cancelled, on all threads', async () => {
    const data = dataFor('binary', 20_000, false);
    let asked = 0;
    const context = fitContext('binary', { threads: 2, cancelled: () => ++asked > 3 });
    await expect(randomForest.fit(data, allRows(data), null, { trees: 10_000, depth: 6 }, context)).rejects.toMatchObject({ name: 'LearnCancelled' });
  });

  it('says which limits make a model that can be kept', async () => {
    const data = dataFor('number', 3000, false);
    await expect(learn(data, 'number', { trees: 100_000 })).rejects.toMatchObject({ code: 'size' });
  });
});

describe('against scikit-learn', () => {
  interface Tree {
    readonly seed: number;
    readonly nulls: boolean;
    readonly label: 'binary' | 'number' | 'classes';
    readonly depth: number;
    readonly min_leaf: number;
    readonly leaves: number;
    readonly predictions: readonly number[];
  }
  interface Scored {
    readonly label: 'binary' | 'number' | 'classes';
    readonly metric: string;
    readonly mean: number;
    readonly sd: number;
  }
  interface Forests {
    readonly train: { readonly seed: number; readonly rows: number };
    readonly test: { readonly seed: number; readonly rows: number };
    readonly trees: number;
    readonly depth: number;
    readonly cases: readonly Scored[];
  }
  const reference = fixture<{ rows: number; trees: Tree[]; forests: Forests }>('trees');

  /** The numeric columns, which both take as they are. */
  function numbers(seed: number, rows: number, nulls: boolean, kind: Tree['label']): Matrix {
    const { matrix, labels } = synthetic(seed, rows, nulls);
    return { ...matrix, columns: matrix.columns.slice(0, 4), label: kind === 'classes' ? threeOf(labels.number) : labels[kind] };
  }

  it.each(reference.trees)('a tree of $label, nulls: $nulls, depth $depth', async ({ seed, nulls, label, depth, min_leaf, leaves, predictions }) => {
    const data = numbers(seed, reference.rows, nulls, label);
    const model = await learn(data, label, { depth, min_leaf }, 1, decisionTree);
    expect(forestOf(model).feature.filter(column => column < 0).length).toBe(leaves);
    const own = model.predict(data, allRows(data));
    expect([...own]).toEqual(predictions.map(value => expect.closeTo(value, 9)));
  });

  // Two forests of different draws: the means over seeds of each differ by chance alone, which 4 standard deviations of one forest cover.
  it.each(reference.forests.cases)('a forest for $label', async ({ label, metric, mean, sd }) => {
    const { train, test, trees, depth } = reference.forests;
    const data = numbers(train.seed, train.rows, false, label);
    const unseen = numbers(test.seed, test.rows, false, label);
    const model = await learn(data, label, { trees, depth }, 2);
    const score = scoreOf(metric, unseen.label, model.predict(unseen, allRows(unseen)));
    expect(Math.abs(score - mean)).toBeLessThan(4 * sd);
  });
});

function scoreOf(metric: string, truth: Float64Array, p: Float64Array): number {
  if (metric === 'rmse') return Math.sqrt(truth.reduce((total, y, i) => total + (y - (p[i] ?? 0)) ** 2, 0) / truth.length);
  if (metric === 'log_loss') return truth.reduce((total, y, i) => total - Math.log(p[3 * i + y] ?? 0), 0) / truth.length;
  const order = Array.from(p.keys()).sort((a, b) => (p[a] ?? 0) - (p[b] ?? 0));
  const positives = truth.reduce((total, y) => total + y, 0);
  const ranks = order.reduce((total, row, place) => total + (truth[row] === 1 ? place + 1 : 0), 0);
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (truth.length - positives));
}
