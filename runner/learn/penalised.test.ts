import { describe, expect, it } from 'vitest';
import { elasticNet, lasso } from './elasticNet.ts';
import { fitContext } from './fixtures/context.ts';
import { allRows, fixture, matrixOf, synthetic } from './fixtures/read.ts';
import type { Learner, Settings } from './learner.ts';
import { linearRegression } from './linearRegression.ts';
import { logisticRegression } from './logisticRegression.ts';
import type { Matrix } from './matrix.ts';
import { poissonRegression } from './poissonRegression.ts';
import { learnerNamed } from './registry.ts';
import { ridge } from './ridge.ts';

interface Reference {
  readonly weighted: boolean;
  readonly intercept: number;
  readonly coefficients: readonly number[];
  readonly first: readonly number[];
}

const reference = fixture<{
  seed: number;
  rows: number;
  logistic: (Reference & { l1: number; l2: number })[];
  net: (Reference & { alpha: number; l1_ratio: number })[];
  multinomial: { l1: number; l2: number; weighted: boolean; intercept: number[]; coefficients: number[][]; first: number[] }[];
  poisson: (Reference & { alpha: number })[];
}>('penalised');
const { matrix, labels } = synthetic(reference.seed, reference.rows, false);

const withLabel = (label: Float64Array, weighted: boolean): Matrix => ({
  ...matrix,
  label,
  weight: weighted ? Float64Array.from(label, (_, i) => 1 + (i % 3)) : null,
});

function coefficients(state: unknown): number[] {
  const { terms } = state as { terms: { coefficient?: number; coefficients?: number[] }[] };
  return terms.flatMap(term => term.coefficients ?? [term.coefficient ?? Number.NaN]);
}

const close = (values: ArrayLike<number>, digits: number) => Array.from(values, value => expect.closeTo(value, digits));
const number = (name: string, values: readonly number[]) => ({ kind: 'number' as const, name, values: Float64Array.from(values) });

const firstRows = Int32Array.of(0, 1, 2, 3, 4);

async function expectModel(learner: Learner, data: Matrix, kind: 'binary' | 'number' | 'count', settings: Settings, of: Reference, digits: number) {
  const model = await learner.fit(data, allRows(data), null, settings, fitContext(kind));
  expect(model.state['intercept']).toBeCloseTo(of.intercept, digits);
  expect(coefficients(model.state)).toEqual(close(of.coefficients, digits));
  expect(coefficients(model.state).map(value => value === 0)).toEqual(of.coefficients.map(value => value === 0));
  expect([...model.predict(data, firstRows)]).toEqual(close(of.first, digits));
  const again = learner.load(JSON.parse(JSON.stringify(model.state)));
  expect(again.predict(data, allRows(data))).toEqual(model.predict(data, allRows(data)));
}

describe('logistic_regression with l1', () => {
  // The reference is a stochastic solver that stops when no coefficient moves by more than 1e-14 of the largest in a pass.
  it.each(reference.logistic)('equals scikit-learn at l1 $l1, l2 $l2, weighted $weighted', async of => {
    await expectModel(logisticRegression, withLabel(labels.binary, of.weighted), 'binary', { l1: of.l1, l2: of.l2 }, of, 7);
  });
});

describe('logistic_regression of several classes', () => {
  const several = labels.count.map(value => Math.min(3, value));
  const names = ['never', 'once', 'twice', 'more'];

  // At l1 the reference is the stochastic solver again; else Newton's method.
  it.each(reference.multinomial)('equals scikit-learn at l1 $l1, l2 $l2, weighted $weighted', async of => {
    const data = withLabel(several, of.weighted);
    const context = fitContext('classes', { classes: names });
    const model = await logisticRegression.fit(data, allRows(data), null, { l1: of.l1, l2: of.l2 }, context);
    expect(model.findings).toEqual([]);
    const { outputs } = model.state as unknown as { outputs: { terms: { coefficient?: number; coefficients?: number[] }[] }[] };
    // With absolute penalties alone, of an even number of classes, the same move of all leaves everything as it is: only scores are determined.
    for (const [k, output] of outputs.entries()) if (of.l2 > 0) expect(coefficients(output)).toEqual(close(of.coefficients[k] ?? [], 6));
    expect([...model.predict(data, firstRows)]).toEqual(close(of.first, 7));
    const again = logisticRegression.load(JSON.parse(JSON.stringify(model.state)));
    expect(again.predict(data, allRows(data))).toEqual(model.predict(data, allRows(data)));
  });

  it('gives a class that train does not have no chance, and finds separation', async () => {
    const data = matrixOf([number('x', [1, 2, 3, 11, 12, 13])], [0, 0, 0, 2, 2, 2]);
    const context = fitContext('classes', { classes: ['a', 'b', 'c'] });
    const model = await logisticRegression.fit(data, allRows(data), null, { l2: 1 }, context);
    const [a, b, c] = model.predict(data, Int32Array.of(5));
    expect(b).toBe(0);
    expect(c).toBeGreaterThan(a ?? 1);
    const free = await logisticRegression.fit(data, allRows(data), null, { l2: 0 }, context);
    expect(free.findings.map(f => f.rule)).toEqual(['perfect-separation']);
  });
});

