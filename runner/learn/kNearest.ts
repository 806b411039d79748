/**
 * k nearest neighbours by exact search: Euclidean distance over standardised numbers and one-hot categories, blocks of training rows that stay
 * in the cache, memory bounded by the block. Equal distances go to the earlier row in the matrix's order. Cover and Hart, IEEE Trans. Inf.
 * Theory 13, 1967; scikit-learn's KNeighborsClassifier and KNeighborsRegressor.
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
  /** Row-major, standardised. */
  readonly numbers: Float64Array;
  /** Row-major. */
  readonly codes: Int32Array;
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
    const { numbers, codes } = rowMajor(designOf(matrix, used, layout));
    const vote: Vote = {
      neighbors,
      byDistance: read.choice('weights') === 'distance',
      classes: context.label === 'classes' ? classCount(context) : 0,
    };
    context.progress(1, 1, null);
    return load(
      stateOf(
        { rows: used.length, columns: layout.columns, numbers, codes, label: gather(matrix.label, used), weight: weightsOf(matrix, used) },
        vote,
      ),
    );
  },
  load,
};

function rowMajor({ rows, numbers, categories }: Design): Pick<Memory, 'numbers' | 'codes'> {
  const out = { numbers: new Float64Array(rows * numbers.length), codes: new Int32Array(rows * categories.length) };
  numbers.forEach(({ values }, k) => {
    for (let i = 0; i < rows; i++) out.numbers[i * numbers.length + k] = values[i] ?? 0;
  });
  categories.forEach(({ codes }, k) => {
    for (let i = 0; i < rows; i++) out.codes[i * categories.length + k] = codes[i] ?? -1;
  });
  return out;
}

/** The neighbours found so far, nearest first. */
interface Found {
  size: number;
  readonly distance: Float64Array;
  readonly row: Int32Array;
}

function keep(found: Found, most: number, distance: number, row: number): void {
  if (found.size === most && distance >= (found.distance[most - 1] ?? 0)) return;
  let at = found.size < most ? found.size++ : most - 1;
  // Rows come in order, so an equal distance stands behind.
  for (; at > 0 && (found.distance[at - 1] ?? 0) > distance; at--) {
    found.distance[at] = found.distance[at - 1] ?? 0;
    found.row[at] = found.row[at - 1] ?? 0;
  }
  found.distance[at] = distance;
  found.row[at] = row;
}

function search(memory: Memory, asked: Pick<Memory, 'numbers' | 'codes'>, rows: number, neighbors: number): readonly Found[] {
  const found = Array.from({ length: rows }, (): Found => ({ size: 0, distance: new Float64Array(neighbors), row: new Int32Array(neighbors) }));
  const wide = memory.numbers.length / memory.rows;
  const coded = memory.codes.length / memory.rows;
  const { numbers, codes } = memory;
  for (let from = 0; from < memory.rows; from += block) {
    const to = Math.min(memory.rows, from + block);
    for (let q = 0; q < rows; q++) {
      const own = found[q];
      if (!own) continue;
      const [atNumbers, atCodes] = [q * wide, q * coded];
      for (let i = from; i < to; i++) {
        let distance = 0;
        for (let k = 0, at = i * wide; k < wide; k++, at++) {
          const gap = (asked.numbers[atNumbers + k] ?? 0) - (numbers[at] ?? 0);
          distance += gap * gap;
        }
        for (let k = 0, at = i * coded; k < coded; k++, at++) {
          const one = asked.codes[atCodes + k] ?? -1;
          // One-hot: two ones in different places; a level that train does not have has no place.
          if (one !== codes[at]) distance += one < 0 ? 1 : 2;
        }
        keep(own, neighbors, distance, i);
      }
    }
  }
  return found;
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
    numbers: encodeFloats(numbers),
    codes: encodeInts(codes),
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
    numbers: decodeFloats(String(state['numbers'])),
    codes: decodeInts(String(state['codes'])),
    label: decodeFloats(String(state['labels'])),
    weight: typeof weights === 'string' ? decodeFloats(weights) : null,
  };
  const layout = { width: columns.reduce((width, column) => width + (column.kind === 'category' ? column.levels.length : 1), 1), columns };
  const each = Math.max(1, classes);
  const predict = (matrix: Matrix, asked: Int32Array): Float64Array => {
    const out = new Float64Array(asked.length * each);
    for (let from = 0; from < asked.length; from += block) {
      const part = asked.subarray(from, from + block);
      const found = search(memory, rowMajor(designOf(matrix, part, layout)), part.length, neighbors);
      found.forEach((of, i) => {
        const at = (from + i) * each;
        voteOf(of, memory, { neighbors, byDistance, classes }, out.subarray(at, at + each));
      });
    }
    return out;
  };
  return { kind: state.kind, state, findings: [], predict, rowsAtOnce: Math.max(1, Math.floor(within / (rows * Math.max(1, columns.length)))) };
}
