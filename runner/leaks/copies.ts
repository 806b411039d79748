/**
 * Copies across a split, told from rows that are equal by chance. Of the test rows with exactly one training row in their neighbourhood (equal
 * but for at most one column), chance gives at least as many that differ in one column as are equal: given that all other columns agree, the
 * last one agrees by chance with some probability a, and over several columns Σ(1 − a)/a is above 1. Where columns depend on each other it
 * may not be; then rows that differ in two columns are few too, and the bound is raised by them: for independent agreements with odds o the
 * counts at distance 0, 1, 2 are as 1 : Σ1/o : at most (Σ1/o)²/2 (Newton's inequalities for the elementary symmetric polynomials).
 */
import { random } from '../learn/random.ts';

/** Values as the comparison sees them: equal codes are equal values. */
export type Codes = Int32Array | Float64Array;

/** A column, of which all values are taken once and given back: it may lie in a file. */
export interface Compared {
  readonly all: () => Codes;
  readonly of: (rows: Int32Array) => Codes;
}

export interface Sides {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Rows of the same entity are no copies of each other. */
  readonly entity: Int32Array;
}

export interface Copies {
  /** Test rows that were looked at. */
  readonly n: number;
  /** Of these, with one training row in their neighbourhood, an equal one. */
  readonly equal: number;
  /** What chance alone gives at most. */
  readonly expected: number;
}

const mostTestRows = 20_000;
/** Columns in which a neighbour may differ; more would only sharpen the bound. */
const mostOmitted = 6;
const sampled = 2_000;

/** Null where the columns are too few, or say too much the same, to tell copies from chance. O((rows + test rows) × columns). */
export function copiesAcross(columns: readonly Compared[], { train, test, entity }: Sides): Copies | null {
  if (columns.length < 3 || train.length === 0 || test.length === 0) return null;
  const omitted = telling(columns, train);
  if (omitted.length < 2) return null;
  const looked = someOf(test, mostTestRows);
  const hashes = hashesOf(columns, omitted, entity.length);
  const masks = masksOf(omitted.length);
  const counts = masks.map(mask => countPartners(hashes, mask, looked, train));
  const own = withoutOwn(hashes, masks, counts, { train, test: looked, entity });
  let [equal, one, two] = [0, 0, 0];
  for (let t = 0; t < looked.length; t++) {
    const at = distances(masks, own, t, omitted.length);
    if (at[0] + at[1] === 1) {
      if (at[0] === 1) equal++;
      else one++;
    } else if (at[0] + at[1] === 0 && at[2] === 1) two++;
  }
  return { n: looked.length, equal, expected: Math.max(one, (2 * one * one) / (2 * two + 1)) };
}

/** How many training rows differ from a test row in none, one and two of the columns that may differ. */
function distances(masks: readonly (readonly number[])[], counts: readonly Int32Array[], t: number, columns: number): [number, number, number] {
  const of = (i: number): number => counts[i]?.[t] ?? 0;
  const equal = of(0);
  let [one, two] = [0, 0];
  masks.forEach((mask, i) => {
    if (mask.length === 1) one += of(i) - equal;
    if (mask.length === 2) {
      const [a = 0, b = 0] = mask;
      two += of(i) - of(1 + a) - of(1 + b) + equal;
    }
  });
  return columns > 0 ? [equal, one, two] : [equal, 0, 0];
}

/** Nothing left out, then one column, then two: positions among the columns that may differ. */
function masksOf(columns: number): readonly (readonly number[])[] {
  const all = Array.from({ length: columns }, (_, i) => i);
  return [[], ...all.map(i => [i]), ...all.flatMap(i => all.slice(i + 1).map(j => [i, j]))];
}

/** At most `most` of the rows, the same ones for the same rows. */
export function someOf(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  const draw = random(rows.length);
  const picked = new Int32Array(most);
  // Selection sampling (Knuth, The Art of Computer Programming 2, algorithm S) keeps the order.
  for (let i = 0, taken = 0; taken < most; i++) {
    if (draw.uniform() * (rows.length - i) < most - taken) picked[taken++] = rows[i] ?? 0;
  }
  return picked;
}

/**
 * The columns with the most distinct values in a sample of train, without those that another one decides: where i decides j, no row can
 * differ in i or j alone.
 */
function telling(columns: readonly Compared[], train: Int32Array): readonly number[] {
  const rows = someOf(train, sampled);
  const coded = columns.map(column => codesOf(column.of(rows)));
  const order = columns.map((_, j) => j).sort((a, b) => (coded[b]?.distinct ?? 0) - (coded[a]?.distinct ?? 0) || a - b);
  const chosen: number[] = [];
  for (const j of order) {
    const own = coded[j];
    if (chosen.length === mostOmitted || !own || own.distinct < 2) break;
    const isDecided = chosen.some(i => {
      const other = coded[i];
      // Where hardly a value repeats, nothing is known of what it decides.
      if (!other || other.distinct > rows.length / 5) return false;
      const pairs = new Set<number>();
      for (let k = 0; k < rows.length && pairs.size <= other.distinct; k++) pairs.add((other.codes[k] ?? 0) * own.distinct + (own.codes[k] ?? 0));
      return pairs.size <= other.distinct;
    });
    if (!isDecided) chosen.push(j);
  }
  return chosen;
}

