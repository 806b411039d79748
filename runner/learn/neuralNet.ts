/**
 * A dense network on the tensor backend, trained with Adam on batches in a seeded order. Columns are centred and scaled on train, categories
 * one-hot; a number label is scaled too. Predictions are plain JavaScript, so a stored net scores without TensorFlow.js and alike everywhere.
 */
import { decodeSingles, encodeSingles } from './bytes.ts';
import { checkpoints } from './checkpoint.ts';
import { type Design, type DesignColumn, designOf, layoutOf } from './design.ts';
import { type FitContext, type FittedModel, type JsonValue, type LabelKind, LearnError, type Learner, type ModelState } from './learner.ts';
import { logistic } from './linearModel.ts';
import type { Matrix } from './matrix.ts';
import { derivedSeed, type Random, random, shuffle } from './random.ts';
import { gather, labelledRows, requireBothClasses, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';
import { adam, batchGradient, initialLayers, type Layer } from './tensor/network.ts';

/** From the network's output to the label's scale and back. */
interface Head {
  readonly label: LabelKind;
  readonly centre: number;
  readonly scale: number;
}

interface Training {
  readonly design: Design;
  readonly head: Head;
  readonly y: Float64Array;
  readonly w: Float64Array;
}

export const neuralNet: Learner = {
  async fit(matrix, rows, validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    if (context.label === 'binary') requireBothClasses(matrix, used);
    const read = settingReader('neural_net', settings);
    const layout = layoutOf(matrix, used);
    const training = trainingOf(matrix, used, designOf(matrix, used, layout), context.label);
    const watched = context.earlyStop === null ? null : watch(matrix, validateRows, training);
    const source = random(derivedSeed(context.seed, 'weights'));
    const layers = initialLayers(layout.width - 1, read.list('hidden'), initialOutput(training), source);
    const plan = { epochs: read.number('epochs'), batch: read.number('batch'), dropout: read.number('dropout') };
    const best = await train(training, watched, layers, plan, adam(layers, read.number('learning_rate'), read.number('l2') / used.length), context);
    return load(stateOf(training.head, layout.columns, best));
  },
  load,
};

async function train(
  { design, head, y, w }: Training,
  watched: Training | null,
  layers: readonly Layer[],
  plan: { epochs: number; batch: number; dropout: number },
  update: ReturnType<typeof adam>,
  context: FitContext,
): Promise<readonly Layer[]> {
  const { tf, activate } = await context.tensor();
  await activate();
  const pause = checkpoints(context.cancelled);
  const order = Int32Array.from({ length: design.rows }, (_, i) => i);
  const orderSource = random(derivedSeed(context.seed, 'order'));
  const dropSource = random(derivedSeed(context.seed, 'dropout'));
  let best = { epoch: 0, loss: Number.POSITIVE_INFINITY, layers };
  for (let epoch = 1; epoch <= plan.epochs; epoch++) {
    shuffle(order, orderSource);
    for (let from = 0; from < order.length; from += plan.batch) {
      const batch = order.subarray(from, from + plan.batch);
      const weight = batch.reduce((total, i) => total + (w[i] ?? 0), 0);
      const slope = (output: Float32Array) => output.map((z, k) => ((w[batch[k] ?? 0] ?? 0) / weight) * slopeOf(head, z, y[batch[k] ?? 0] ?? 0));
      const masks = plan.dropout > 0 ? layers.slice(0, -1).map(layer => mask(batch.length * layer.units, plan.dropout, dropSource)) : null;
      update(batchGradient(tf, layers, batchInputs(design, batch), batch.length, slope, masks));
      await pause();
    }
    if (!watched) {
      context.progress(epoch, plan.epochs, null);
      continue;
    }
    const loss = meanLoss(watched, outputs(layers, watched.design));
    context.progress(epoch, plan.epochs, `loss on validate ${loss.toFixed(4)}`);
    if (loss < best.loss)
      best = { epoch, loss, layers: layers.map(layer => ({ ...layer, weights: layer.weights.slice(), biases: layer.biases.slice() })) };
    if (epoch - best.epoch >= (context.earlyStop ?? 0)) break;
  }
  return watched ? best.layers : layers;
}

function trainingOf(matrix: Matrix, rows: Int32Array, design: Design, label: LabelKind, head?: Head): Training {
  const values = gather(matrix.label, rows);
  const w = weightsOf(matrix, rows) ?? new Float64Array(rows.length).fill(1);
  const own = head ?? { label, ...(label === 'number' ? standard(values) : { centre: 0, scale: 1 }) };
  return { design, head: own, y: values.map(value => (value - own.centre) / own.scale), w };
}

function standard(values: Float64Array): { centre: number; scale: number } {
  const centre = values.reduce((total, value) => total + value, 0) / values.length;
  const scale = Math.sqrt(values.reduce((total, value) => total + (value - centre) ** 2, 0) / values.length);
  return { centre, scale: scale > 0 ? scale : 1 };
}

function watch(matrix: Matrix, validateRows: Int32Array | null, { design, head }: Training): Training {
  const rows = labelledRows(matrix, validateRows ?? new Int32Array());
  if (rows.length > 0) return trainingOf(matrix, rows, designOf(matrix, rows, design.layout), head.label, head);
  throw new LearnError('no-rows', 'There are no labelled rows to stop early by.', 'Give the split a `validate` part, or leave `early_stop` out.');
}

/** The output whose prediction is the weighted mean of the label. */
function initialOutput({ head, y, w }: Training): number {
  const weights = w.reduce((total, value) => total + value, 0);
  const mean = y.reduce((total, value, i) => total + value * (w[i] ?? 0), 0) / weights;
  if (head.label === 'binary') return Math.log(mean / (1 - mean));
  if (head.label === 'number') return mean;
  if (mean > 0 && y.every(value => value >= 0)) return Math.log(mean);
  throw new LearnError('label', 'The label is a count, and below 0 in some training rows or 0 in all.', 'Declare it as a number, or mend the label.');
}

/** ∂loss/∂output: of logistic, half squared and Poisson loss alike, the prediction less the label. */
function slopeOf({ label }: Head, z: number, y: number): number {
  if (label === 'binary') return logistic(z) - y;
  return label === 'number' ? z - y : Math.exp(Math.min(z, 30)) - y;
}

function meanLoss({ head, y, w }: Training, z: Float64Array): number {
  let total = 0;
  let weights = 0;
  for (let i = 0; i < z.length; i++) {
    const [output, label, weight] = [z[i] ?? 0, y[i] ?? 0, w[i] ?? 0];
    weights += weight;
    if (head.label === 'binary') total += weight * (Math.max(output, 0) + Math.log1p(Math.exp(-Math.abs(output))) - label * output);
    else total += weight * (head.label === 'number' ? (output - label) ** 2 : Math.exp(output) - label * output);
  }
  return total / weights;
}

function mask(length: number, dropout: number, source: Random): Float32Array {
  const kept = 1 / (1 - dropout);
  return Float32Array.from({ length }, () => (source.uniform() < dropout ? 0 : kept));
}

function batchInputs({ layout, numbers, categories }: Design, batch: Int32Array): Float32Array {
  const width = layout.width - 1;
  const x = new Float32Array(batch.length * width);
  for (const { at, values } of numbers) for (let k = 0; k < batch.length; k++) x[k * width + at - 1] = values[batch[k] ?? 0] ?? 0;
  for (const { at, codes } of categories) {
    for (let k = 0; k < batch.length; k++) {
      const code = codes[batch[k] ?? 0] ?? -1;
      if (code >= 0) x[k * width + at - 1 + code] = 1;
    }
  }
  return x;
}

/** The outputs of all rows, a row at a time; one-hot inputs are look-ups. */
function outputs(layers: readonly Layer[], { rows, numbers, categories }: Design): Float64Array {
  const out = new Float64Array(rows);
  const first = layers[0];
  if (!first) return out;
  const room = layers.map(layer => new Float64Array(layer.units));
  const add = (into: Float64Array, weights: Float32Array, row: number, factor: number) => {
    const at = row * into.length;
    for (let u = 0; u < into.length; u++) into[u] = (into[u] ?? 0) + factor * (weights[at + u] ?? 0);
  };
  for (let i = 0; i < rows; i++) {
    let active = room[0] ?? new Float64Array();
    active.set(first.biases);
    for (const { at, values } of numbers) add(active, first.weights, at - 1, values[i] ?? 0);
    for (const { at, codes } of categories) {
      const code = codes[i] ?? -1;
      if (code >= 0) add(active, first.weights, at - 1 + code, 1);
    }
    for (let k = 1; k < layers.length; k++) {
      const layer = layers[k];
      const next = room[k];
      if (!layer || !next) break;
      next.set(layer.biases);
      for (let u = 0; u < active.length; u++) if ((active[u] ?? 0) > 0) add(next, layer.weights, u, active[u] ?? 0);
      active = next;
    }
    out[i] = active[0] ?? 0;
  }
  return out;
}

function stateOf(head: Head, columns: readonly DesignColumn[], layers: readonly Layer[]): ModelState {
  const stored = layers.map(
    (layer): JsonValue => ({ inputs: layer.inputs, units: layer.units, weights: encodeSingles(layer.weights), biases: encodeSingles(layer.biases) }),
  );
  return {
    kind: 'neural_net',
    version: 1,
    label: head.label,
    centre: head.centre,
    scale: head.scale,
    columns: columns.map(column => ({ ...column })),
    layers: stored,
  };
}

function load(state: ModelState): FittedModel {
  const { label, centre, scale } = state;
  const known = label === 'binary' || label === 'number' || label === 'count';
  if (!known || typeof centre !== 'number' || typeof scale !== 'number')
    throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  const columns = state['columns'] as unknown as readonly DesignColumn[];
  const layers = (state['layers'] as readonly Readonly<Record<string, JsonValue>>[]).map(
    (layer): Layer => ({
      inputs: Number(layer['inputs']),
      units: Number(layer['units']),
      weights: decodeSingles(String(layer['weights'])),
      biases: decodeSingles(String(layer['biases'])),
    }),
  );
  const layout = { width: (layers[0]?.inputs ?? 0) + 1, columns };
  const predict = (matrix: Matrix, rows: Int32Array): Float64Array =>
    outputs(layers, designOf(matrix, rows, layout)).map(z =>
      label === 'binary' ? logistic(z) : label === 'count' ? Math.exp(z) : z * scale + centre,
    );
  return { kind: state.kind, state, findings: [], predict };
}
