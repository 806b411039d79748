/**
 * k nearest neighbours by exact search: Euclidean distance over standardised numbers and one-hot categories, blocks of training rows that stay
 * in the cache, memory bounded by the rows that are asked for at once. Equal distances go to the earlier row in the matrix's order. Cover and
 * Hart, IEEE Trans. Inf. Theory 13, 1967; scikit-learn's KNeighborsClassifier and KNeighborsRegressor.
 */
import { decodeFloats, decodeInts, encodeFloats, encodeInts } from './bytes.ts';
import { classCount } from './classes.ts';
import { type Design, type DesignColumn, designOf, layoutOf } from './design.ts';
import { type FittedModel, type JsonValue, LearnError, type Learner, type ModelState } from './learner.ts';
import type { Matrix } from './matrix.ts';
import { count, gather, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';

interface Memory {
  readonly rows: number;
  readonly columns: readonly DesignColumn[];
  /** A column each, standardised. */
  readonly numbers: readonly Float64Array[];
  readonly codes: readonly Int32Array[];
  readonly label: Float64Array;
  /** Of each row's vote; null: all equal. */
  readonly weight: Float64Array | null;
}

interface Vote {
  readonly neighbors: number;
  readonly byDistance: boolean;
  /** 0: the mean of the neighbours' labels. */
  readonly classes: number;
}

/** Cells that a model keeps at most: 256 MiB. */
const mostCells = 2 ** 25;
const block = 1024;
/** Differences that are squared within some milliseconds. */
const within = 4e6;

export const kNearest: Learner = {
  async fit(matrix, rows, _validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    const read = settingReader('k_nearest', settings);
    const neighbors = read.number('neighbors');
    if (neighbors > used.length) {
      throw new LearnError(
        'setting',
        `\`neighbors\` is ${count(neighbors)}, and there are ${count(used.length)} training rows.`,
        `Write \`neighbors: ${Math.max(1, Math.min(5, used.length))}\`, or widen the train partition.`,
      );
    }
    const cells = used.length * (matrix.columns.length + 1);
    if (cells > mostCells) {
      throw new LearnError(
        'setting',
        `\`k_nearest\` keeps every training row: ${count(used.length)} rows of ${matrix.columns.length} columns are ${count(cells)} values, and ${count(mostCells)} are the most.`,
        'Train on a sample of the rows, or choose an algorithm that sums them up.',
      );
    }
    const layout = layoutOf(matrix, used);
    const design = designOf(matrix, used, layout);
    const vote: Vote = {
      neighbors,
      byDistance: read.choice('weights') === 'distance',
      classes: context.label === 'classes' ? classCount(context) : 0,
    };
    context.progress(1, 1, null);
    const memory: Memory = {
      rows: used.length,
      columns: layout.columns,
      numbers: design.numbers.map(({ values }) => values),
      codes: design.categories.map(({ codes }) => codes),
      label: gather(matrix.label, used),
      weight: weightsOf(matrix, used),
    };
    return load(stateOf(memory, vote));
  },
  load,
};

/** The neighbours found so far, nearest first. */
interface Found {
  size: number;
  readonly distance: Float64Array;
  readonly row: Int32Array;
}

/** What a row must be nearer than. */
const farthestOf = ({ size, distance }: Found, most: number): number => (size < most ? Number.POSITIVE_INFINITY : (distance[most - 1] ?? 0));

function keep(found: Found, most: number, distance: number, row: number): void {
  let at = found.size < most ? found.size++ : most - 1;
  // Rows come in order, so an equal distance stands behind.
  for (; at > 0 && (found.distance[at - 1] ?? 0) > distance; at--) {
    found.distance[at] = found.distance[at - 1] ?? 0;
    found.row[at] = found.row[at - 1] ?? 0;
  }
  found.distance[at] = distance;
  found.row[at] = row;
}

function search(memory: Memory, asked: Design, neighbors: number): readonly Found[] {
  const found = Array.from({ length: asked.rows }, (): Found => ({ size: 0, distance: new Float64Array(neighbors), row: new Int32Array(neighbors) }));
  const distances = new Float64Array(block);
  for (let from = 0; from < memory.rows; from += block) {
    const length = Math.min(block, memory.rows - from);
    for (let q = 0; q < asked.rows; q++) {
      const own = found[q];
      if (!own) continue;
      distances.fill(0);
      for (const [k, values] of memory.numbers.entries()) addSquares(distances, values, from, length, asked.numbers[k]?.values[q] ?? 0);
      for (const [k, codes] of memory.codes.entries()) addDifferences(distances, codes, from, length, asked.categories[k]?.codes[q] ?? -1);
      let farthest = farthestOf(own, neighbors);
      for (let i = 0; i < length; i++) {
        const distance = distances[i] ?? 0;
        if (distance >= farthest) continue;
        keep(own, neighbors, distance, from + i);
        farthest = farthestOf(own, neighbors);
      }
    }
  }
  return found;
}

function addSquares(distances: Float64Array, values: Float64Array, from: number, length: number, asked: number): void {
  for (let i = 0; i < length; i++) {
    const gap = asked - (values[from + i] ?? 0);
    distances[i] = (distances[i] ?? 0) + gap * gap;
  }
}

/** One-hot: two ones in different places; a level that train does not have has no place. */
function addDifferences(distances: Float64Array, codes: Int32Array, from: number, length: number, asked: number): void {
  const apart = asked < 0 ? 1 : 2;
  for (let i = 0; i < length; i++) if (codes[from + i] !== asked) distances[i] = (distances[i] ?? 0) + apart;
}

/** As scikit-learn: with votes by distance, rows at distance 0 alone decide where there are any. */
function voteOf({ distance, row, size }: Found, { label, weight }: Memory, { byDistance, classes }: Vote, out: Float64Array): void {
  const exact = byDistance && distance[0] === 0;
  let total = 0;
  for (let i = 0; i < size; i++) {
    const at = row[i] ?? 0;
    const far = Math.sqrt(distance[i] ?? 0);
    const own = (byDistance ? (exact ? Number(far === 0) : 1 / far) : 1) * (weight?.[at] ?? 1);
    const value = label[at] ?? 0;
    total += own;
    if (classes > 0) out[value] = (out[value] ?? 0) + own;
    else out[0] = (out[0] ?? 0) + own * value;
  }
  for (let k = 0; k < out.length; k++) out[k] = (out[k] ?? 0) / total;
}

function stateOf({ rows, columns, numbers, codes, label, weight }: Memory, { neighbors, byDistance, classes }: Vote): ModelState {
  return {
    kind: 'k_nearest',
    version: 1,
    neighbors,
    byDistance,
    classes,
    rows,
    columns: columns.map((column): JsonValue => ({ ...column })),
    numbers: numbers.map(encodeFloats),
    codes: codes.map(encodeInts),
    labels: encodeFloats(label),
    weights: weight && encodeFloats(weight),
  };
}

function load(state: ModelState): FittedModel {
  const { rows, neighbors, byDistance, classes, weights } = state;
  if (typeof rows !== 'number' || typeof neighbors !== 'number' || typeof classes !== 'number' || typeof byDistance !== 'boolean')
    throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  const columns = state['columns'] as unknown as readonly DesignColumn[];
  const memory: Memory = {
    rows,
    columns,
    numbers: (state['numbers'] as readonly string[]).map(decodeFloats),
    codes: (state['codes'] as readonly string[]).map(decodeInts),
    label: decodeFloats(String(state['labels'])),
    weight: typeof weights === 'string' ? decodeFloats(weights) : null,
  };
  const layout = { width: columns.reduce((width, column) => width + (column.kind === 'category' ? column.levels.length : 1), 1), columns };
  const each = Math.max(1, classes);
  const predict = (matrix: Matrix, asked: Int32Array): Float64Array => {
    const out = new Float64Array(asked.length * each);
    for (let from = 0; from < asked.length; from += block) {
      const part = asked.subarray(from, from + block);
      const found = search(memory, designOf(matrix, part, layout), neighbors);
      found.forEach((of, i) => {
        const at = (from + i) * each;
        voteOf(of, memory, { neighbors, byDistance, classes }, out.subarray(at, at + each));
      });
    }
    return out;
  };
  return { kind: state.kind, state, findings: [], predict, rowsAtOnce: Math.max(1, Math.floor(within / (rows * Math.max(1, columns.length)))) };
}
