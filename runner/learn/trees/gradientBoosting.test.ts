import { describe, expect, it } from 'vitest';
import { fitContext } from '../fixtures/context.ts';
import { allRows, fixture, matrixOf, synthetic } from '../fixtures/read.ts';
import type { LabelKind, Settings } from '../learner.ts';
import type { CategoryColumn, Matrix, MatrixColumn, NumberColumn } from '../matrix.ts';
import { gradientBoosting } from './gradientBoosting.ts';

const number = (name: string, values: readonly number[]): NumberColumn => ({ kind: 'number', name, values: Float64Array.from(values) });
const category = (name: string, levels: readonly string[], codes: readonly number[]): CategoryColumn => ({
  kind: 'category',
  name,
  levels,
  codes: Int32Array.from(codes),
});
const none = Number.NaN;
// Gradients are rounded to 30 bits of the largest, so leaves are right to nine digits.
const close = (values: readonly number[]) => values.map(value => expect.closeTo(value, 8));
const oneTree = { trees: 1, learning_rate: 1, min_leaf: 1 };

async function predictions(matrix: Matrix, label: LabelKind, settings: Settings, of: Matrix = matrix): Promise<number[]> {
  const model = await gradientBoosting.fit(matrix, allRows(matrix), null, settings, fitContext(label));
  return [...model.predict(of, allRows(of))];
}

