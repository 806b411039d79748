/** Scores of many rows, in the kernel: rows and trees lie in its memory, and either can be changed without the other. */
import type { Matrix } from '../matrix.ts';
import { applyBinnings, type Binning, binInto } from './bins.ts';
import { addScores, type Forest } from './forest.ts';
import { laySmall, treeWords } from './smallTrees.ts';
import { kernelOver, layout } from './wasm.ts';

export interface Scorer {
  readonly loadTrees: (forest: Forest) => void;
  readonly loadRows: (matrix: Matrix, rows: Int32Array, binnings: readonly Binning[]) => void;
  /** Of the rows that were loaded last, rows × outputs; `add` adds the trees that were loaded last. */
  readonly scores: Float64Array;
  readonly add: () => void;
  readonly close: () => Promise<void>;
}

export interface ScorerRoom {
  readonly columns: number;
  readonly rows: number;
  readonly outputs: number;
  readonly trees: number;
  readonly nodes: number;
  readonly values: number;
  readonly sets: number;
  readonly threads: number;
}

const nodeWords = 4;
const missingLeft = 1;
const isSet = 2;

export function scorerWith(of: ScorerRoom): Scorer {
  const room = layout();
  const stride = Math.ceil(of.rows / 64) * 64 + 64;
  const at = {
    nodes: room.take(4 * nodeWords * of.nodes),
    roots: room.take(4 * of.trees),
    values: room.take(8 * of.values),
    sets: room.take(32 * of.sets),
    smallTrees: room.take(4 * treeWords * of.trees),
    smallNodes: room.take(4 * nodeWords * of.nodes),
    leaves: room.take(4 * of.nodes),
    bins: room.take(stride * of.columns),
    column: room.take(8 * of.rows),
    bounds: room.take(8 * 256),
    scores: room.take(8 * of.rows * of.outputs),
    // A block of rows of each thread: its bytes are bounded, but for four rows of very many columns.
    blocks: room.take(of.threads * Math.max(32_768, 4 * of.columns)),
  };
  const kernel = kernelOver(room.bytes(), of.threads);
  const { buffer, calls } = kernel;
  let rows = 0;
  return {
    scores: new Float64Array(buffer, at.scores, of.rows * of.outputs),
    loadTrees: forest => {
      layNodes(new Int32Array(buffer, at.nodes, nodeWords * of.nodes), forest);
      new Int32Array(buffer, at.roots, of.trees).set(forest.roots);
      new Float64Array(buffer, at.values, of.values).set(forest.value);
      new Int32Array(buffer, at.sets, 8 * of.sets).set(forest.sets);
      const small = {
        table: new Int32Array(buffer, at.smallTrees, treeWords * of.trees),
        nodes: new Int32Array(buffer, at.smallNodes, nodeWords * of.nodes),
        leaves: new Int32Array(buffer, at.leaves, of.nodes),
      };
      calls.setSmallTrees(at.smallTrees, at.smallNodes, at.leaves, laySmall(forest, small) ? 0 : 1);
      calls.setTrees(at.nodes, at.roots, forest.roots.length, at.values, at.sets, forest.width, forest.outputs);
    },
    loadRows: (matrix, loaded, binnings) => {
      rows = loaded.length;
      const binRoom = { kernel, values: at.column, bounds: at.bounds };
      binnings.forEach((binning, c) => {
        binInto(at.bins + c * stride, matrix, loaded, binning, binRoom);
      });
    },
    add: () => calls.scoreRows(at.bins, stride, of.columns, rows, at.scores, at.blocks),
    close: kernel.close,
  };
}

/** As `kernel/scores.ts` reads them; a leaf leads to itself. */
function layNodes(nodes: Int32Array, { feature, rule, child }: Forest): void {
  for (let node = 0; node < feature.length; node++) {
    const at = node * nodeWords;
    const own = rule[node] ?? 0;
    const column = feature[node] ?? -1;
    if (column < 0) {
      nodes[at] = 0;
      nodes[at + 1] = 255;
      nodes[at + 2] = node;
      nodes[at + 3] = ((child[node] ?? 0) << 2) | missingLeft;
    } else {
      nodes[at] = column;
      nodes[at + 1] = own < 0 ? -1 - own : own & 255;
      nodes[at + 2] = child[node] ?? 0;
      nodes[at + 3] = own < 0 ? isSet : own >> 8;
    }
  }
}

/** Below this, walking the trees takes less than laying them out. */
const fewRows = 256;
const mostWindow = 65_536;
const windowBytes = 64 * 1024 ** 2;

/** What the trees add to `initial`, of any rows of any matrix. */
export function forestScores(
  forest: Forest,
  binnings: readonly Binning[],
  initial: readonly number[],
): (matrix: Matrix, rows: Int32Array) => Float64Array {
  const window = Math.max(64, Math.min(mostWindow, Math.floor(windowBytes / Math.max(1, binnings.length))));
  const { outputs } = forest;
  return (matrix, rows) => {
    const scores = startScores(rows.length, initial);
    if (rows.length < fewRows) {
      addScores(scores, forest, applyBinnings(matrix, rows, binnings));
      return scores;
    }
    const scorer = scorerWith({
      columns: binnings.length,
      rows: Math.min(window, rows.length),
      outputs,
      trees: forest.roots.length,
      nodes: forest.feature.length,
      values: forest.value.length,
      sets: forest.sets.length / 8,
      threads: 1,
    });
    try {
      scorer.loadTrees(forest);
      for (let from = 0; from < rows.length; from += window) {
        const part = rows.subarray(from, from + window);
        const own = scores.subarray(from * outputs, (from + part.length) * outputs);
        scorer.loadRows(matrix, part, binnings);
        scorer.scores.set(own);
        scorer.add();
        own.set(scorer.scores.subarray(0, own.length));
      }
    } finally {
      void scorer.close();
    }
    return scores;
  };
}

/** Rows × outputs. */
export function startScores(rows: number, initial: readonly number[]): Float64Array {
  const [first = 0] = initial;
  if (initial.length === 1) return new Float64Array(rows).fill(first);
  return Float64Array.from({ length: rows * initial.length }, (_, i) => initial[i % initial.length] ?? 0);
}
