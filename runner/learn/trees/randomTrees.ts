/**
 * Grows trees of which each thread takes a whole one at a time: a forest, or a single tree. What a tree draws depends on its own seed
 * only, so the forest is the same for any number of threads. The main thread grows in slices, so that it can be cancelled.
 */
import type { Pause } from '../checkpoint.ts';
import { LearnError } from '../learner.ts';
import type { Matrix } from '../matrix.ts';
import { count, gather } from '../rows.ts';
import { type Binning, binInto } from './bins.ts';
import type { Forest } from './forest.ts';
import { forestWords, kernelOver, layout, mostBytes } from './wasm.ts';

export interface RandomTreesPlan {
  readonly matrix: Matrix;
  readonly rows: Int32Array;
  readonly binnings: readonly Binning[];
  readonly weight: Float64Array | null;
  /** Classes, where the label has several; else 1. */
  readonly channels: number;
  readonly seeds: Uint32Array;
  /** Columns a node draws; all: it asks them in their order. */
  readonly features: number;
  readonly depth: number | null;
  readonly minLeaf: number;
  readonly bootstrap: boolean;
  readonly threads: number;
  readonly pause: Pause;
  readonly progress: (done: number) => void;
}

interface Tree {
  readonly feature: Int32Array;
  readonly rule: Int32Array;
  readonly child: Int32Array;
  readonly value: Float64Array;
  readonly sets: Int32Array;
}

/** More nodes than this cannot be stored as one model. */
const mostNodes = 20_000_000;
const headerBytes = 32;
const headBytes = 4608;
const stackBytes = 64 * 16;
/** Rows and bins read in one slice of the main thread: a few milliseconds. */
const slice = 1_000_000;

export async function growRandomTrees(plan: RandomTreesPlan): Promise<Forest> {
  const { binnings, channels, matrix, rows, seeds, weight, pause } = plan;
  const n = rows.length;
  const columns = binnings.length;
  const room = layout();
  const stride = Math.ceil(n / 64) * 64 + 64;
  const at = {
    bins: room.take(stride * columns),
    label: room.take(8 * n),
    weight: weight ? room.take(8 * n) : 0,
    pairs: room.take(8 * n),
    seeds: room.take(4 * seeds.length),
    categorical: room.take(columns),
    values: room.take(8 * n),
    bounds: room.take(8 * 256),
  };
  const leaves = Math.min(n, plan.depth !== null && plan.depth < 30 ? 2 ** plan.depth : n, Math.ceil((2 * n) / plan.minLeaf));
  const nodes = 2 * leaves;
  const hasSets = binnings.some(binning => binning.kind === 'category');
  const outputBytes = headerBytes + 12 * nodes + 8 * channels * leaves + (hasSets ? 32 * leaves : 0);
  const slot = layout(0);
  slot.take(headBytes);
  const own = {
    order: slot.take(4 * n),
    spill: slot.take(4 * n),
    pairs: slot.take(8 * n),
    times: slot.take(n),
    stack: slot.take(stackBytes),
    sums: slot.take(16 * 256 * channels),
    list: slot.take(8 * 256 * channels),
    lefts: slot.take(16 * channels),
    features: slot.take(4 * columns),
    output: slot.take(2 * outputBytes),
  };
  const threads = Math.max(1, Math.min(plan.threads, seeds.length, Math.floor((mostBytes - room.bytes()) / slot.bytes())));
  const slots = room.take(slot.bytes() * threads);
  const kernel = kernelOver(room.bytes(), threads);
  const { buffer, calls } = kernel;
  const stop = new Int32Array(buffer, forestWords, 1);
  const binRoom = { kernel, values: at.values, bounds: at.bounds };
  try {
    for (const [f, binning] of binnings.entries()) {
      binInto(at.bins + f * stride, matrix, rows, binning, binRoom);
      await pause();
    }
    calls.settle(columns, stride, at.bins, 0, at.pairs, 0, 0, 0, 0, 0, 0);
    calls.aimAt(0, n, 0, at.label, at.weight, 0, 0);
    const label = new Float64Array(buffer, at.label, n);
    label.set(gather(matrix.label, rows));
    if (weight) new Float64Array(buffer, at.weight, n).set(weight);
    const unit = fillPairs(new Int32Array(buffer, at.pairs, 2 * n), label, weight, channels);
    new Uint32Array(buffer, at.seeds, seeds.length).set(seeds);
    new Uint8Array(buffer, at.categorical, columns).set(binnings.map(binning => (binning.kind === 'category' ? 1 : 0)));
    new Uint32Array(buffer, forestWords, 22).set([
      ...[0, slots, slot.bytes(), own.order, own.spill, own.pairs, own.times, own.stack, own.sums, own.list, own.lefts, own.features, own.output],
      ...[outputBytes, nodes, leaves, at.seeds, at.categorical, channels, plan.features, plan.depth ?? 0xffffffff, plan.bootstrap ? 1 : 0],
    ]);
    // A single row may be a leaf whatever it weighs.
    new Float64Array(buffer, forestWords + 88, 1)[0] = plan.minLeaf === 1 ? 1 : plan.minLeaf * unit;
    // A tree begins with empty sums and an output that nobody waits for.
    for (let k = 0; k < threads; k++) {
      const base = slots + k * slot.bytes();
      new Uint8Array(buffer, base, headBytes).fill(0);
      new Uint8Array(buffer, base + own.sums, 16 * 256 * channels).fill(0);
      for (const output of [0, outputBytes]) new Uint8Array(buffer, base + own.output + output, headerBytes).fill(0);
    }
    const outputs = Array.from({ length: 2 * threads }, (_, k) => slots + Math.floor(k / 2) * slot.bytes() + own.output + (k % 2) * outputBytes);
    const trees = await collect(outputs, nodes, leaves);
    return joined(trees, channels);
  } finally {
    Atomics.store(stop, 0, 1);
    await kernel.close();
  }

  async function collect(outputs: readonly number[], nodes: number, leaves: number): Promise<readonly Tree[]> {
    const trees: Tree[] = [];
    let collected = 0;
    let grown = 0;
    calls.openForest(seeds.length);
    let mine = false;
    while (collected < seeds.length) {
      if (!mine) {
        const tree = calls.claim();
        mine = tree >= 0 && calls.plant(tree, 0, 0) !== 0;
      }
      if (mine) mine = calls.growSome(0, slice) === 0;
      for (const output of outputs) {
        const words = new Int32Array(buffer, output, headerBytes / 4);
        if (Atomics.load(words, 0) === 0) continue;
        const tree = treeAt(words, output + headerBytes, nodes, leaves);
        trees[words[1] ?? 0] = tree;
        collected += 1;
        grown += tree.feature.length;
        Atomics.store(words, 0, 0);
        Atomics.notify(words, 0);
        requireRoom((grown / collected) * seeds.length, plan);
        plan.progress(collected);
      }
      if (calls.failed() !== 0) throw new Error('a thread that grew trees failed');
      await (mine || collected === seeds.length ? pause() : rest(pause));
    }
    calls.shut();
    return trees;
  }

  function treeAt(words: Int32Array, start: number, nodes: number, leaves: number): Tree {
    const [, , used = 0, usedLeaves = 0, usedSets = 0] = words;
    const ints = (address: number, length: number) => new Int32Array(buffer, address, length).slice();
    return {
      feature: ints(start, used),
      rule: ints(start + 4 * nodes, used),
      child: ints(start + 8 * nodes, used),
      value: new Float64Array(buffer, start + 12 * nodes, usedLeaves * channels).slice(),
      sets: ints(start + 12 * nodes + 8 * leaves * channels, 8 * usedSets),
    };
  }
}

