/** Fitted transforms that read several columns, or make many: worked out plainly, row by row, over the training rows in order. */
import { random } from '../../runner/learn/random.ts';
import { solved } from './solved.ts';

/** Rows of numbers. */
export type Rows = readonly (readonly number[])[];

const at = (row: readonly number[] | undefined, i: number): number => row?.[i] ?? 0;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const column = (rows: Rows, i: number): number[] => rows.map(row => at(row, i));
const indices = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export const distance = (a: readonly number[], b: readonly number[]): number => Math.sqrt(sum(a.map((x, i) => (x - at(b, i)) ** 2)));

// ---------------------------------------------------------------- k-means

function nearest(row: readonly number[], centres: Rows): number {
  const distances = centres.map(centre => sum(row.map((x, i) => (x - at(centre, i)) ** 2)));
  return distances.indexOf(Math.min(...distances));
}

const squaredTo = (row: readonly number[], centres: Rows): number =>
  Math.min(...centres.map(centre => sum(row.map((x, i) => (x - at(centre, i)) ** 2))));

function beginnings(rows: Rows, clusters: number, seed: number): Rows {
  const source = random(seed);
  const centres = [rows[source.below(rows.length)] ?? []];
  while (centres.length < clusters) {
    const weights = rows.map(row => squaredTo(row, centres));
    const candidates = indices(2 + Math.floor(Math.log(clusters))).map(() => {
      const wanted = source.uniform() * sum(weights);
      const drawn = weights.findIndex((_, i) => sum(weights.slice(0, i + 1)) > wanted);
      return rows[drawn < 0 ? rows.length - 1 : drawn] ?? [];
    });
    const left = candidates.map(candidate => sum(rows.map(row => squaredTo(row, [...centres, candidate]))));
    centres.push(candidates[left.indexOf(Math.min(...left))] ?? []);
  }
  return centres;
}

export function centresOf(rows: Rows, clusters: number, seed: number, rounds: number): Rows {
  let centres = beginnings(rows, clusters, seed);
  let owners: readonly number[] = [];
  for (let round = 0; round < rounds; round++) {
    const now = rows.map(row => nearest(row, centres));
    if (now.every((owner, i) => owner === owners[i])) break;
    owners = now;
    const taken: number[] = [];
    const before = centres;
    centres = before.map((_, c) => {
      const own = rows.filter((_row, i) => now[i] === c);
      if (own.length > 0) return indices(rows[0]?.length ?? 0).map(d => mean(column(own, d)));
      const free = indices(rows.length).filter(i => !taken.includes(i));
      const far = (i: number): number => squaredTo(rows[i] ?? [], before);
      const farthest = free.reduce((best, i) => (far(i) > far(best) ? i : best), free[0] ?? 0);
      taken.push(farthest);
      return rows[farthest] ?? [];
    });
  }
  return [...centres].sort((a, b) => {
    const d = a.findIndex((x, i) => x !== b[i]);
    return d < 0 ? 0 : at(a, d) - at(b, d);
  });
}

// ---------------------------------------------------------------- principal components

/** Jacobi's rotations: slow, and exact to the last digits. */
function jacobi(matrix: number[][]): { values: number[]; vectors: number[][] } {
  const n = matrix.length;
  const a = matrix.map(row => [...row]);
  const v = indices(n).map(i => indices(n).map(j => (i === j ? 1 : 0)));
  const get = (rows: number[][], i: number, j: number): number => at(rows[i], j);
  for (let sweep = 0; sweep < 100; sweep++) {
    for (const p of indices(n)) {
      for (const q of indices(n).slice(p + 1)) {
        if (get(a, p, q) === 0) continue;
        const theta = (get(a, q, q) - get(a, p, p)) / (2 * get(a, p, q));
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        const turn = (rows: number[][], read: (i: number) => [number, number], write: (i: number, x: number, y: number) => void): void => {
          for (const i of indices(rows.length)) {
            const [x, y] = read(i);
            write(i, c * x - s * y, s * x + c * y);
          }
        };
        const put = (rows: number[][], i: number, j: number, value: number): void => {
          const row = rows[i];
          if (row) row[j] = value;
        };
        turn(
          a,
          i => [get(a, i, p), get(a, i, q)],
          (i, x, y) => {
            put(a, i, p, x);
            put(a, i, q, y);
          },
        );
        turn(
          a,
          i => [get(a, p, i), get(a, q, i)],
          (i, x, y) => {
            put(a, p, i, x);
            put(a, q, i, y);
          },
        );
        turn(
          v,
          i => [get(v, i, p), get(v, i, q)],
          (i, x, y) => {
            put(v, i, p, x);
            put(v, i, q, y);
          },
        );
      }
    }
  }
  return { values: indices(n).map(i => get(a, i, i)), vectors: indices(n).map(i => v.map(row => at(row, i))) };
}

