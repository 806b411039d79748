import { describe, expect, it } from 'vitest';
import { fitContext } from './fixtures/context.ts';
import { allRows, fixture, matrixOf, synthetic } from './fixtures/read.ts';
import { kNearest } from './kNearest.ts';
import type { LabelKind } from './learner.ts';
import { linearSvm } from './linearSvm.ts';
import { type Matrix, nullCode, unseenCode } from './matrix.ts';
import { naiveBayes } from './naiveBayes.ts';
import { predictInSteps } from './predict.ts';

const reference = fixture<{
  seed: number;
  rows: number;
  naive: { label: LabelKind; alpha: number; var_smoothing: number; weighted: boolean; first: number[] }[];
  nearest: { label: LabelKind; neighbors: number; weights: string; scores: number[] }[];
  svm: { label: LabelKind; l2: number; weighted: boolean; intercept: number[]; coefficients: number[][] }[];
}>('classifiers');
const { matrix, labels } = synthetic(reference.seed, reference.rows, false);
const several = labels.count.map(value => Math.min(3, value));
const names = ['never', 'once', 'twice', 'more'];

const withLabel = (label: LabelKind, weighted = false): Matrix => ({
  ...matrix,
  label: label === 'classes' ? several : labels[label],
  weight: weighted ? Float64Array.from(several, (_, i) => 1 + (i % 3)) : null,
});
const contextOf = (label: LabelKind) => fitContext(label, { classes: label === 'classes' ? names : null });
const close = (values: ArrayLike<number>, digits: number) => Array.from(values, value => expect.closeTo(value, digits));
const number = (name: string, values: readonly number[]) => ({ kind: 'number' as const, name, values: Float64Array.from(values) });
const category = (name: string, levels: readonly string[], codes: readonly number[]) => ({
  kind: 'category' as const,
  name,
  levels,
  codes: Int32Array.from(codes),
});
const firstRows = Int32Array.of(0, 1, 2, 3, 4);
const rowsFrom = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);

describe('naive_bayes', () => {
  it.each(reference.naive)('equals scikit-learn on $label at alpha $alpha, smoothing $var_smoothing, weighted $weighted', async of => {
    const data = withLabel(of.label, of.weighted);
    const model = await naiveBayes.fit(data, allRows(data), null, { alpha: of.alpha, var_smoothing: of.var_smoothing }, contextOf(of.label));
    expect([...model.predict(data, firstRows)]).toEqual(close(of.first, 9));
    const again = naiveBayes.load(JSON.parse(JSON.stringify(model.state)));
    expect(again.predict(data, allRows(data))).toEqual(model.predict(data, allRows(data)));
  });

  it('takes nulls and unseen levels as saying nothing', async () => {
    const train = matrixOf([number('x', [1, 2, 5, 6, Number.NaN, 7]), category('c', ['a', 'b'], [0, 0, 1, 1, 1, nullCode])], [0, 0, 0, 1, 1, 1]);
    const model = await naiveBayes.fit(train, allRows(train), null, {}, fitContext('binary'));
    const blank = matrixOf([number('x', [Number.NaN, Number.NaN]), category('c', ['z'], [nullCode, unseenCode])], [0, 0]);
    expect([...model.predict(blank, allRows(blank))]).toEqual([0.5, 0.5]);
  });

  it('gives a class without any value what all have, and no chance to a class that train does not have', async () => {
    const train = matrixOf([number('x', [1, 2, 3, Number.NaN, Number.NaN])], [0, 0, 0, 1, 1]);
    const model = await naiveBayes.fit(train, allRows(train), null, {}, fitContext('classes', { classes: ['a', 'b', 'c'] }));
    const [a, b, c] = model.predict(train, Int32Array.of(1));
    expect(c).toBe(0);
    expect((a ?? 0) + (b ?? 0)).toBeCloseTo(1, 12);
    expect(b).toBeCloseTo(0.4, 9);
  });

  it('refuses one class, by its name', async () => {
    const train = matrixOf([number('x', [1, 2])], [1, 1]);
    await expect(naiveBayes.fit(train, allRows(train), null, {}, fitContext('classes', { classes: ['a', 'b', 'c'] }))).rejects.toMatchObject({
      code: 'one-class',
      message: expect.stringContaining('the label "b"'),
    });
  });
});

