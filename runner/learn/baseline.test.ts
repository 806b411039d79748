import { describe, expect, it } from 'vitest';
import { baseline } from './baseline.ts';
import { fitContext } from './fixtures/context.ts';
import { allRows, fixture, matrixOf, synthetic } from './fixtures/read.ts';

const { seed, rows, cases } = fixture<{
  readonly seed: number;
  readonly rows: number;
  readonly cases: readonly {
    readonly label: 'binary' | 'number' | 'count' | 'classes';
    readonly weighted: boolean;
    readonly prediction: readonly number[];
  }[];
}>('baseline');

describe('baseline', () => {
  it.each(cases)('predicts for a label of kind $label what DummyClassifier or DummyRegressor does, weighted $weighted', async of => {
    const { matrix, labels } = synthetic(seed, rows, false);
    const values = of.label === 'classes' ? labels.count.map(count => Math.min(3, count)) : labels[of.label];
    const weight = of.weighted ? Float64Array.from({ length: rows }, (_, i) => 1 + (i % 3)) : null;
    const data = matrixOf(matrix.columns, values, weight);
    const context = fitContext(of.label, of.label === 'classes' ? { classes: ['0', '1', '2', '3'] } : {});
    const model = await baseline.fit(data, allRows(data), null, {}, context);
    const said = [...model.predict(data, Int32Array.of(0))];
    expect(said).toHaveLength(of.prediction.length);
    for (const [i, value] of of.prediction.entries()) expect(said[i]).toBeCloseTo(value, 12);
  });
});