/** Numbers for the values, from 0; null is a value. */
function codesOf(values: Codes): { readonly codes: Int32Array; readonly distinct: number } {
  const known = new Map<number, number>();
  const codes = Int32Array.from(values, value => {
    const code = known.get(value) ?? known.size;
    known.set(value, code);
    return code;
  });
  return { codes, distinct: known.size };
}

interface Hashes {
  /** Of all columns, 64 bits in two halves. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Of each column that may differ. */
  readonly of: readonly { readonly low: Int32Array; readonly high: Int32Array }[];
}

const bits = new DataView(new ArrayBuffer(8));

function hashesOf(columns: readonly Compared[], omitted: readonly number[], rows: number): Hashes {
  const low = new Int32Array(rows);
  const high = new Int32Array(rows);
  const of = omitted.map(() => ({ low: new Int32Array(rows), high: new Int32Array(rows) }));
  columns.forEach((lazy, j) => {
    const column = lazy.all();
    const own = of[omitted.indexOf(j)];
    const seed = Math.imul(j + 1, 0x9e3779b9);
    const isWhole = column instanceof Int32Array;
    for (let row = 0; row < rows; row++) {
      let a = column[row] ?? 0;
      let b = 0;
      if (!isWhole) {
        // Zero has two signs and null many patterns of bits; each is one value.
        bits.setFloat64(0, a === 0 ? 0 : Number.isNaN(a) ? Number.NaN : a);
        a = bits.getInt32(0);
        b = bits.getInt32(4);
      }
      const h = mixed(mixed(a ^ seed) ^ b);
      const g = mixed(h ^ 0x85ebca6b ^ a);
      low[row] = (low[row] ?? 0) ^ h;
      high[row] = (high[row] ?? 0) ^ g;
      if (own) {
        own.low[row] = h;
        own.high[row] = g;
      }
    }
  });
  return { low, high, of };
}

/** The finalizer of MurmurHash3 (Appleby). */
function mixed(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Of a row, without the columns that are left out. */
function withoutColumns(
  { low, high, of }: Hashes,
  mask: readonly number[],
): { readonly lowOf: (row: number) => number; readonly highOf: (row: number) => number } {
  const [first, second] = mask.flatMap(i => of[i] ?? []);
  return {
    lowOf: row => (low[row] ?? 0) ^ (first?.low[row] ?? 0) ^ (second?.low[row] ?? 0),
    highOf: row => (high[row] ?? 0) ^ (first?.high[row] ?? 0) ^ (second?.high[row] ?? 0),
  };
}

/** By test row: training rows that agree in all columns but those left out. */
function countPartners(hashes: Hashes, mask: readonly number[], test: Int32Array, train: Int32Array): Int32Array {
  let size = 1;
  while (size < 4 * test.length) size *= 2;
  const lows = new Int32Array(size);
  const highs = new Int32Array(size);
  const partners = new Int32Array(size).fill(-1);
  const slots = new Int32Array(test.length);
  const { lowOf, highOf } = withoutColumns(hashes, mask);
  const slotOf = (a: number, b: number): number => {
    let slot = a & (size - 1);
    while (partners[slot] !== -1 && (lows[slot] !== a || highs[slot] !== b)) slot = (slot + 1) & (size - 1);
    return slot;
  };
  for (let t = 0; t < test.length; t++) {
    const row = test[t] ?? 0;
    const [a, b] = [lowOf(row), highOf(row)];
    const slot = slotOf(a, b);
    if (partners[slot] === -1) {
      lows[slot] = a;
      highs[slot] = b;
      partners[slot] = 0;
    }
    slots[t] = slot;
  }
  for (let i = 0; i < train.length; i++) {
    const row = train[i] ?? 0;
    const slot = slotOf(lowOf(row), highOf(row));
    if (partners[slot] !== -1) partners[slot] = (partners[slot] ?? 0) + 1;
  }
  return slots.map(slot => partners[slot] ?? 0);
}

/** The counts without training rows of the same entity. */
function withoutOwn(
  hashes: Hashes,
  masks: readonly (readonly number[])[],
  counts: readonly Int32Array[],
  { train, test, entity }: Sides,
): readonly Int32Array[] {
  const wanted = new Map<number, number[]>();
  for (const row of test) wanted.set(entity[row] ?? -1, []);
  for (const row of train) wanted.get(entity[row] ?? -1)?.push(row);
  masks.forEach((mask, i) => {
    const of = counts[i];
    const { lowOf, highOf } = withoutColumns(hashes, mask);
    if (!of) return;
    test.forEach((row, t) => {
      for (const other of wanted.get(entity[row] ?? -1) ?? []) {
        if (lowOf(row) === lowOf(other) && highOf(row) === highOf(other)) of[t] = (of[t] ?? 0) - 1;
      }
    });
  });
  return counts;
}
