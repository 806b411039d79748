/**
 * A dense network with ReLU units, batch normalisation where asked for: its forward and backward pass on a tensor backend. Everything else
 * (normalisation, parameters, loss, optimiser, random numbers) is plain JavaScript, so that backends differ only in the rounding of their
 * products.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type { Random } from '../random.ts';
import type { TensorFlow } from './tensor.ts';

/** What stands between a layer's product and its ReLU (Ioffe and Szegedy, ICML 2015); the layer's biases are added after it. */
export interface Norm {
  readonly scale: Float32Array;
  /** Running mean and variance over batches: what predictions use. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export interface Layer {
  readonly inputs: number;
  readonly units: number;
  /** Row-major, inputs × units. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  readonly norm: Norm | null;
}

export interface Gradient {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  /** Of the norm's scale, with the mean and the variance of this batch. */
  readonly norm: Norm | null;
}

export interface BatchGradient {
  readonly layers: readonly Gradient[];
  /** ∂loss/∂x, rows × inputs, where asked for. */
  readonly inputs: Float32Array | null;
}

/** Added to variances before their root is taken. */
const least = 1e-5;
/** The share of the running mean and variance that a batch replaces. */
const momentum = 0.1;

/** He's initialisation for ReLU (2015); the output layer starts small, near the constant prediction of its biases. */
export function initialLayers(
  inputs: number,
  hidden: readonly number[],
  outputBiases: readonly number[],
  source: Random,
  batchNorm = false,
): readonly Layer[] {
  let width = inputs;
  const layers = hidden.map((units): Layer => {
    const deviation = Math.sqrt(2 / Math.max(1, width));
    const weights = Float32Array.from({ length: width * units }, () => deviation * source.normal());
    const norm = batchNorm
      ? { scale: new Float32Array(units).fill(1), mean: new Float64Array(units), variance: new Float64Array(units).fill(1) }
      : null;
    const layer = { inputs: width, units, weights, biases: new Float32Array(units), norm };
    width = units;
    return layer;
  });
  const deviation = Math.sqrt(1 / Math.max(1, width)) / 4;
  const units = outputBiases.length;
  const weights = Float32Array.from({ length: width * units }, () => deviation * source.normal());
  return [...layers, { inputs: width, units, weights, biases: Float32Array.from(outputBiases), norm: null }];
}

