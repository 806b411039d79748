/**
 * A dense network on the tensor backend, trained with Adam on batches in a seeded order. Columns are centred and scaled on train, categories
 * one-hot or embedded; a number label is scaled too. Predictions are plain JavaScript, so a stored net scores without TensorFlow.js and alike
 * everywhere.
 */
import { decodeSingles, encodeSingles } from './bytes.ts';
import { checkpoints } from './checkpoint.ts';
import { classCount, requireClasses } from './classes.ts';
import { type Design, type DesignColumn, designOf, layoutOf } from './design.ts';
import { type FitContext, type FittedModel, type JsonValue, LearnError, type Learner, type ModelState } from './learner.ts';
import type { Matrix } from './matrix.ts';
import { addSlopes, type Head, headOf, initialOutputs, meanLoss, predictions } from './netHead.ts';
import { batchInputs, type Embedding, embeddingSlopes, type Inputs, initialEmbeddings, inputsOf, outputsOf } from './netInputs.ts';
import { derivedSeed, type Random, random, shuffle } from './random.ts';
import { gather, labelledRows, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';
import { adam, batchGradient, folded, initialLayers, type Layer, parametersOf, remember, slopesOf } from './tensor/network.ts';

/** Rows as the network sees them. */
interface Rows {
  readonly design: Design;
  /** The label on the network's scale. */
  readonly y: Float64Array;
  readonly w: Float64Array;
}

/** A network without norms. */
interface Net {
  readonly layers: readonly Layer[];
  readonly embeddings: readonly (Embedding | null)[];
}

interface Plan {
  readonly epochs: number;
  readonly batch: number;
  readonly dropout: number;
  readonly learningRate: number;
  readonly penalty: number;
}

/** Levels of all one-hot categories and number columns at most; embedded categories are not counted. */
const mostLevels = 1_000_000;

export const neuralNet: Learner = {
  async fit(matrix, rows, validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    const several = context.label === 'classes';
    if (several || context.label === 'binary') requireClasses(matrix, used, context);
    const read = settingReader('neural_net', settings);
    const dimensions = read.optional('embedding');
    const design = designOf(matrix, used, dimensions === null ? layoutOf(matrix, used) : layoutOf(matrix, used, mostLevels));
    const head = headOf(context.label, several ? classCount(context) : 1, gather(matrix.label, used));
    const train = rowsOf(matrix, used, design, head);
    const watched = context.earlyStop === null ? null : watch(matrix, validateRows, design, head);
    const embeddings = initialEmbeddings(design, dimensions, random(derivedSeed(context.seed, 'embeddings')));
    const inputs = inputsOf(design, embeddings);
    const outputs = initialOutputs(head, train.y, train.w);
    const layers = initialLayers(inputs.width, read.list('hidden'), outputs, random(derivedSeed(context.seed, 'weights')), read.flag('batch_norm'));
    const plan = {
      epochs: read.number('epochs'),
      batch: read.number('batch'),
      dropout: read.number('dropout'),
      learningRate: read.number('learning_rate'),
      penalty: read.number('l2') / used.length,
    };
    const best = await trained({ head, inputs, layers, embeddings, train, watched, plan, context });
    return { ...load(stateOf(head, design.layout.columns, best.net)), rounds: best.epochs };
  },
  load,
};

interface Training {
  readonly head: Head;
  readonly inputs: Inputs;
  readonly layers: readonly Layer[];
  readonly embeddings: readonly (Embedding | null)[];
  readonly train: Rows;
  readonly watched: Rows | null;
  readonly plan: Plan;
  readonly context: FitContext;
}

/** Trains in place, and gives the network after the best epoch where rows are watched, else after the last. */
async function trained({ head, inputs, layers, embeddings, train, watched, plan, context }: Training): Promise<{ net: Net; epochs: number }> {
  const { tf, activate } = await context.tensor();
  await activate();
  const { design, y, w } = train;
  const pause = checkpoints(context.cancelled);
  const order = Int32Array.from({ length: design.rows }, (_, i) => i);
  const orderSource = random(derivedSeed(context.seed, 'order'));
  const dropSource = random(derivedSeed(context.seed, 'dropout'));
  const embedded = embeddings.filter(embedding => embedding !== null);
  const parameters = [...parametersOf(layers, plan.penalty), ...embedded.map(({ values }) => ({ values, penalty: plan.penalty }))];
  const update = adam(parameters, plan.learningRate);
  const current = (): Net => ({
    layers: folded(layers),
    embeddings: embeddings.map(embedding => embedding && { ...embedding, values: embedding.values.slice() }),
  });
  let best: { epochs: number; loss: number; net: Net | null } = { epochs: 0, loss: Number.POSITIVE_INFINITY, net: null };
  for (let epoch = 1; epoch <= plan.epochs; epoch++) {
    shuffle(order, orderSource);
    for (let from = 0; from < order.length; from += plan.batch) {
      const batch = order.subarray(from, from + plan.batch);
      const weight = batch.reduce((total, i) => total + (w[i] ?? 0), 0);
      const slope = (output: Float32Array): Float32Array => {
        const out = new Float32Array(output.length);
        for (const [k, i] of batch.entries()) addSlopes(head, output, k * head.outputs, y[i] ?? 0, (w[i] ?? 0) / weight, out);
        return out;
      };
      const masks = plan.dropout > 0 ? layers.slice(0, -1).map(layer => mask(batch.length * layer.units, plan.dropout, dropSource)) : null;
      const x = batchInputs(inputs, design, batch);
      const gradient = batchGradient(tf, layers, x, batch.length, slope, masks, embedded.length > 0);
      update([...slopesOf(gradient.layers), ...(gradient.inputs ? embeddingSlopes(inputs, design, batch, gradient.inputs) : [])]);
      remember(layers, gradient.layers, batch.length);
      await pause();
    }
    if (!watched) {
      context.progress(epoch, plan.epochs, null);
      continue;
    }
    const net = current();
    const loss = meanLoss(head, outputsOf(net.layers, inputsOf(design, net.embeddings), watched.design), watched.y, watched.w);
    context.progress(epoch, plan.epochs, `loss on validate ${loss.toFixed(4)}`);
    if (loss < best.loss) best = { epochs: epoch, loss, net };
    if (epoch - best.epochs >= (context.earlyStop ?? 0)) break;
  }
  return best.net ? { net: best.net, epochs: best.epochs } : { net: current(), epochs: plan.epochs };
}

function rowsOf(matrix: Matrix, rows: Int32Array, design: Design, { centre, scale }: Head): Rows {
  const w = weightsOf(matrix, rows) ?? new Float64Array(rows.length).fill(1);
  return { design, y: gather(matrix.label, rows).map(value => (value - centre) / scale), w };
}

function watch(matrix: Matrix, validateRows: Int32Array | null, { layout }: Design, head: Head): Rows {
  const rows = labelledRows(matrix, validateRows ?? new Int32Array());
  if (rows.length > 0) return rowsOf(matrix, rows, designOf(matrix, rows, layout), head);
  throw new LearnError('no-rows', 'There are no labelled rows to stop early by.', 'Give the split a `validate` part, or leave `early_stop` out.');
}

function mask(length: number, dropout: number, source: Random): Float32Array {
  const kept = 1 / (1 - dropout);
  return Float32Array.from({ length }, () => (source.uniform() < dropout ? 0 : kept));
}

function stateOf({ label, outputs, centre, scale }: Head, columns: readonly DesignColumn[], { layers, embeddings }: Net): ModelState {
  return {
    kind: 'neural_net',
    version: 1,
    label,
    outputs,
    centre,
    scale,
    columns: columns.map(column => ({ ...column })),
    layers: layers.map(
      (layer): JsonValue => ({
        inputs: layer.inputs,
        units: layer.units,
        weights: encodeSingles(layer.weights),
        biases: encodeSingles(layer.biases),
      }),
    ),
    embeddings: embeddings.map((embedding): JsonValue => embedding && { width: embedding.width, values: encodeSingles(embedding.values) }),
  };
}

type Stored = Readonly<Record<string, JsonValue>>;

function load(state: ModelState): FittedModel {
  const { label, outputs = 1, centre, scale } = state;
  const known = label === 'binary' || label === 'number' || label === 'count' || label === 'classes';
  if (!known || typeof outputs !== 'number' || typeof centre !== 'number' || typeof scale !== 'number')
    throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  const head: Head = { label, outputs, centre, scale };
  const columns = state['columns'] as unknown as readonly DesignColumn[];
  const layers = (state['layers'] as readonly Stored[]).map(
    (layer): Layer => ({
      inputs: Number(layer['inputs']),
      units: Number(layer['units']),
      weights: decodeSingles(String(layer['weights'])),
      biases: decodeSingles(String(layer['biases'])),
      norm: null,
    }),
  );
  const embeddings = ((state['embeddings'] ?? []) as readonly (Stored | null)[]).map(
    stored => stored && { width: Number(stored['width']), values: decodeSingles(String(stored['values'])) },
  );
  const width = columns.reduce((total, column) => total + (column.kind === 'category' ? column.levels.length : 1), 1);
  const predict = (matrix: Matrix, rows: Int32Array): Float64Array => {
    const design = designOf(matrix, rows, { width, columns });
    return predictions(head, outputsOf(layers, inputsOf(design, embeddings), design));
  };
  return { kind: state.kind, state, findings: [], predict };
}