/** While only the helpers have work. */
async function rest(pause: Pause): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 1));
  await pause();
}

/**
 * Label and weight of each row as whole numbers: labels of 0 and 1 and equal weights exactly, others to 25 bits of the largest; of several
 * classes, the class and the weight. Weights are in units of their mean; returns what one unit is.
 */
export function fillPairs(pairs: Int32Array, label: Float64Array, weight: Float64Array | null, channels: number): number {
  const n = label.length;
  let total = 0;
  let heaviest = 0;
  for (let i = 0; i < n; i++) {
    const w = weight?.[i] ?? 1;
    total += w;
    heaviest = Math.max(heaviest, w);
  }
  const mean = total / n;
  const unit = weight ? 2 ** Math.floor(25 - Math.log2(heaviest / mean)) : 1;
  let centre = 0;
  let peak = 1;
  const twoLevels = label.every(y => y === 0 || y === 1);
  if (!twoLevels && channels === 1) {
    for (let i = 0; i < n; i++) centre += (label[i] ?? 0) / n;
    peak = label.reduce((most, y, i) => Math.max(most, (Math.abs(y - centre) * (weight?.[i] ?? 1)) / mean), 0);
  }
  const scale = twoLevels ? unit : 2 ** Math.floor(25 - Math.log2(peak || 1));
  for (let i = 0; i < n; i++) {
    const w = (weight?.[i] ?? 1) / mean;
    const y = label[i] ?? 0;
    pairs[2 * i] = channels > 1 ? y : Math.round((y - centre) * w * scale);
    pairs[2 * i + 1] = Math.round(w * unit);
  }
  return unit;
}

function requireRoom(nodes: number, { seeds, rows }: RandomTreesPlan): void {
  if (nodes <= mostNodes) return;
  throw new LearnError(
    'size',
    `${count(seeds.length)} trees on ${count(rows.length)} rows would have ${count(Math.round(nodes))} nodes; a model may have ${count(mostNodes)}.`,
    'Set `min_leaf` higher or `depth` lower, or grow fewer trees.',
  );
}

function joined(trees: readonly Tree[], channels: number): Forest {
  const ints = (part: (tree: Tree) => Int32Array) => {
    const all = new Int32Array(trees.reduce((n, tree) => n + part(tree).length, 0));
    trees.reduce((at, tree) => {
      all.set(part(tree), at);
      return at + part(tree).length;
    }, 0);
    return all;
  };
  const forest = {
    outputs: channels,
    width: channels,
    roots: new Int32Array(trees.length),
    feature: ints(tree => tree.feature),
    rule: ints(tree => tree.rule),
    child: ints(tree => tree.child),
    value: new Float64Array(trees.reduce((n, tree) => n + tree.value.length, 0)),
    sets: ints(tree => tree.sets),
  };
  let node = 0;
  let leaf = 0;
  let set = 0;
  trees.forEach((tree, t) => {
    forest.roots[t] = node;
    forest.value.set(tree.value, leaf * channels);
    for (let k = node; k < node + tree.feature.length; k++) {
      forest.child[k] = (forest.child[k] ?? 0) + ((forest.feature[k] ?? -1) < 0 ? leaf : node);
      if ((forest.rule[k] ?? 0) < 0) forest.rule[k] = (forest.rule[k] ?? 0) - set;
    }
    node += tree.feature.length;
    leaf += tree.value.length / channels;
    set += tree.sets.length / 8;
  });
  return forest;
}