describe('trees by hand', () => {
  it('cuts a number where squared error falls most: leaves are means', async () => {
    const data = matrixOf([number('x', [1, 2, 3, 4])], [1, 3, 10, 14]);
    expect(await predictions(data, 'number', { ...oneTree, leaves: 2 })).toEqual(close([2, 2, 12, 12]));
  });

  it('cuts halfway between values, and takes the bound to the left', async () => {
    const data = matrixOf([number('x', [1, 3])], [0, 1]);
    const at = matrixOf([number('x', [1.9, 2, 2.1])], [0, 0, 0]);
    expect(await predictions(data, 'number', { ...oneTree, leaves: 2 }, at)).toEqual(close([0, 0, 1]));
  });

  it('takes one Newton step from the log-odds of the mean', async () => {
    // p = 1/2 in every row: gradients ±1/2, curvature 1/4, so a pure leaf of two rows steps by ∓1/(2/4) = ∓2.
    const data = matrixOf([number('x', [1, 2, 3, 4])], [0, 0, 1, 1]);
    const p = 1 / (1 + Math.exp(-2));
    expect(await predictions(data, 'binary', { ...oneTree, leaves: 2 })).toEqual(close([1 - p, 1 - p, p, p]));
  });

  it('steps in the log of the mean for counts', async () => {
    // Mean 2; left: gradient 2·(2 − 1) = 2, curvature 2·2·e^0.7.
    const data = matrixOf([number('x', [1, 2, 3, 4])], [1, 1, 3, 3]);
    const step = 2 / (4 * Math.exp(0.7));
    expect(await predictions(data, 'count', { ...oneTree, leaves: 2 })).toEqual(close([-1, -1, 1, 1].map(side => 2 * Math.exp(side * step))));
  });

  it('shrinks leaf values by l2', async () => {
    const data = matrixOf([number('x', [1, 2, 3, 4])], [0, 0, 4, 4]);
    expect(await predictions(data, 'number', { ...oneTree, leaves: 2, l2: 2 })).toEqual(close([1, 1, 3, 3]));
  });

  it('sends missing values to their better side', async () => {
    const high = matrixOf([number('x', [1, 2, 3, 4, none, none])], [0, 0, 9, 9, 9, 9]);
    expect(await predictions(high, 'number', { ...oneTree, leaves: 2 })).toEqual(close([0, 0, 9, 9, 9, 9]));
    const low = matrixOf([number('x', [1, 2, 3, 4, none, none])], [0, 0, 9, 9, 0, 0]);
    expect(await predictions(low, 'number', { ...oneTree, leaves: 2 })).toEqual(close([0, 0, 9, 9, 0, 0]));
    const apart = matrixOf([number('x', [1, 2, 3, 4, none, none])], [0, 0, 0, 0, 6, 6]);
    expect(await predictions(apart, 'number', { ...oneTree, leaves: 2 })).toEqual(close([0, 0, 0, 0, 6, 6]));
  });

  it('sends values that were never missing on train with the larger side', async () => {
    const data = matrixOf([number('x', [1, 2, 3])], [0, 6, 6]);
    const unknown = matrixOf([number('x', [none])], [0]);
    expect(await predictions(data, 'number', { ...oneTree, leaves: 2 }, unknown)).toEqual(close([6]));
  });

  it('parts levels without an order, and unseen levels take the missing branch', async () => {
    const data = matrixOf([category('c', ['a', 'b', 'c'], [0, 0, 1, 1, 2, 2, -1])], [0, 0, 6, 6, 0, 0, 6]);
    expect(await predictions(data, 'number', { ...oneTree, leaves: 2 })).toEqual(close([0, 0, 6, 6, 0, 0, 6]));
    const unseen = matrixOf([category('c', ['b', 'zzz'], [0, 1, -2])], [0, 0, 0]);
    expect(await predictions(data, 'number', { ...oneTree, leaves: 2 }, unseen)).toEqual(close([6, 6, 6]));
  });

  it('finds the best subset of many levels', async () => {
    const codes = Array.from({ length: 1200 }, (_, i) => i % 6);
    const label = codes.map(code => (code % 2 === 0 ? 0 : 1));
    const data = matrixOf([category('c', ['a', 'b', 'c', 'd', 'e', 'f'], codes)], label);
    // Children of a set carry an extra penalty of 10: 600 rows at ±1/2 from the mean give 300/610.
    const high = 0.5 + 300 / 610;
    expect(await predictions(data, 'number', { ...oneTree, leaves: 2 })).toEqual(close(codes.map(code => (code % 2 === 0 ? 1 - high : high))));
  });

  it('keeps to min_leaf, leaves and depth', async () => {
    const data = matrixOf([number('x', [1, 2, 3, 4, 5, 6, 7, 8])], [0, 0, 0, 0, 0, 0, 0, 8]);
    expect(new Set(await predictions(data, 'number', { ...oneTree, min_leaf: 3, leaves: 2 }))).toEqual(new Set(close([0, 8 / 3])));
    expect(new Set(await predictions(data, 'number', { ...oneTree, min_leaf: 5 })).size).toBe(1);
    const ramp = matrixOf([number('x', [1, 2, 3, 4, 5, 6, 7, 8])], [1, 2, 4, 8, 16, 32, 64, 128]);
    expect(new Set(await predictions(ramp, 'number', { ...oneTree, depth: 2 })).size).toBeLessThanOrEqual(4);
    expect(new Set(await predictions(ramp, 'number', { ...oneTree, leaves: 3 })).size).toBe(3);
  });

  it('weighs rows', async () => {
    const data = matrixOf([number('x', [1, 1, 2, 2])], [0, 4, 10, 10], [3, 1, 1, 1]);
    expect(await predictions(data, 'number', { ...oneTree, leaves: 2 })).toEqual(close([1, 1, 10, 10]));
  });
});

