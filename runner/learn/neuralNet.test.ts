import { describe, expect, it } from 'vitest';
import { predictedClasses } from '../judge/classes.ts';
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

  it('gives a probability for each of several classes', async () => {
    const points = Array.from({ length: 300 }, (_, i) => ((i * 37) % 300) / 300);
    const data = matrixOf(
      [number('x', points)],
      points.map(x => (x < 0.3 ? 2 : x < 0.7 ? 0 : 3)),
    );
    const context = contextOn('classes', { classes: ['a', 'never', 'c', 'd'] });
    const model = await neuralNet.fit(data, allRows(data), null, { ...quick, epochs: 60 }, context);
    const scores = model.predict(data, allRows(data));
    expect(scores).toHaveLength(4 * data.rows);
    const right = predictedClasses(scores, 4).filter((code, i) => code === data.label[i]);
    expect(right.length).toBeGreaterThan(285);
    expect(Math.max(...scores.filter((_, at) => at % 4 === 1))).toBeLessThan(1e-3);
  });

  // Each level has a value of its own that only the label shows.
  const levels = Array.from({ length: 40 }, (_, k) => `l${String(k).padStart(2, '0')}`);
  const codes = Int32Array.from({ length: 800 }, (_, i) => (i * 7) % 40);
  const named = matrixOf(
    [
      { kind: 'category', name: 'c', levels, codes },
      number(
        'x',
        Array.from(codes, (_, i) => Math.sin(i)),
      ),
    ],
    Array.from(codes, (code, i) => Math.cos(code) + 0.5 * Math.sin(i)),
  );

  it('places categories with many levels in a few dimensions', async () => {
    const settings = { ...quick, epochs: 30, embedding: 3, hidden: [16] };
    const model = await neuralNet.fit(named, allRows(named), null, settings, contextOn('number'));
    const { embeddings, layers } = model.state as unknown as { embeddings: { width: number }[]; layers: { inputs: number }[] };
    expect(embeddings.map(e => e.width)).toEqual([3]);
    expect(layers[0]?.inputs).toBe(4);
    const predicted = model.predict(named, allRows(named));
    const error = predicted.reduce((total, p, i) => total + (p - (named.label[i] ?? 0)) ** 2, 0) / named.rows;
    expect(error).toBeLessThan(0.05);
    const again = neuralNet.load(JSON.parse(JSON.stringify(model.state)));
    expect(again.predict(named, allRows(named))).toEqual(predicted);
    const other = matrixOf([{ kind: 'category', name: 'c', levels: ['l05', 'z'], codes: Int32Array.of(0, 1) }, number('x', [0, 0])], [0, 0]);
    const [known, unseen] = model.predict(other, allRows(other));
    expect(known).toBeCloseTo(Math.cos(5), 0);
    expect(unseen).not.toBe(known);
  });

  it('one-hot encodes categories with no more levels than dimensions', async () => {
    const model = await neuralNet.fit(named, allRows(named), null, { ...quick, epochs: 1, embedding: 40 }, contextOn('number'));
    expect(model.state['embeddings']).toEqual([null]);
  });

  it('normalises batches while it learns, and by running means when it predicts', async () => {
    const far = {
      ...named,
      columns: named.columns.filter(c => c.kind === 'number'),
      label: Float64Array.from(codes, (_, i) => Math.abs(Math.sin(i))),
    };
    const settings = { ...quick, epochs: 60, batch_norm: true, hidden: [16, 16] };
    const model = await neuralNet.fit(far, allRows(far), null, settings, contextOn('number'));
    const error = (p: Float64Array) => p.reduce((total, value, i) => total + (value - (far.label[i] ?? 0)) ** 2, 0) / far.rows;
    expect(error(model.predict(far, allRows(far)))).toBeLessThan(0.01);
    const plain = await neuralNet.fit(far, allRows(far), null, { ...settings, batch_norm: false }, contextOn('number'));
    expect(plain.predict(far, Int32Array.of(0))).not.toEqual(model.predict(far, Int32Array.of(0)));
  });

  it('weighs rows: weight 0 is a row that is not there', async () => {
    const half = { ...named, weight: Float64Array.from(codes, (_, i) => (i < 400 ? 1 : 0)) };
    const settings = { ...quick, epochs: 2 };
    const a = await neuralNet.fit(half, allRows(half), null, settings, contextOn('number'));
    const b = await neuralNet.fit(named, allRows(named).subarray(0, 400), null, settings, contextOn('number'));
    expect(a.state).toEqual(b.state);
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