describe('elastic_net and lasso', () => {
  it.each(reference.net)('equal scikit-learn at alpha $alpha, l1_ratio $l1_ratio, weighted $weighted', async of => {
    const data = withLabel(labels.number, of.weighted);
    await expectModel(elasticNet, data, 'number', { alpha: of.alpha, l1_ratio: of.l1_ratio }, of, 8);
    if (of.l1_ratio === 1) await expectModel(lasso, data, 'number', { alpha: of.alpha }, of, 8);
  });

  it('say that the penalty leaves nothing of the features', async () => {
    const data = withLabel(labels.number, false);
    const model = await lasso.fit(data, allRows(data), null, { alpha: 1000 }, fitContext('number'));
    expect(model.findings).toEqual([expect.objectContaining({ rule: 'all-coefficients-zero', help: 'Lower `alpha`, which is 1000.' })]);
  });

  it('say that the passes were not enough', async () => {
    const data = withLabel(labels.number, false);
    const model = await elasticNet.fit(data, allRows(data), null, { alpha: 0.01, max_iterations: 1 }, fitContext('number'));
    expect(model.findings.map(f => f.rule)).toEqual(['not-converged']);
  });

  it('reach the optimum where columns nearly repeat each other', async () => {
    const x = Array.from({ length: 60 }, (_, i) => Math.sin(i));
    const near = x.map((value, i) => value + 1e-4 * Math.cos(3 * i));
    const data = matrixOf(
      [number('x', x), number('near', near)],
      x.map((value, i) => 2 * value + 0.1 * Math.cos(7 * i)),
    );
    const model = await lasso.fit(data, allRows(data), null, { alpha: 1e-6 }, fitContext('number'));
    expect(model.findings).toEqual([]);
  });
});

describe('ridge', () => {
  it('is linear regression with a penalty', async () => {
    const data = withLabel(labels.number, true);
    const a = await ridge.fit(data, allRows(data), null, { alpha: 50 }, fitContext('number'));
    const b = await linearRegression.fit(data, allRows(data), null, { l2: 50 }, fitContext('number'));
    expect(a.predict(data, allRows(data))).toEqual(b.predict(data, allRows(data)));
    expect(a.kind).toBe('ridge');
  });
});

describe('poisson_regression', () => {
  it.each(reference.poisson)('equals scikit-learn at alpha $alpha, weighted $weighted', async of => {
    await expectModel(poissonRegression, withLabel(labels.count, of.weighted), 'count', { alpha: of.alpha }, of, 8);
  });

  it('refuses labels below 0 and labels that are all 0', async () => {
    const x = number('x', [1, 2, 3]);
    const fitTo = (label: readonly number[]) => {
      const data = matrixOf([x], label);
      return poissonRegression.fit(data, allRows(data), null, {}, fitContext('count'));
    };
    await expect(fitTo([1, -1, 2])).rejects.toMatchObject({ code: 'label', message: 'The label is a count, and below 0 in 1 training rows.' });
    await expect(fitTo([0, 0, 0])).rejects.toMatchObject({ code: 'one-class' });
  });

  it('survives labels that differ by orders of magnitude', async () => {
    const x = [1, 2, 3, 4, 5, 6];
    const data = matrixOf([number('x', x)], [0, 1, 20, 400, 8000, 160_000]);
    const model = await poissonRegression.fit(data, allRows(data), null, { alpha: 0 }, fitContext('count'));
    expect(model.findings).toEqual([]);
    expect(model.predict(data, Int32Array.of(5))[0]).toBeCloseTo(160_000, -4);
  });
});

it.each(['lasso', 'elastic_net', 'poisson_regression', 'ridge'])('%s stops when it is cancelled', async name => {
  const data = withLabel(labels.count, false);
  const cancelled = fitContext('count', { cancelled: () => true });
  await expect(learnerNamed(name).fit(data, allRows(data), null, {}, cancelled)).rejects.toMatchObject({ name: 'LearnCancelled' });
});