describe('gradient_boosting against LightGBM', () => {
  interface Case {
    readonly objective: 'binary' | 'regression' | 'poisson';
    readonly settings: { readonly num_leaves?: number; readonly max_depth?: number; readonly lambda_l2?: number; readonly min_data_in_leaf?: number };
    readonly scores: Readonly<Record<string, number>>;
    readonly spread: Readonly<Record<string, number>>;
  }
  const reference = fixture<{ train: { seed: number; rows: number }; test: { seed: number; rows: number }; trees: number; cases: Case[] }>(
    'boosting',
  );
  const train = synthetic(reference.train.seed, reference.train.rows, true);
  const test = synthetic(reference.test.seed, reference.test.rows, true);
  const labelOf = { binary: 'binary', regression: 'number', poisson: 'count' } as const;

  // The two differ in the bounds of bins and in the side of missing values. The spread is what LightGBM's own scores do when its number
  // of bins goes from 200 to 255, a choice of the same kind; two draws differ by less than twice that.
  it.each(reference.cases)('$objective $settings', async ({ objective, settings, scores, spread }) => {
    const kind = labelOf[objective];
    const data = { ...train.matrix, label: train.labels[kind] };
    const own: Settings = {
      trees: reference.trees,
      leaves: settings.num_leaves ?? 31,
      depth: settings.max_depth ?? null,
      l2: settings.lambda_l2 ?? 0,
      min_leaf: settings.min_data_in_leaf ?? 20,
    };
    const model = await gradientBoosting.fit(data, allRows(data), null, own, fitContext(kind));
    const figures = figuresOf(test.labels[kind], model.predict(test.matrix, allRows(test.matrix)));
    for (const [name, value] of Object.entries(scores))
      expect(Math.abs((figures[name] ?? Number.NaN) - value), name).toBeLessThan(2 * (spread[name] ?? 0));
  });
});

describe('gradient_boosting', () => {
  const { matrix } = synthetic(5, 3000, true);
  const train = allRows(matrix).subarray(0, 2000);
  const validate = allRows(matrix).subarray(2000);

  it('is the same twice, and after it was stored', async () => {
    const trained = () => gradientBoosting.fit(matrix, train, null, { trees: 20 }, fitContext('binary'));
    const [one, two] = [await trained(), await trained()];
    expect(JSON.stringify(one.state)).toBe(JSON.stringify(two.state));
    const again = gradientBoosting.load(JSON.parse(JSON.stringify(one.state)));
    expect(again.predict(matrix, validate)).toEqual(one.predict(matrix, validate));
  });

  it('stops early, and keeps the trees up to the best round', async () => {
    const notes: string[] = [];
    const context = fitContext('binary', { earlyStop: 5, progress: (_done, _total, note) => notes.push(note ?? '') });
    const stopped = await gradientBoosting.fit(matrix, train, validate, { trees: 500, learning_rate: 0.3, leaves: 5 }, context);
    const losses = notes.map(note => Number(/validate ([\d.]+)$/.exec(note)?.[1]));
    expect(losses.length).toBeLessThan(500);
    const best = losses.length - 5;
    const same = await gradientBoosting.fit(matrix, train, null, { trees: best, learning_rate: 0.3, leaves: 5 }, fitContext('binary'));
    expect(stopped.predict(matrix, validate)).toEqual(same.predict(matrix, validate));
  });

  it.each(['binary', 'number', 'count'] as const)('knows the scores of its training rows to the byte: %s', async label => {
    const model = await gradientBoosting.fit(matrix, train, null, { trees: 30 }, fitContext(label));
    expect(model.known?.rows).toEqual(train);
    expect(model.known?.scores).toEqual(model.predict(matrix, train));
  });

  it('knows the scores of several classes to the byte', async () => {
    const label = matrix.label.map((y, i) => y + (i % 2));
    const model = await gradientBoosting.fit({ ...matrix, label }, train, null, { trees: 10 }, fitContext('classes', { classes: ['a', 'b', 'c'] }));
    expect(model.known?.scores).toEqual(model.predict(matrix, train));
  });

  it('needs rows to stop early by', async () => {
    await expect(gradientBoosting.fit(matrix, train, null, {}, fitContext('binary', { earlyStop: 5 }))).rejects.toMatchObject({ code: 'no-rows' });
  });

  it('learns from a column of nulls and a constant without complaint', async () => {
    const data = matrixOf([number('empty', [none, none, none, none]), number('constant', [1, 1, 1, 1])], [0, 1, 0, 1]);
    expect(await predictions(data, 'binary', {})).toEqual(close([0.5, 0.5, 0.5, 0.5]));
  });

  it('refuses one class and negative counts', async () => {
    const one = matrixOf([number('x', [1, 2])], [0, 0]);
    await expect(gradientBoosting.fit(one, allRows(one), null, {}, fitContext('binary'))).rejects.toMatchObject({ code: 'one-class' });
    const negative = matrixOf([number('x', [1, 2])], [-1, 2]);
    await expect(gradientBoosting.fit(negative, allRows(negative), null, {}, fitContext('count'))).rejects.toMatchObject({ code: 'label' });
  });

  it('keeps to the direction of monotone features', async () => {
    const { matrix: data, labels } = synthetic(9, 3000, true);
    const wavy = { ...data, label: labels.number };
    const spread = Float64Array.from({ length: data.rows }, (_, i) => (i % 60) / 20 - 1.5);
    // Fifty rows, each with the first feature at sixty values.
    const swept = { ...data, columns: data.columns.map((column, k) => sweep(column, k === 0 ? spread : null)) };
    const turns = async (settings: Settings): Promise<readonly [rises: number, falls: number]> => {
      const model = await gradientBoosting.fit(wavy, allRows(wavy), null, { min_leaf: 5, ...settings }, fitContext('number'));
      const p = model.predict(swept, allRows(swept));
      const steps = Array.from(p.keys())
        .filter(i => i % 60 > 0)
        .map(i => (p[i] ?? 0) - (p[i - 1] ?? 0));
      return [steps.filter(step => step > 0).length, steps.filter(step => step < 0).length];
    };
    const [rises, falls] = await turns({});
    expect(Math.min(rises, falls)).toBeGreaterThan(0);
    const rising = await turns({ increasing: ['x1'] });
    expect(rising[0]).toBeGreaterThan(0);
    expect(rising[1]).toBe(0);
    expect((await turns({ decreasing: ['x1'] }))[0]).toBe(0);
  });

  it('says which monotone feature cannot be', async () => {
    const refused = (settings: Settings, label: LabelKind = 'binary') =>
      gradientBoosting.fit(matrix, train, null, settings, fitContext(label, { classes: label === 'classes' ? ['a', 'b'] : null }));
    await expect(refused({ increasing: ['x9'] })).rejects.toThrow('`increasing` names `x9`, which is not among the features.');
    await expect(refused({ increasing: ['c'] })).rejects.toThrow('`increasing` names `c`, a category, which has no order.');
    await expect(refused({ increasing: ['x1'], decreasing: ['x1'] })).rejects.toThrow('`decreasing` names `x1`, which `increasing` names too.');
    await expect(refused({ increasing: ['x1'] }, 'classes')).rejects.toThrow('several classes');
  });

  it('stops when it is cancelled', async () => {
    const { matrix: large } = synthetic(3, 60_000, false);
    await expect(gradientBoosting.fit(large, allRows(large), null, {}, fitContext('binary', { cancelled: () => true }))).rejects.toMatchObject({
      name: 'LearnCancelled',
    });
  });
});

