/**
 * A dense network with ReLU units: its forward and backward pass on a tensor backend. Everything else (parameters, loss, optimiser, random
 * numbers) is plain JavaScript, so that backends differ only in the rounding of their products.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type { Random } from '../random.ts';
import type { TensorFlow } from './tensor.ts';

export interface Layer {
  readonly inputs: number;
  readonly units: number;
  /** Row-major, inputs × units. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

export interface Gradient {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** He's initialisation for ReLU (2015); the output layer starts small, near the constant prediction of its bias. */
export function initialLayers(inputs: number, hidden: readonly number[], outputBias: number, source: Random): readonly Layer[] {
  let width = inputs;
  const layers = hidden.map((units): Layer => {
    const deviation = Math.sqrt(2 / Math.max(1, width));
    const weights = Float32Array.from({ length: width * units }, () => deviation * source.normal());
    const layer = { inputs: width, units, weights, biases: new Float32Array(units) };
    width = units;
    return layer;
  });
  const deviation = Math.sqrt(1 / Math.max(1, width)) / 4;
  const weights = Float32Array.from({ length: width }, () => deviation * source.normal());
  return [...layers, { inputs: width, units: 1, weights, biases: Float32Array.of(outputBias) }];
}

/**
 * The gradient of one batch. `x` is rows × inputs, row-major; `slope` turns the network's outputs into ∂loss/∂output; `masks` multiply the
 * hidden units (dropout), null for none.
 */
export function batchGradient(
  tf: TensorFlow,
  layers: readonly Layer[],
  x: Float32Array,
  rows: number,
  slope: (output: Float32Array) => Float32Array,
  masks: readonly Float32Array[] | null,
): readonly Gradient[] {
  const gradients: Gradient[] = [];
  tf.tidy(() => {
    const weights = layers.map(layer => tf.tensor2d(layer.weights, [layer.inputs, layer.units]));
    const biases = layers.map(layer => tf.tensor1d(layer.biases));
    const maskOf = (k: number) => {
      const mask = masks?.[k];
      return mask ? tf.tensor2d(mask, [rows, layers[k]?.units ?? 0]) : null;
    };
    const hiddenMasks = layers.map((_, k) => maskOf(k));
    const inputs: Core.Tensor2D[] = [tf.tensor2d(x, [rows, layers[0]?.inputs ?? 0])];
    const last = layers.length - 1;
    for (let k = 0; k < last; k++) {
      const [a, b, bias, mask] = [inputs[k], weights[k], biases[k], hiddenMasks[k]];
      if (!a || !b || !bias) continue;
      const active = tf.fused.matMul({ a, b, bias, activation: 'relu' }) as Core.Tensor2D;
      inputs.push(mask ? tf.mul<Core.Tensor2D>(active, mask) : active);
    }
    const [top, outWeights, outBias] = [inputs[last], weights[last], biases[last]];
    if (!top || !outWeights || !outBias) throw new Error('A network has at least an output layer.');
    const output = tf.fused.matMul({ a: top, b: outWeights, bias: outBias, activation: 'linear' });
    let delta = tf.tensor2d(slope(output.dataSync<'float32'>()), [rows, 1]);
    for (let k = last; k >= 0; k--) {
      const [input, weight] = [inputs[k], weights[k]];
      if (!input || !weight) continue;
      gradients.unshift({
        weights: tf.matMul(input, delta, true, false).dataSync<'float32'>(),
        biases: tf.sum(delta, 0).dataSync<'float32'>(),
      });
      if (k === 0) continue;
      const back = tf.mul<Core.Tensor2D>(tf.matMul(delta, weight, false, true), tf.step(input));
      const mask = hiddenMasks[k - 1];
      delta = mask ? tf.mul<Core.Tensor2D>(back, mask) : back;
    }
  });
  return gradients;
}

/** Adam (Kingma and Ba 2015), in place, with a penalty on the weights but not on the biases. */
export function adam(layers: readonly Layer[], learningRate: number, penalty: number): (gradients: readonly Gradient[]) => void {
  const [fade, fadeSquares, tiny] = [0.9, 0.999, 1e-8];
  const zeros = () => layers.map(layer => ({ weights: new Float64Array(layer.weights.length), biases: new Float64Array(layer.biases.length) }));
  const means = zeros();
  const squares = zeros();
  let step = 0;
  return gradients => {
    step += 1;
    const rate = (learningRate * Math.sqrt(1 - fadeSquares ** step)) / (1 - fade ** step);
    const move = (values: Float32Array, slopes: Float32Array, mean: Float64Array, square: Float64Array, l2: number) => {
      for (let i = 0; i < values.length; i++) {
        const slope = (slopes[i] ?? 0) + l2 * (values[i] ?? 0);
        const m = fade * (mean[i] ?? 0) + (1 - fade) * slope;
        const s = fadeSquares * (square[i] ?? 0) + (1 - fadeSquares) * slope * slope;
        mean[i] = m;
        square[i] = s;
        values[i] = (values[i] ?? 0) - (rate * m) / (Math.sqrt(s) + tiny);
      }
    };
    layers.forEach((layer, k) => {
      const [gradient, mean, square] = [gradients[k], means[k], squares[k]];
      if (!gradient || !mean || !square) return;
      move(layer.weights, gradient.weights, mean.weights, square.weights, penalty);
      move(layer.biases, gradient.biases, mean.biases, square.biases, 0);
    });
  };
}