export function componentsOf(rows: Rows, count: number, whiten: boolean): { mean: number[]; weights: number[][] } {
  const size = rows[0]?.length ?? 0;
  const means = indices(size).map(i => mean(column(rows, i)));
  const covariance = indices(size).map(i =>
    indices(size).map(j => sum(rows.map(row => (at(row, i) - at(means, i)) * (at(row, j) - at(means, j)))) / Math.max(1, rows.length - 1)),
  );
  const { values, vectors } = jacobi(covariance);
  const order = indices(size).sort((a, b) => at(values, b) - at(values, a));
  const weights = order.slice(0, count).map(i => {
    const vector = vectors[i] ?? [];
    const variance = at(values, i);
    if (variance <= 1e-12 * sum(values)) return vector.map(() => 0);
    const largest = Math.max(...vector.map(Math.abs));
    const sign = (vector.find(x => Math.abs(x) > largest * (1 - 1e-9)) ?? 0) < 0 ? -1 : 1;
    return vector.map(x => (x * sign) / (whiten ? Math.sqrt(variance) : 1));
  });
  return { mean: means, weights };
}

// ---------------------------------------------------------------- choice of columns

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const low = Math.floor(position);
  return at(sorted, low) + (position - low) * (at(sorted, Math.ceil(position)) - at(sorted, low));
}

function binsOf(values: readonly number[]): number[] {
  const distinct = [...new Set(values)];
  if (distinct.length <= 10) return values.map(value => distinct.filter(other => other < value).length);
  const edges = new Set(indices(9).map(i => quantile(values, (i + 1) / 10)));
  return values.map(value => [...edges].filter(edge => edge <= value).length);
}

function information(a: readonly number[], b: readonly number[]): number {
  const n = a.length;
  const share = (of: (i: number) => boolean): number => indices(n).filter(of).length / n;
  let total = 0;
  for (const x of new Set(a)) {
    for (const y of new Set(b)) {
      const both = share(i => a[i] === x && b[i] === y);
      if (both > 0) total += both * Math.log(both / (share(i => a[i] === x) * share(i => b[i] === y)));
    }
  }
  return total;
}

function f(values: readonly number[], label: readonly number[], isBinary: boolean): number {
  const n = values.length;
  if (isBinary) {
    const groups = [0, 1].map(of => values.filter((_, i) => label[i] === of)).filter(group => group.length > 0);
    const between = sum(groups.map(group => group.length * (mean(group) - mean(values)) ** 2));
    const within = sum(groups.flatMap(group => group.map(value => (value - mean(group)) ** 2)));
    return groups.length < 2 || between === 0 ? 0 : between / (within / (n - 2));
  }
  const spread = (of: readonly number[]): number => sum(of.map(value => (value - mean(of)) ** 2));
  if (spread(values) === 0 || spread(label) === 0) return 0;
  const r2 = sum(values.map((value, i) => (value - mean(values)) * (at(label, i) - mean(label)))) ** 2 / (spread(values) * spread(label));
  return (r2 / (1 - r2)) * (n - 2);
}

function entries(rows: Rows, label: readonly number[], wanted: number): number[] {
  const size = rows[0]?.length ?? 0;
  const n = rows.length;
  const x = indices(size).map(i => {
    const own = column(rows, i);
    const deviation = Math.sqrt(mean(own.map(value => (value - mean(own)) ** 2)));
    return own.map(value => (deviation > 0 ? (value - mean(own)) / deviation : 0));
  });
  const y = label.map(value => value - mean(label));
  const greatest = Math.max(...x.map(own => Math.abs(sum(own.map((value, i) => value * at(y, i)))) / n));
  const scores = indices(size).map(() => 0);
  const b = indices(size).map(() => 0);
  for (let step = 1; step <= 100 && greatest > 0 && scores.filter(score => score > 0).length < wanted; step++) {
    const penalty = greatest * 1e-3 ** (step / 100);
    for (let sweep = 0; sweep < 5000; sweep++) {
      let change = 0;
      for (const j of indices(size)) {
        const own = x[j] ?? [];
        if (own.every(value => value === 0)) continue;
        const rest = sum(own.map((value, i) => value * (at(y, i) - sum(indices(size).map(k => (k === j ? 0 : at(b, k) * at(x[k], i))))))) / n;
        const next = rest > penalty ? rest - penalty : rest < -penalty ? rest + penalty : 0;
        change = Math.max(change, Math.abs(next - at(b, j)));
        b[j] = next;
      }
      if (change < 1e-13) break;
    }
    const strongest = Math.max(...b.map(Math.abs));
    for (const j of indices(size)) if (b[j] !== 0 && scores[j] === 0) scores[j] = 101 - step + Math.abs(at(b, j)) / (2 * strongest);
  }
  return scores;
}