/** Each of the first fifty values sixty times over; or other values. */
function sweep(column: MatrixColumn, values: Float64Array | null): MatrixColumn {
  if (column.kind === 'category') return { ...column, codes: column.codes.map((_, i) => column.codes[Math.floor(i / 60)] ?? 0) };
  return { ...column, values: values ?? column.values.map((_, i) => column.values[Math.floor(i / 60)] ?? 0) };
}

function figuresOf(truth: Float64Array, p: Float64Array): Readonly<Record<string, number>> {
  const y = (i: number) => truth[i] ?? 0;
  return {
    auc: auc(truth, p),
    log_loss: mean(p.map((value, i) => -Math.log(y(i) === 1 ? value : 1 - value))),
    rmse: Math.sqrt(mean(p.map((value, i) => (value - y(i)) ** 2))),
    poisson_deviance: mean(p.map((value, i) => 2 * ((y(i) > 0 ? y(i) * Math.log(y(i) / value) : 0) - y(i) + value))),
  };
}

function mean(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function auc(label: Float64Array, score: Float64Array): number {
  const order = Array.from(score.keys()).sort((a, b) => (score[a] ?? 0) - (score[b] ?? 0));
  let ranks = 0;
  let positives = 0;
  order.forEach((row, place) => {
    if (label[row] !== 1) return;
    ranks += place + 1;
    positives += 1;
  });
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (label.length - positives));
}