describe('k_nearest', () => {
  it.each(reference.nearest)('equals scikit-learn on $label with $neighbors neighbours, weights $weights', async of => {
    const data = withLabel(of.label);
    const model = await kNearest.fit(data, rowsFrom(0, 300), null, { neighbors: of.neighbors, weights: of.weights }, contextOf(of.label));
    const scores = model.predict(data, rowsFrom(300, 400));
    expect([...scores]).toEqual(close(of.scores, 10));
    const again = kNearest.load(JSON.parse(JSON.stringify(model.state)));
    expect(again.predict(data, rowsFrom(300, 400))).toEqual(scores);
  });

  it('gives equal distances to the earlier row, and weights each vote', async () => {
    const train = matrixOf([number('x', [0, 1, 1, 1])], [10, 20, 30, 40], [1, 1, 3, 1]);
    const nearest = async (neighbors: number, weights = 'uniform') =>
      (await kNearest.fit(train, allRows(train), null, { neighbors, weights }, fitContext('number'))).predict(train, Int32Array.of(3))[0];
    expect(await nearest(1)).toBe(20);
    expect(await nearest(2)).toBe(27.5);
    expect(await nearest(4, 'distance')).toBe((20 + 90 + 40) / 5);
  });

  it('counts an unseen level as one away from every level, and two levels as two', async () => {
    const train = matrixOf([category('c', ['a', 'b'], [0, 1]), number('x', [0, 0])], [1, 5]);
    const model = await kNearest.fit(train, allRows(train), null, { neighbors: 2, weights: 'distance' }, fitContext('number'));
    const asked = matrixOf([category('c', ['z'], [unseenCode]), number('x', [0])], [0]);
    expect(model.predict(asked, allRows(asked))[0]).toBe(3);
  });

  it('scores in steps that do not show, and stops when it is cancelled', async () => {
    const data = withLabel('classes');
    const model = await kNearest.fit(data, allRows(data), null, {}, contextOf('classes'));
    const stepped = { ...model, rowsAtOnce: 7 };
    expect(await predictInSteps(stepped, data, allRows(data), () => false)).toEqual(model.predict(data, allRows(data)));
    await expect(predictInSteps(stepped, data, allRows(data), () => true)).rejects.toMatchObject({ name: 'LearnCancelled' });
  });

  it('refuses more neighbours than rows, and more values than a model keeps', async () => {
    const few = matrixOf([number('x', [1, 2])], [1, 2]);
    await expect(kNearest.fit(few, allRows(few), null, {}, fitContext('number'))).rejects.toMatchObject({
      code: 'setting',
      message: '`neighbors` is 5, and there are 2 training rows.',
      help: expect.stringContaining('neighbors: 2'),
    });
    const x = number('x', new Array(64).fill(1));
    const wide = matrixOf(
      Array.from({ length: 2 ** 19 }, () => x),
      x.values,
    );
    await expect(kNearest.fit(wide, allRows(wide), null, {}, fitContext('number'))).rejects.toMatchObject({
      message: expect.stringContaining('keeps every training row'),
    });
  });
});

describe('linear_svm', () => {
  // The reference stops at a gradient of up to 7e-6, which at the least penalty is a distance of 7e-7 from the optimum.
  it.each(reference.svm.filter(of => of.label === 'binary'))('equals scikit-learn at l2 $l2, weighted $weighted', async of => {
    const data = withLabel('binary', of.weighted);
    const model = await linearSvm.fit(data, allRows(data), null, { l2: of.l2 }, contextOf('binary'));
    expect(model.findings).toEqual([]);
    const { intercept, terms } = model.state as unknown as { intercept: number; terms: { coefficient?: number; coefficients?: number[] }[] };
    expect(intercept).toBeCloseTo(of.intercept[0] ?? 0, 5);
    expect(terms.flatMap(term => term.coefficients ?? [term.coefficient])).toEqual(close(of.coefficients[0] ?? [], 5));
  });

  it.each(reference.svm.filter(of => of.label === 'classes'))('equals scikit-learn on classes at l2 $l2, weighted $weighted', async of => {
    const data = withLabel('classes', of.weighted);
    const model = await linearSvm.fit(data, allRows(data), null, { l2: of.l2 }, contextOf('classes'));
    const { outputs } = model.state as unknown as { outputs: { intercept: number; terms: { coefficient?: number; coefficients?: number[] }[] }[] };
    outputs.forEach(({ intercept, terms }, k) => {
      expect(intercept).toBeCloseTo(of.intercept[k] ?? Number.NaN, 5);
      expect(terms.flatMap(term => term.coefficients ?? [term.coefficient])).toEqual(close(of.coefficients[k] ?? [], 5));
    });
    const again = linearSvm.load(JSON.parse(JSON.stringify(model.state)));
    expect(again.predict(data, allRows(data))).toEqual(model.predict(data, allRows(data)));
  });

  it('decides at 0.5', async () => {
    const data = matrixOf([number('x', [0, 1, 9, 10])], [0, 0, 1, 1]);
    const model = await linearSvm.fit(data, allRows(data), null, { l2: 1e-6 }, fitContext('binary'));
    const asked = matrixOf([number('x', [4.9, 5, 5.1])], [0, 0, 0]);
    const [below, middle, above] = model.predict(asked, allRows(asked));
    expect(below).toBeLessThan(0.5);
    expect(middle).toBeCloseTo(0.5, 6);
    expect(above).toBeGreaterThan(0.5);
  });
});
