/**
 * Training rows made up between rows of the rarer classes: SMOTE (Chawla, Bowyer, Hall and Kegelmeyer, "SMOTE: synthetic minority
 * over-sampling technique", Journal of Artificial Intelligence Research 16, 2002), with its rule for categories (section 6.1, SMOTE-NC).
 */
import { inMemory } from './columnFile.ts';
import type { Matrix, MatrixColumn } from './matrix.ts';
import { derivedSeed, random } from './random.ts';

export interface Smote {
  /** Nearest rows of the same class, one of which each new row lies towards. */
  readonly k: number;
  /** Rows of a class afterwards, as a share of those of the most frequent one. */
  readonly ratio: number;
  readonly seed: number;
}

export interface Smoted {
  /** The rows of the matrix as they were, and the new ones behind them. */
  readonly matrix: Matrix;
  readonly rows: Int32Array;
}

type Pause = () => Promise<void> | null;

const at = (values: ArrayLike<number> | undefined, i: number): number => values?.[i] ?? 0;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What two unlike categories are apart: the median deviation of the numbers of the class. */
function categoryDistance(columns: readonly MatrixColumn[], rows: Int32Array): number {
  const deviations = columns.flatMap(column => {
    if (column.kind === 'category') return [];
    const values = Array.from(rows, row => at(column.values, row));
    const mean = meanOf(values);
    return [Math.sqrt(meanOf(values.map(value => (value - mean) ** 2)))];
  });
  if (deviations.length === 0) return 1;
  const sorted = deviations.sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (at(sorted, Math.floor(middle)) + at(sorted, Math.ceil(middle))) / 2;
}

/** The `k` nearest of `rows` to one of them, itself left out; ties go to the row that comes first. */
export function nearestRows(columns: readonly MatrixColumn[], rows: Int32Array, own: number, k: number, unlike: number): number[] {
  const found: { readonly row: number; readonly distance: number }[] = [];
  for (const row of rows) {
    if (row === own) continue;
    let distance = 0;
    for (const column of columns) {
      if (column.kind === 'number') distance += (at(column.values, row) - at(column.values, own)) ** 2;
      else if (column.codes[row] !== column.codes[own]) distance += unlike * unlike;
    }
    if (found.length === k && distance >= (found.at(-1)?.distance ?? 0)) continue;
    const place = found.findIndex(other => distance < other.distance);
    found.splice(place < 0 ? found.length : place, 0, { row, distance });
    if (found.length > k) found.pop();
  }
  return found.map(({ row }) => row);
}

/** The code that most rows have; of equals the least. */
function usual(codes: Int32Array, rows: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(at(codes, row), (counts.get(at(codes, row)) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || a - b)[0]?.[0] ?? 0;
}

/** A new row: between `base` and `towards`, `share` of the way; its categories are what most of the neighbours have. */
interface Made {
  readonly base: number;
  readonly towards: number;
  readonly share: number;
  readonly neighbours: readonly number[];
}

function extended(column: MatrixColumn, made: readonly Made[]): MatrixColumn {
  if (column.kind === 'category') {
    const codes = new Int32Array(column.codes.length + made.length);
    codes.set(column.codes);
    made.forEach(({ neighbours }, i) => {
      codes[column.codes.length + i] = usual(column.codes, neighbours);
    });
    return { ...column, codes };
  }
  const values = new Float64Array(column.values.length + made.length);
  values.set(column.values);
  made.forEach(({ base, towards, share }, i) => {
    const from = at(column.values, base);
    values[column.values.length + i] = from + share * (at(column.values, towards) - from);
  });
  return { ...column, values };
}

/** What a new row has beside its features, it has of its base. */
function withRows(matrix: Matrix, made: readonly Made[]): Matrix {
  const grown = <T extends Float64Array | Int32Array | Uint8Array | BigInt64Array>(values: T, empty: T): T => {
    empty.set(values as never);
    for (const [i, { base }] of made.entries()) empty[matrix.rows + i] = values[base] as never;
    return empty;
  };
  const rows = matrix.rows + made.length;
  const numbers = (values: Float64Array): Float64Array => grown(values, new Float64Array(rows));
  return {
    ...matrix,
    rows,
    columns: matrix.columns.map(column => extended(column, made)),
    label: numbers(matrix.label),
    partition: grown(matrix.partition, new Uint8Array(rows)),
    identity: [...matrix.identity, ...made.map(({ base }) => matrix.identity[base] ?? '')],
    entity: grown(matrix.entity, new Int32Array(rows)),
    cutoff: matrix.cutoff && grown(matrix.cutoff, new BigInt64Array(rows)),
    weight: matrix.weight && numbers(matrix.weight),
  };
}

/**
 * New rows for every class but the most frequent; a class of one row stays as it is. `rows` are in the order of the matrix, by which new
 * rows are drawn. O(new rows · rows of the class · columns).
 */
export async function smoted(stored: Matrix, rows: Int32Array, { k, ratio, seed }: Smote, pause: Pause): Promise<Smoted> {
  const matrix = inMemory(stored);
  const classes = [...new Set(Array.from(rows, row => at(matrix.label, row)))].filter(label => !Number.isNaN(label)).sort((a, b) => a - b);
  const members = classes.map(label => rows.filter(row => matrix.label[row] === label));
  const most = members.reduce((greatest, own) => Math.max(greatest, own.length), 0);
  const made: Made[] = [];
  for (const [i, own] of members.entries()) {
    const wanted = Math.round(most * ratio) - own.length;
    if (own.length < 2 || wanted <= 0) continue;
    const source = random(derivedSeed(seed, `smote ${i}`));
    const unlike = categoryDistance(matrix.columns, own);
    const known = new Map<number, readonly number[]>();
    for (let n = 0; n < wanted; n++) {
      await pause();
      const base = at(own, source.below(own.length));
      const neighbours = known.get(base) ?? nearestRows(matrix.columns, own, base, Math.min(k, own.length - 1), unlike);
      known.set(base, neighbours);
      made.push({ base, towards: at(neighbours, source.below(neighbours.length)), share: source.uniform(), neighbours });
    }
  }
  const added = Int32Array.from(made, (_, i) => matrix.rows + i);
  return { matrix: withRows(matrix, made), rows: Int32Array.from([...rows, ...added]) };
}
