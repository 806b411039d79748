/** Steps of Adam on a dense network give the weights that scikit-learn's MLPClassifier and MLPRegressor give from the same start. */
import { describe, expect, it } from 'vitest';
import { fixture } from '../fixtures/read.ts';
import { addSlopes, headOf } from '../netHead.ts';
import { loadTensor } from './backend.ts';
import { adam, batchGradient, type Layer, parametersOf, slopesOf } from './network.ts';

interface Values {
  readonly weights: readonly number[];
  readonly biases: readonly number[];
}

const { x, rows, steps, learning_rate, l2, cases } = fixture<{
  readonly x: readonly number[];
  readonly rows: number;
  readonly steps: number;
  readonly learning_rate: number;
  readonly l2: number;
  readonly cases: readonly {
    readonly label: 'binary' | 'number' | 'classes';
    readonly y: readonly number[];
    readonly before: readonly Values[];
    readonly after: readonly Values[];
  }[];
}>('network');

describe('neural_net', () => {
  it.each(cases)('learns a label of kind $label as scikit-learn does', async ({ label, y, before, after }) => {
    const { tf, activate } = await loadTensor('wasm');
    await activate();
    const layers = before.map(
      ({ weights, biases }): Layer => ({
        inputs: weights.length / biases.length,
        units: biases.length,
        weights: Float32Array.from(weights),
        biases: Float32Array.from(biases),
        norm: null,
      }),
    );
    const head = { ...headOf(label, 3, Float64Array.from(y)), centre: 0, scale: 1 };
    const update = adam(parametersOf(layers, l2 / rows), learning_rate);
    const slope = (output: Float32Array): Float32Array => {
      const out = new Float32Array(output.length);
      for (const [i, value] of y.entries()) addSlopes(head, output, i * head.outputs, value, 1 / rows, out);
      return out;
    };
    for (let step = 0; step < steps; step++) update(slopesOf(batchGradient(tf, layers, Float32Array.from(x), rows, slope, null).layers));
    const moved = layers.flatMap(({ weights, biases }) => [...weights, ...biases]);
    const wanted = after.flatMap(({ weights, biases }) => [...weights, ...biases]);
    const start = before.flatMap(({ weights, biases }) => [...weights, ...biases]);
    expect(moved).toHaveLength(wanted.length);
    expect(Math.max(...wanted.map((value, i) => Math.abs(value - (start[i] ?? 0))))).toBeGreaterThan(0.1);
    // Single precision here, double there; Adam divides by the size of the slope.
    for (const [i, value] of wanted.entries()) expect(Math.abs((moved[i] ?? Number.NaN) - value), String(i)).toBeLessThan(2e-5);
  });
});
