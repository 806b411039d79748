import { describe, expect, it } from 'vitest';
import { fitContext } from '../fixtures/context.ts';
import { allRows, synthetic } from '../fixtures/read.ts';
import { logistic } from '../linearModel.ts';
import { addSlopes, headOf, meanLoss } from '../netHead.ts';
import { neuralNet } from '../neuralNet.ts';
import { random } from '../random.ts';
import { type BackendName, backendNames, loadTensor, type Tensor } from './backend.ts';
import { batchGradient, initialLayers, parametersOf, slopesOf } from './network.ts';

const available = (
  await Promise.all(
    backendNames.map(name =>
      loadTensor(name).then(
        tensor => [tensor],
        () => [],
      ),
    ),
  )
).flat();
const required = (process.env['CUPEL_REQUIRE_BACKENDS'] ?? 'wasm,cpu').split(',').filter(Boolean);

async function gradientOn({ tf, activate }: Tensor, batchNorm: boolean): Promise<number[]> {
  await activate();
  const source = random(9);
  const layers = initialLayers(12, [16, 8], [0.2], source, batchNorm);
  const rows = 64;
  const x = Float32Array.from({ length: rows * 12 }, () => source.normal());
  const y = Array.from({ length: rows }, () => Math.round(source.uniform()));
  const slope = (z: Float32Array) => z.map((value, i) => (logistic(value) - (y[i] ?? 0)) / rows);
  return slopesOf(batchGradient(tf, layers, x, rows, slope, null).layers).flatMap(slopes => [...slopes]);
}

describe('tensor backends', () => {
  it(`has what is required: ${required.join(', ')} (here: ${available.map(tensor => `${tensor.name} ${tensor.version}`).join(', ')})`, () => {
    expect(available.map(tensor => tensor.name)).toEqual(expect.arrayContaining(required));
  });

  it.each([false, true])('agree in one gradient step to 1e-5, batch_norm %s', async batchNorm => {
    const [first, ...others] = available;
    const expected = first ? await gradientOn(first, batchNorm) : [];
    expect(expected.some(value => Math.abs(value) > 1e-3)).toBe(true);
    for (const other of others) {
      const found = await gradientOn(other, batchNorm);
      expect(Math.max(...found.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)))), other.name).toBeLessThan(1e-5);
    }
  });

  it.each([
    { hidden: [3], outputs: 1, batchNorm: false, dropout: false },
    { hidden: [4, 3], outputs: 3, batchNorm: false, dropout: true },
    { hidden: [3], outputs: 1, batchNorm: true, dropout: false },
    { hidden: [4, 3], outputs: 3, batchNorm: true, dropout: true },
  ])('agree with differences of the loss: %j', async ({ hidden, outputs, batchNorm, dropout }) => {
    const [tensor] = available;
    if (!tensor) throw new Error('No backend is available.');
    await tensor.activate();
    const source = random(4);
    const rows = 6;
    const layers = initialLayers(2, hidden, new Array<number>(outputs).fill(0.1), source, batchNorm);
    for (const { biases, norm } of layers) {
      for (const values of norm ? [biases, norm.scale] : [biases]) values.set(values.map(value => value + 0.2 * source.normal()));
    }
    const x = Float32Array.from({ length: rows * 2 }, () => source.normal());
    const y = Float64Array.from({ length: rows }, (_, i) => i % Math.max(2, outputs));
    const w = new Float64Array(rows).fill(1 / rows);
    const head = headOf(outputs > 1 ? 'classes' : 'binary', outputs, y);
    const masks = dropout ? layers.slice(0, -1).map(({ units }) => Float32Array.from({ length: rows * units }, (_, i) => (i % 3 ? 1.5 : 0))) : null;
    const seen = () => {
      let outputs = new Float64Array();
      const slope = (z: Float32Array) => {
        outputs = Float64Array.from(z);
        const out = new Float32Array(z.length);
        for (const [i, label] of y.entries()) addSlopes(head, z, i * head.outputs, label, w[i] ?? 0, out);
        return out;
      };
      const gradient = batchGradient(tensor.tf, layers, x, rows, slope, masks, true);
      return { gradient, loss: meanLoss(head, outputs, y, w) };
    };
    const { gradient } = seen();
    const checked = [...parametersOf(layers, 0).map(({ values }) => values), x];
    const slopes = [...slopesOf(gradient.layers), gradient.inputs ?? new Float32Array()];
    checked.forEach((values, k) => {
      for (let i = 0; i < values.length; i++) {
        const kept = values[i] ?? 0;
        const lossAt = (value: number) => {
          values[i] = value;
          return seen().loss;
        };
        const found = (lossAt(kept + 0.001) - lossAt(kept - 0.001)) / 0.002;
        values[i] = kept;
        // Single precision over a step of 0.002: some 1e-7/0.002, and the curvature.
        expect(Math.abs(found - (slopes[k]?.[i] ?? Number.NaN)), `${k}.${i}`).toBeLessThan(2e-3);
      }
    });
  });

  it.each(available.map(tensor => tensor.name))('%s trains, the same twice', async name => {
    const { matrix } = synthetic(31, 1500, false);
    const train = allRows(matrix).subarray(0, 1000);
    const test = allRows(matrix).subarray(1000);
    const trained = async (on: BackendName) =>
      neuralNet.fit(
        matrix,
        train,
        null,
        { epochs: 15, hidden: [16, 8], batch: 50, learning_rate: 0.01 },
        fitContext('binary', { tensor: () => loadTensor(on) }),
      );
    const model = await trained(name);
    expect(JSON.stringify((await trained(name)).state)).toBe(JSON.stringify(model.state));
    const loss = (p: Float64Array) =>
      p.reduce((total, value, i) => total - Math.log(matrix.label[test[i] ?? 0] === 1 ? value : 1 - value), 0) / p.length;
    const reference = await trained('cpu');
    expect(Math.abs(loss(model.predict(matrix, test)) - loss(reference.predict(matrix, test)))).toBeLessThan(0.01);
  });
});

describe('loadTensor', () => {
  it('prefers native, then WebAssembly', async () => {
    expect((await loadTensor('auto')).name).toBe(available[0]?.name);
  });

  it('computes on the backend that was asked for last', async () => {
    for (const { name, tf } of available) {
      await loadTensor(name);
      expect(tf.getBackend()).toBe(name === 'tfjs-node' ? 'tensorflow' : name);
    }
  });

  it('says how to get the native backend where it is not built', async () => {
    if (available.some(tensor => tensor.name === 'tfjs-node')) {
      expect((await loadTensor('tfjs-node')).version).toMatch(/TensorFlow \d/);
      return;
    }
    await expect(loadTensor('tfjs-node')).rejects.toMatchObject({ code: 'no-backend', help: expect.stringContaining('npm run tfjs-native') });
  });
});