/** Indices of the columns that are kept, in their order. */
export function keptOf(rows: Rows, label: readonly number[], isBinary: boolean, count: number, by: string): number[] {
  const size = rows[0]?.length ?? 0;
  if (size <= count) return indices(size);
  const scores =
    by === 'lasso'
      ? entries(rows, label, count)
      : indices(size).map(i => (by === 'f_score' ? f(column(rows, i), label, isBinary) : information(binsOf(column(rows, i)), binsOf(label))));
  return indices(size)
    .sort((a, b) => at(scores, b) - at(scores, a) || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}

/** Indices of the columns that recursive elimination leaves, by elimination of unknowns. */
export function leftOf(rows: Rows, label: readonly number[], count: number): number[] {
  const x = indices(rows[0]?.length ?? 0).map(i => {
    const own = column(rows, i);
    const deviation = Math.sqrt(mean(own.map(value => (value - mean(own)) ** 2)));
    return own.map(value => (deviation > 0 ? (value - mean(own)) / deviation : 0));
  });
  const y = label.map(value => value - mean(label));
  let left = indices(x.length);
  while (left.length > count) {
    const product = (a: readonly number[], b: readonly number[]): number => sum(a.map((value, i) => value * at(b, i)));
    const gram = left.map(i => left.map(j => product(x[i] ?? [], x[j] ?? []) + Number(i === j)));
    const weights = solved(
      gram,
      left.map(i => product(x[i] ?? [], y)),
    ).map(Math.abs);
    const least = Math.min(...weights) + 1e-9 * Math.max(...weights);
    const goes = weights.findLastIndex(weight => weight <= least);
    left = left.filter((_, i) => i !== goes);
  }
  return left;
}

// ---------------------------------------------------------------- terms

const small = (text: string): string => Array.from(text, letter => Array.from(letter.toLowerCase())[0] ?? '').join('');

export const wordsOf = (text: string): string[] => Array.from(small(text).matchAll(/[\p{L}\p{N}_]{2,}/gu), found => found[0]);

const codePoints = (text: string): number[] => Array.from(text, letter => letter.codePointAt(0) ?? 0);

export function compareText(a: string, b: string): number {
  const [left, right] = [codePoints(a), codePoints(b)];
  const i = left.findIndex((point, place) => point !== right[place]);
  return i < 0 ? left.length - right.length : i >= right.length ? 1 : at(left, i) - at(right, i);
}

/** `texts`: of all training rows; null where there is none. */
export function termWeights(texts: readonly (string | null)[], most: number, least: number): ReadonlyMap<string, number> {
  const words = texts.map(text => (text === null ? [] : wordsOf(text)));
  const terms = [...new Set(words.flat())].map(term => ({
    term,
    count: words.flat().filter(word => word === term).length,
    rows: words.filter(own => own.includes(term)).length,
  }));
  const kept = terms
    .filter(({ rows }) => rows >= least)
    .sort((a, b) => b.count - a.count || compareText(a.term, b.term))
    .slice(0, most)
    .sort((a, b) => compareText(a.term, b.term));
  return new Map(kept.map(({ term, rows }) => [term, 1 + Math.log((1 + texts.length) / (1 + rows))]));
}

export function termVector(text: string | null, weights: ReadonlyMap<string, number>): number[] {
  const words = text === null ? [] : wordsOf(text);
  const vector = [...weights].map(([term, weight]) => words.filter(word => word === term).length * weight);
  const length = Math.sqrt(sum(vector.map(value => value * value)));
  return vector.map(value => (length === 0 ? 0 : value / length));
}
