import { describe, expect, it } from 'vitest';
import { fitContext } from '../fixtures/context.ts';
import { allRows, synthetic } from '../fixtures/read.ts';
import { logistic } from '../linearModel.ts';
import { neuralNet } from '../neuralNet.ts';
import { random } from '../random.ts';
import { type BackendName, backendNames, loadTensor, type Tensor } from './backend.ts';
import { batchGradient, initialLayers } from './network.ts';

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

async function gradientOn({ tf, activate }: Tensor): Promise<number[]> {
  await activate();
  const source = random(9);
  const layers = initialLayers(12, [16, 8], 0.2, source);
  const rows = 64;
  const x = Float32Array.from({ length: rows * 12 }, () => source.normal());
  const y = Array.from({ length: rows }, () => Math.round(source.uniform()));
  const slope = (z: Float32Array) => z.map((value, i) => (logistic(value) - (y[i] ?? 0)) / rows);
  return batchGradient(tf, layers, x, rows, slope, null).flatMap(gradient => [...gradient.weights, ...gradient.biases]);
}

describe('tensor backends', () => {
  it(`has what is required: ${required.join(', ')} (here: ${available.map(tensor => `${tensor.name} ${tensor.version}`).join(', ')})`, () => {
    expect(available.map(tensor => tensor.name)).toEqual(expect.arrayContaining(required));
  });

  it('agree in one gradient step to 1e-5', async () => {
    const [first, ...others] = available;
    const expected = first ? await gradientOn(first) : [];
    expect(expected.some(value => Math.abs(value) > 1e-3)).toBe(true);
    for (const other of others) {
      const found = await gradientOn(other);
      expect(Math.max(...found.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)))), other.name).toBeLessThan(1e-5);
    }
  });

  it('agree with differences of the loss', async () => {
    const [tensor] = available;
    if (!tensor) throw new Error('No backend is available.');
    await tensor.activate();
    const layers = initialLayers(2, [3], 0, random(4));
    const x = Float32Array.of(0.5, -1, 1.5, 2);
    const y = [1, 0];
    const outputsOf = () => {
      let seen: number[] = [];
      const gradients = batchGradient(
        tensor.tf,
        layers,
        x,
        2,
        z => {
          seen = [...z];
          return z.map((value, i) => logistic(value) - (y[i] ?? 0));
        },
        null,
      );
      return { gradients, loss: seen.reduce((total, z, i) => total + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (y[i] ?? 0) * z, 0) };
    };
    const { gradients } = outputsOf();
    layers.forEach((layer, k) => {
      for (const part of ['weights', 'biases'] as const) {
        for (let i = 0; i < layer[part].length; i++) {
          const kept = layer[part][i] ?? 0;
          const lossAt = (value: number) => {
            layer[part][i] = value;
            return outputsOf().loss;
          };
          const slope = (lossAt(kept + 0.01) - lossAt(kept - 0.01)) / 0.02;
          layer[part][i] = kept;
          // Single precision over a step of 0.01: 1e-7/0.01, and the curvature.
          expect(Math.abs(slope - (gradients[k]?.[part][i] ?? Number.NaN)), `${part} ${k}.${i}`).toBeLessThan(1e-3);
        }
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
