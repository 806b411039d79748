import { describe, expect, it } from 'vitest';
import { fitContext } from './fixtures/context.ts';
import { allRows, matrixOf, synthetic } from './fixtures/read.ts';
import type { LabelKind } from './learner.ts';
import { neuralNet } from './neuralNet.ts';
import { loadTensor } from './tensor/backend.ts';

const contextOn = (label: LabelKind, more = {}) => fitContext(label, { tensor: () => loadTensor('cpu'), ...more });
const number = (name: string, values: readonly number[]) => ({ kind: 'number' as const, name, values: Float64Array.from(values) });
const quick = { hidden: [8], batch: 16, learning_rate: 0.02 };

describe('neural_net', () => {
  it('learns what no linear model can', async () => {
    const points = Array.from({ length: 200 }, (_, i) => [i % 2, Math.floor(i / 2) % 2] as const);
    const data = matrixOf(
      [
        number(
          'a',
          points.map(([a]) => a),
        ),
        number(
          'b',
          points.map(([, b]) => b),
        ),
      ],
      points.map(([a, b]) => (a === b ? 0 : 1)),
    );
    const model = await neuralNet.fit(data, allRows(data), null, { ...quick, epochs: 40 }, contextOn('binary'));
    const predicted = model.predict(data, allRows(data));
    expect([...predicted].every((p, i) => p >= 0.5 === (data.label[i] === 1))).toBe(true);
  });

  it('predicts numbers and counts on the scale of the label', async () => {
    const { matrix, labels } = synthetic(8, 800, false);
    const far = { ...matrix, label: labels.number.map(value => 1e6 + 1e3 * value) };
    const model = await neuralNet.fit(far, allRows(far), null, { ...quick, epochs: 10 }, contextOn('number'));
    const error = (predicted: Float64Array, label: Float64Array) => predicted.reduce((total, p, i) => total + (p - (label[i] ?? 0)) ** 2, 0);
    const mean = far.label.reduce((a, b) => a + b) / far.rows;
    expect(error(model.predict(far, allRows(far)), far.label)).toBeLessThan(0.5 * error(new Float64Array(far.rows).fill(mean), far.label));
    const counts = { ...matrix, label: labels.count };
    const counted = (await neuralNet.fit(counts, allRows(counts), null, { ...quick, epochs: 5 }, contextOn('count'))).predict(
      counts,
      allRows(counts),
    );
    expect([...counted].every(value => value > 0)).toBe(true);
    const total = (values: Float64Array) => values.reduce((a, b) => a + b);
    expect(total(counted) / total(labels.count)).toBeGreaterThan(0.8);
    expect(total(counted) / total(labels.count)).toBeLessThan(1.25);
  });

  it('predicts the same after it was stored, without a tensor backend', async () => {
    const { matrix } = synthetic(8, 200, false);
    const model = await neuralNet.fit(matrix, allRows(matrix), null, { ...quick, epochs: 2, dropout: 0.2 }, contextOn('binary'));
    const again = neuralNet.load(JSON.parse(JSON.stringify(model.state)));
    expect(again.predict(matrix, allRows(matrix))).toEqual(model.predict(matrix, allRows(matrix)));
  });

  it('stops early and keeps the best epoch', async () => {
    const { matrix } = synthetic(8, 300, false);
    const notes: string[] = [];
    const context = contextOn('binary', { earlyStop: 3, progress: (_done: number, _total: number, note: string | null) => notes.push(note ?? '') });
    const train = allRows(matrix).subarray(0, 100);
    const stopped = await neuralNet.fit(matrix, train, allRows(matrix).subarray(100), { ...quick, epochs: 400 }, context);
    expect(notes.length).toBeLessThan(400);
    const same = await neuralNet.fit(matrix, train, null, { ...quick, epochs: notes.length - 3 }, contextOn('binary'));
    expect(stopped.predict(matrix, train)).toEqual(same.predict(matrix, train));
  });

  it('refuses nulls, naming the column', async () => {
    const holes = matrixOf([number('age', [1, Number.NaN])], [0, 1]);
    await expect(neuralNet.fit(holes, allRows(holes), null, quick, contextOn('binary'))).rejects.toMatchObject({ code: 'null-input', column: 'age' });
  });

  it('stops when it is cancelled', async () => {
    const { matrix } = synthetic(8, 5000, false);
    await expect(neuralNet.fit(matrix, allRows(matrix), null, quick, contextOn('binary', { cancelled: () => true }))).rejects.toMatchObject({
      name: 'LearnCancelled',
    });
  });
});