/** A product after normalisation by the batch's own mean and variance. */
interface Normalised {
  readonly values: Float32Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

function normalise(product: Float32Array, units: number): Normalised {
  const rows = product.length / units;
  const mean = new Float64Array(units);
  const variance = new Float64Array(units);
  for (let at = 0; at < product.length; at++) mean[at % units] = (mean[at % units] ?? 0) + (product[at] ?? 0) / rows;
  for (let at = 0; at < product.length; at++)
    variance[at % units] = (variance[at % units] ?? 0) + ((product[at] ?? 0) - (mean[at % units] ?? 0)) ** 2 / rows;
  const values = product.map((value, at) => (value - (mean[at % units] ?? 0)) / Math.sqrt((variance[at % units] ?? 0) + least));
  return { values, mean, variance };
}

/** ∂loss/∂product from ∂loss/∂(scale·normalised + bias), and ∂loss/∂scale. */
function throughNorm(delta: Float32Array, { values, variance }: Normalised, scale: Float32Array): { product: Float32Array; scale: Float32Array } {
  const units = scale.length;
  const rows = delta.length / units;
  const [sums, crossed] = [new Float64Array(units), new Float64Array(units)];
  for (let at = 0; at < delta.length; at++) {
    sums[at % units] = (sums[at % units] ?? 0) + (delta[at] ?? 0);
    crossed[at % units] = (crossed[at % units] ?? 0) + (delta[at] ?? 0) * (values[at] ?? 0);
  }
  const product = delta.map((slope, at) => {
    const u = at % units;
    const rest = slope - (sums[u] ?? 0) / rows - ((values[at] ?? 0) * (crossed[u] ?? 0)) / rows;
    return ((scale[u] ?? 0) / Math.sqrt((variance[u] ?? 0) + least)) * rest;
  });
  return { product, scale: Float32Array.from(crossed) };
}

/**
 * The gradient of one batch. `x` is rows × inputs, row-major; `slope` turns the network's outputs (rows × units of the last layer) into
 * ∂loss/∂output; `masks` multiply the hidden units (dropout), null for none.
 */
export function batchGradient(
  tf: TensorFlow,
  layers: readonly Layer[],
  x: Float32Array,
  rows: number,
  slope: (output: Float32Array) => Float32Array,
  masks: readonly Float32Array[] | null,
  ofInputs = false,
): BatchGradient {
  const gradients: Gradient[] = [];
  let inputGradient: Float32Array | null = null;
  tf.tidy(() => {
    const weights = layers.map(layer => tf.tensor2d(layer.weights, [layer.inputs, layer.units]));
    const hiddenMasks = layers.map((layer, k) => {
      const mask = masks?.[k];
      return mask ? tf.tensor2d(mask, [rows, layer.units]) : null;
    });
    const inputs: Core.Tensor2D[] = [tf.tensor2d(x, [rows, layers[0]?.inputs ?? 0])];
    const normalised: (Normalised | null)[] = [];
    const last = layers.length - 1;
    for (let k = 0; k < last; k++) {
      const [a, b, layer, mask] = [inputs[k], weights[k], layers[k], hiddenMasks[k]];
      if (!a || !b || !layer) continue;
      const { units, norm, biases } = layer;
      const own = norm && normalise(tf.matMul(a, b).dataSync<'float32'>(), units);
      normalised.push(own);
      const active =
        norm && own
          ? tf.tensor2d(
              own.values.map((value, at) => Math.max(0, (norm.scale[at % units] ?? 0) * value + (biases[at % units] ?? 0))),
              [rows, units],
            )
          : (tf.fused.matMul({ a, b, bias: tf.tensor1d(biases), activation: 'relu' }) as Core.Tensor2D);
      inputs.push(mask ? tf.mul<Core.Tensor2D>(active, mask) : active);
    }
    const [top, outWeights, outLayer] = [inputs[last], weights[last], layers[last]];
    if (!top || !outWeights || !outLayer) throw new Error('A network has at least an output layer.');
    const output = tf.fused.matMul({ a: top, b: outWeights, bias: tf.tensor1d(outLayer.biases), activation: 'linear' });
    let delta = tf.tensor2d(slope(output.dataSync<'float32'>()), [rows, outLayer.units]);
    for (let k = last; k >= 0; k--) {
      const [input, weight, layer, own] = [inputs[k], weights[k], layers[k], normalised[k]];
      if (!input || !weight || !layer) continue;
      const biases = tf.sum(delta, 0).dataSync<'float32'>();
      let norm: Norm | null = null;
      if (own && layer.norm) {
        const through = throughNorm(delta.dataSync<'float32'>(), own, layer.norm.scale);
        norm = { scale: through.scale, mean: own.mean, variance: own.variance };
        delta = tf.tensor2d(through.product, [rows, layer.units]);
      }
      gradients.unshift({ weights: tf.matMul(input, delta, true, false).dataSync<'float32'>(), biases, norm });
      if (k === 0) {
        if (ofInputs) inputGradient = tf.matMul(delta, weight, false, true).dataSync<'float32'>();
        continue;
      }
      const back = tf.mul<Core.Tensor2D>(tf.matMul(delta, weight, false, true), tf.step(input));
      const mask = hiddenMasks[k - 1];
      delta = mask ? tf.mul<Core.Tensor2D>(back, mask) : back;
    }
  });
  return { layers: gradients, inputs: inputGradient };
}

/** Moves the running means and variances towards those of a batch. */
export function remember(layers: readonly Layer[], gradients: readonly Gradient[], rows: number): void {
  layers.forEach(({ norm }, k) => {
    const batch = gradients[k]?.norm;
    if (!norm || !batch) return;
    for (let u = 0; u < norm.mean.length; u++) {
      norm.mean[u] = (1 - momentum) * (norm.mean[u] ?? 0) + momentum * (batch.mean[u] ?? 0);
      const unbiased = rows > 1 ? ((batch.variance[u] ?? 0) * rows) / (rows - 1) : (norm.variance[u] ?? 1);
      norm.variance[u] = (1 - momentum) * (norm.variance[u] ?? 0) + momentum * unbiased;
    }
  });
}

/** The same function without norms: running means and variances go into weights and biases. */
export function folded(layers: readonly Layer[]): readonly Layer[] {
  return layers.map(layer => {
    const { norm, units } = layer;
    if (!norm) return { ...layer, weights: layer.weights.slice(), biases: layer.biases.slice() };
    const factor = Float64Array.from(norm.scale, (scale, u) => scale / Math.sqrt((norm.variance[u] ?? 0) + least));
    return {
      ...layer,
      weights: layer.weights.map((weight, at) => weight * (factor[at % units] ?? 0)),
      biases: layer.biases.map((bias, u) => bias - (norm.mean[u] ?? 0) * (factor[u] ?? 0)),
      norm: null,
    };
  });
}

/** Values that the optimiser moves, with the strength of their penalty. */
export interface Parameters {
  readonly values: Float32Array;
  readonly penalty: number;
}

export const parametersOf = (layers: readonly Layer[], penalty: number): readonly Parameters[] =>
  layers.flatMap(({ weights, biases, norm }) => [
    { values: weights, penalty },
    { values: biases, penalty: 0 },
    ...(norm ? [{ values: norm.scale, penalty: 0 }] : []),
  ]);

/** In the order of `parametersOf`. */
export const slopesOf = (gradients: readonly Gradient[]): readonly Float32Array[] =>
  gradients.flatMap(({ weights, biases, norm }) => [weights, biases, ...(norm ? [norm.scale] : [])]);

/** Adam (Kingma and Ba 2015), in place. */
export function adam(parameters: readonly Parameters[], learningRate: number): (slopes: readonly Float32Array[]) => void {
  const [fade, fadeSquares, tiny] = [0.9, 0.999, 1e-8];
  const means = parameters.map(({ values }) => new Float64Array(values.length));
  const squares = parameters.map(({ values }) => new Float64Array(values.length));
  let step = 0;
  return slopes => {
    step += 1;
    const rate = (learningRate * Math.sqrt(1 - fadeSquares ** step)) / (1 - fade ** step);
    parameters.forEach(({ values, penalty }, k) => {
      const [own, mean, square] = [slopes[k], means[k], squares[k]];
      if (!own || !mean || !square) return;
      for (let i = 0; i < values.length; i++) {
        const slope = (own[i] ?? 0) + penalty * (values[i] ?? 0);
        const m = fade * (mean[i] ?? 0) + (1 - fade) * slope;
        const s = fadeSquares * (square[i] ?? 0) + (1 - fadeSquares) * slope * slope;
        mean[i] = m;
        square[i] = s;
        values[i] = (values[i] ?? 0) - (rate * m) / (Math.sqrt(s) + tiny);
      }
    });
  };
}
