import { describe, expect, it } from 'vitest';
import { baseline } from './baseline.ts';
import { fitContext } from './fixtures/context.ts';
import { allRows, fixture, matrixOf, synthetic } from './fixtures/read.ts';
import { linearRegression } from './linearRegression.ts';
import { logisticRegression } from './logisticRegression.ts';
import type { Matrix } from './matrix.ts';

interface Reference {
  readonly l2: number;
  readonly weighted: boolean;
  readonly intercept: number;
  readonly coefficients: readonly number[];
  readonly first: readonly number[];
}

const reference = fixture<{ seed: number; rows: number; logistic: Reference[]; linear: Reference[] }>('linear');
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
const category = (name: string, levels: readonly string[], codes: readonly number[]) => ({
  kind: 'category' as const,
  name,
  levels,
  codes: Int32Array.from(codes),
});

describe('logistic_regression', () => {
  // The reference stops at a gradient of 1e-12, this one at 1e-12 a row: both are within 1e-8 of the one optimum.
  it.each(reference.logistic)(
    'equals scikit-learn at l2 $l2, weighted $weighted',
    async ({ l2, weighted, intercept, coefficients: expected, first }) => {
      const data = withLabel(labels.binary, weighted);
      const model = await logisticRegression.fit(data, allRows(data), null, { l2 }, fitContext('binary'));
      expect(model.findings).toEqual([]);
      expect(model.state['intercept']).toBeCloseTo(intercept, 7);
      expect(coefficients(model.state)).toEqual(close(expected, 7));
      expect([...model.predict(data, Int32Array.of(0, 1, 2, 3, 4))]).toEqual(close(first, 8));
    },
  );

  it('predicts the same after it was stored', async () => {
    const data = withLabel(labels.binary, false);
    const model = await logisticRegression.fit(data, allRows(data), null, {}, fitContext('binary'));
    const again = logisticRegression.load(JSON.parse(JSON.stringify(model.state)));
    expect(again.predict(data, allRows(data))).toEqual(model.predict(data, allRows(data)));
  });

  it('gives zero to an unseen level, and finds levels by name', async () => {
    const train = matrixOf([category('c', ['a', 'b'], [0, 0, 0, 1, 1, 1])], [0, 0, 1, 1, 1, 0]);
    const model = await logisticRegression.fit(train, allRows(train), null, { l2: 1 }, fitContext('binary'));
    const [a, b] = model.predict(train, Int32Array.of(0, 3));
    const other = matrixOf([category('c', ['b', 'z'], [0, 1, -2])], [0, 0, 0]);
    const [bAgain, z, unseen] = model.predict(other, allRows(other));
    expect(bAgain).toBe(b);
    expect(z).toBe(unseen);
    expect(z).toBeGreaterThan(Math.min(a ?? 0, b ?? 0));
    expect(z).toBeLessThan(Math.max(a ?? 0, b ?? 0));
  });

  it('leaves collinear columns out when there is no penalty', async () => {
    const x = [0.1, 0.4, 0.35, 0.8, 0.6, 0.2];
    const y = [0, 0, 1, 1, 0, 1];
    const single = matrixOf([number('x', x)], y);
    const double = matrixOf(
      [
        number('x', x),
        number(
          'twice',
          x.map(value => 2 * value),
        ),
      ],
      y,
    );
    const probabilities = async (data: Matrix) =>
      (await logisticRegression.fit(data, allRows(data), null, { l2: 0 }, fitContext('binary'))).predict(data, allRows(data));
    const expected = await probabilities(single);
    expect([...(await probabilities(double))]).toEqual(close(expected, 9));
  });

  it('finds separation, and does not call it an error', async () => {
    const data = matrixOf([number('x', [1, 2, 3, 4])], [0, 0, 1, 1]);
    const model = await logisticRegression.fit(data, allRows(data), null, { l2: 0 }, fitContext('binary'));
    expect(model.findings.map(finding => finding.rule)).toEqual(['perfect-separation']);
    expect(model.predict(data, allRows(data))[3]).toBeGreaterThan(0.99);
  });

  it('refuses one class, and null with the column and the remedy', async () => {
    const one = matrixOf([number('x', [1, 2])], [1, 1]);
    await expect(logisticRegression.fit(one, allRows(one), null, {}, fitContext('binary'))).rejects.toMatchObject({ code: 'one-class' });
    const holes = matrixOf([number('age', [1, Number.NaN, 3])], [1, 0, 1]);
    await expect(logisticRegression.fit(holes, allRows(holes), null, {}, fitContext('binary'))).rejects.toMatchObject({
      code: 'null-input',
      column: 'age',
      message: '`age` is null in 1 of 3 rows; this algorithm needs a value in each.',
      help: expect.stringContaining('age |> impute(median)'),
    });
    const unknown = matrixOf([category('port', ['s'], [0, -1, 0])], [1, 0, 1]);
    await expect(logisticRegression.fit(unknown, allRows(unknown), null, {}, fitContext('binary'))).rejects.toMatchObject({
      code: 'null-input',
      column: 'port',
    });
  });

  it('stops when it is cancelled', async () => {
    const { matrix: large } = synthetic(3, 60_000, false);
    const cancelled = fitContext('binary', { cancelled: () => true });
    await expect(logisticRegression.fit(large, allRows(large), null, {}, cancelled)).rejects.toMatchObject({ name: 'LearnCancelled' });
  });
});

describe('linear_regression', () => {
  it.each(reference.linear)(
    'equals scikit-learn at l2 $l2, weighted $weighted',
    async ({ l2, weighted, intercept, coefficients: expected, first }) => {
      const data = withLabel(labels.number, weighted);
      const model = await linearRegression.fit(data, allRows(data), null, { l2 }, fitContext('number'));
      expect([...model.predict(data, Int32Array.of(0, 1, 2, 3, 4))]).toEqual(close(first, 9));
      if (l2 === 0) return; // Without a penalty the levels and the intercept are collinear: only predictions are determined.
      expect(model.state['intercept']).toBeCloseTo(intercept, 9);
      expect(coefficients(model.state)).toEqual(close(expected, 9));
    },
  );

  it('survives a constant column and columns of very different size', async () => {
    const x = [1, 2, 3, 4, 5];
    const data = matrixOf(
      [
        number('constant', [7, 7, 7, 7, 7]),
        number(
          'large',
          x.map(v => 1e9 + v),
        ),
        number(
          'small',
          x.map(v => 1e-9 * v * v),
        ),
      ],
      x.map(v => 3 + 2 * v - v * v),
    );
    const model = await linearRegression.fit(data, allRows(data), null, {}, fitContext('number'));
    expect([...model.predict(data, allRows(data))]).toEqual(close(data.label, 6));
  });
});

describe('baseline', () => {
  it('predicts the weighted share of train, leaving unlabelled rows out', async () => {
    const data = matrixOf([], [1, 0, 0, Number.NaN], [3, 1, 2, 9]);
    const model = await baseline.fit(data, allRows(data), null, {}, fitContext('binary'));
    expect([...model.predict(data, Int32Array.of(0, 3))]).toEqual([0.5, 0.5]);
  });

  it('refuses no rows', async () => {
    const data = matrixOf([], [Number.NaN]);
    await expect(baseline.fit(data, allRows(data), null, {}, fitContext('binary'))).rejects.toMatchObject({
      code: 'no-rows',
      message: 'None of the 1 training rows has a label.',
    });
    await expect(baseline.fit(data, new Int32Array(), null, {}, fitContext('binary'))).rejects.toMatchObject({
      message: 'There are no rows to learn from.',
    });
  });
});
