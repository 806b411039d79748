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

/** A column, which may lie in a file: values are asked for by rows. */
export interface Compared {
  readonly of: (rows: Int32Array) => Codes;
  /** Of some rows of train, the same in all columns. */
  readonly sampled: Codes;
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

export const mostTestRows = 10_000;
/** Columns in which a neighbour may differ; more would only sharpen the bound. */
const mostOmitted = 6;

/** Null where the columns are too few, or say too much the same, to tell copies from chance. O(rows + test rows), nearly whatever the columns. */
export function copiesAcross(columns: readonly Compared[], { train, test, entity }: Sides): Copies | null {
  if (columns.length < 3 || train.length === 0 || test.length === 0) return null;
  const { omitted, others } = telling(columns);
  if (omitted.length < 2) return null;
  const looked = someOf(test, mostTestRows);
  const sides = agreeing(columns, others, looked, train);
  const inTest = hashed(columns, omitted, sides.test);
  const inTrain = hashed(columns, omitted, sides.train);
  const masks = masksOf(omitted.length);
  const counts = masks.map(mask => countPartners(inTest, inTrain, mask));
  withoutOwn(inTest, inTrain, masks, counts, entity);
  let [equal, one, two] = [0, 0, 0];
  for (let t = 0; t < looked.length; t++) {
    const at = distances(masks, counts, t);
    if (at[0] + at[1] === 1) {
      if (at[0] === 1) equal++;
      else one++;
    } else if (at[0] + at[1] === 0 && at[2] === 1) two++;
  }
  return { n: looked.length, equal, expected: Math.max(one, (2 * one * one) / (2 * two + 1)) };
}

/** How many training rows differ from a test row in none, one and two of the columns that may differ. */
function distances(masks: readonly (readonly number[])[], counts: readonly Int32Array[], t: number): [number, number, number] {
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
  return [equal, one, two];
}

/** Nothing left out, then one column, then two: positions among the columns that may differ. */
function masksOf(columns: number): readonly (readonly number[])[] {
  const all = Array.from({ length: columns }, (_, i) => i);
  return [[], ...all.map(i => [i]), ...all.flatMap(i => all.slice(i + 1).map(j => [i, j]))];
}

/** Several rules ask for as many of the same rows. */
const drawn = new WeakMap<Int32Array, Map<number, Int32Array>>();

/** At most `most` of the rows, the same ones for the same rows; neither may be changed. */
export function someOf(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  const known = drawn.get(rows) ?? new Map<number, Int32Array>();
  drawn.set(rows, known);
  const some = known.get(most) ?? drawFrom(rows, most);
  known.set(most, some);
  return some;
}

function drawFrom(rows: Int32Array, most: number): Int32Array {
  const draw = random(rows.length);
  const picked = new Int32Array(most);
  // Selection sampling (Knuth, The Art of Computer Programming 2, algorithm S) keeps the order.
  for (let i = 0, taken = 0; taken < most; i++) {
    if (draw.uniform() * (rows.length - i) < most - taken) picked[taken++] = rows[i] ?? 0;
  }
  return picked;
}

interface Telling {
  /** In which a neighbour may differ. */
  readonly omitted: readonly number[];
  /** The most distinct values first. */
  readonly others: readonly number[];
}

/**
 * The columns with the most distinct values in a sample of train, without those that another one decides: where i decides j, no row can
 * differ in i or j alone.
 */
function telling(columns: readonly Compared[]): Telling {
  const coded = columns.map(column => codesOf(column.sampled));
  const order = columns.map((_, j) => j).sort((a, b) => (coded[b]?.distinct ?? 0) - (coded[a]?.distinct ?? 0) || a - b);
  const omitted: number[] = [];
  for (const j of order) {
    const own = coded[j];
    if (omitted.length === mostOmitted || !own || own.distinct < 2) break;
    const rows = own.codes.length;
    const isDecided = omitted.some(i => {
      const other = coded[i];
      // Where hardly a value repeats, nothing is known of what it decides.
      if (!other || other.distinct > rows / 5) return false;
      const pairs = new Set<number>();
      for (let k = 0; k < rows && pairs.size <= other.distinct; k++) pairs.add((other.codes[k] ?? 0) * own.distinct + (own.codes[k] ?? 0));
      return pairs.size <= other.distinct;
    });
    if (!isDecided) omitted.push(j);
  }
  return { omitted, others: order.filter(j => !omitted.includes(j)) };
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

/** Rows with a hash of 64 bits, in two halves, of the columns that all neighbours agree in. */
interface Agreeing {
  readonly rows: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** The test rows, and of train those that agree with one of them in all columns that are given: most are out after a few columns. */
function agreeing(
  columns: readonly Compared[],
  of: readonly number[],
  test: Int32Array,
  train: Int32Array,
): { readonly test: Agreeing; readonly train: Agreeing } {
  const start = (rows: Int32Array): Agreeing => ({ rows, low: new Int32Array(rows.length), high: new Int32Array(rows.length) });
  const inTest = start(test);
  let inTrain = start(train);
  of.forEach((j, k) => {
    const column = columns[j];
    if (!column) return;
    for (const side of [inTest, inTrain]) addHashes(column, j, side.rows, side.low, side.high);
    if (k % 2 === 1 || k === of.length - 1) inTrain = kept(inTest, inTrain);
  });
  return { test: inTest, train: inTrain };
}

function kept(test: Agreeing, train: Agreeing): Agreeing {
  const { partnerOf } = tableOf(test.low, test.high);
  const places = new Int32Array(train.rows.length);
  let n = 0;
  for (let i = 0; i < places.length; i++) if (partnerOf(train.low[i] ?? 0, train.high[i] ?? 0) !== -1) places[n++] = i;
  const pick = (values: Int32Array): Int32Array => places.subarray(0, n).map(i => values[i] ?? 0);
  return { rows: pick(train.rows), low: pick(train.low), high: pick(train.high) };
}

/** The bits of a number. */
const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);

/** Joins the values of a column into the hashes of the rows. */
function addHashes(column: Compared, j: number, rows: Int32Array, low: Int32Array, high: Int32Array): void {
  const values = column.of(rows);
  const seed = Math.imul(j + 1, 0x9e3779b9);
  if (values instanceof Int32Array) addWhole(values, seed, low, high);
  else addReal(values, seed, low, high);
}

function addWhole(values: Int32Array, seed: number, low: Int32Array, high: Int32Array): void {
  for (let i = 0; i < values.length; i++) {
    const a = values[i] as number;
    const h = mixed(mixed(a ^ seed));
    low[i] = (low[i] as number) ^ h;
    high[i] = (high[i] as number) ^ mixed(h ^ 0x85ebca6b ^ a);
  }
}

function addReal(values: Float64Array, seed: number, low: Int32Array, high: Int32Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    // Zero has two signs and null many patterns of bits; each is one value.
    number[0] = value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value;
    // The second half holds the sign and the exponent on nearly all machines, and whole numbers differ in it.
    const a = halves[1] as number;
    const h = mixed(mixed(a ^ seed) ^ (halves[0] as number));
    low[i] = (low[i] as number) ^ h;
    high[i] = (high[i] as number) ^ mixed(h ^ 0x85ebca6b ^ a);
  }
}

/** The finalizer of MurmurHash3 (Appleby). */
function mixed(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

interface Halves {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

interface Hashes extends Agreeing {
  /** Of each column that may differ. */
  readonly of: readonly Halves[];
  /** Of all columns. */
  readonly full: Halves;
}

function hashed(columns: readonly Compared[], omitted: readonly number[], { rows, low, high }: Agreeing): Hashes {
  const of = omitted.flatMap(j => {
    const column = columns[j];
    if (!column) return [];
    const own = { low: new Int32Array(rows.length), high: new Int32Array(rows.length) };
    addHashes(column, j, rows, own.low, own.high);
    return [own];
  });
  return { rows, low, high, of, full: { low: joined(low, of, 'low'), high: joined(high, of, 'high') } };
}

/** Hashes join by what undoes itself: joining one a second time takes it out. */
function joined(first: Int32Array, parts: readonly Halves[], half: keyof Halves): Int32Array {
  const out = first.slice();
  for (const part of parts) {
    const own = part[half];
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) ^ (own[i] as number);
  }
  return out;
}

/** The hashes of the rows without the columns that are left out. */
function hashesWithout({ full, of }: Hashes, mask: readonly number[]): Halves {
  const parts = of.filter((_, i) => mask.includes(i));
  return { low: joined(full.low, parts, 'low'), high: joined(full.high, parts, 'high') };
}

/** Numbers for the hashes, from 0, the same for equal ones. */
function tableOf(
  low: Int32Array,
  high: Int32Array,
): { readonly numbers: Int32Array; readonly partnerOf: (a: number, b: number) => number; readonly size: number } {
  let capacity = 4;
  while (capacity < 4 * low.length) capacity *= 2;
  const places = new Int32Array(capacity).fill(-1);
  const lows = new Int32Array(capacity);
  const highs = new Int32Array(capacity);
  const slotOf = (a: number, b: number): number => {
    let slot = a & (capacity - 1);
    while (places[slot] !== -1 && (lows[slot] !== a || highs[slot] !== b)) slot = (slot + 1) & (capacity - 1);
    return slot;
  };
  let size = 0;
  const numbers = low.map((a, i) => {
    const slot = slotOf(a, high[i] ?? 0);
    if (places[slot] === -1) {
      lows[slot] = a;
      highs[slot] = high[i] ?? 0;
      places[slot] = size++;
    }
    return places[slot] ?? 0;
  });
  return { numbers, size, partnerOf: (a, b) => places[slotOf(a, b)] ?? -1 };
}

/** By test row: training rows that agree in all columns but those left out. */
function countPartners(test: Hashes, train: Hashes, mask: readonly number[]): Int32Array {
  const own = hashesWithout(test, mask);
  const others = hashesWithout(train, mask);
  const { numbers, partnerOf, size } = tableOf(own.low, own.high);
  const counts = new Int32Array(size);
  for (let i = 0; i < others.low.length; i++) {
    const partner = partnerOf(others.low[i] ?? 0, others.high[i] ?? 0);
    if (partner !== -1) counts[partner] = (counts[partner] ?? 0) + 1;
  }
  return numbers.map(at => counts[at] ?? 0);
}

/** Takes training rows of the same entity out of the counts. */
function withoutOwn(test: Hashes, train: Hashes, masks: readonly (readonly number[])[], counts: readonly Int32Array[], entity: Int32Array): void {
  const wanted = new Set<number>();
  for (const row of test.rows) wanted.add(entity[row] ?? -1);
  const own = new Map<number, number[]>();
  train.rows.forEach((row, i) => {
    const id = entity[row] ?? -1;
    if (!wanted.has(id)) return;
    const found = own.get(id);
    if (found) found.push(i);
    else own.set(id, [i]);
  });
  if (own.size === 0) return;
  const pairs: (readonly [number, number])[] = [];
  test.rows.forEach((row, t) => {
    for (const i of own.get(entity[row] ?? -1) ?? []) pairs.push([t, i]);
  });
  masks.forEach((mask, k) => {
    const of = counts[k];
    if (!of) return;
    const [tested, trained] = [hashesWithout(test, mask), hashesWithout(train, mask)];
    for (const [t, i] of pairs) if (tested.low[t] === trained.low[i] && tested.high[t] === trained.high[i]) of[t] = (of[t] ?? 0) - 1;
  });
}
