/** How much columns tell about the label: what `select` keeps the best of. All scores are of rows in the order of identity and cutoff. */
import { descend } from '../learn/coordinateDescent.ts';
import type { Points } from './kmeans.ts';

export type SelectBy = 'mutual_information' | 'f_score' | 'lasso';

const at = (values: ArrayLike<number> | undefined, i: number): number => values?.[i] ?? 0;

function sumOf(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

// ---------------------------------------------------------------- mutual information

const bins = 10;

/** Values as whole numbers: the values themselves in order where they are few, else bins of equal count (edges are type 7 quantiles). */
export function binned(values: Float64Array): Int32Array {
  const sorted = values.slice().sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const edges = distinct.length <= bins ? [...distinct.subarray(1)] : quantileEdges(sorted);
  return Int32Array.from(values, value => {
    let bin = 0;
    while (bin < edges.length && (edges[bin] ?? 0) <= value) bin++;
    return bin;
  });
}

function quantileEdges(sorted: Float64Array): number[] {
  const inner = Array.from({ length: bins - 1 }, (_, i) => {
    const position = ((sorted.length - 1) * (i + 1)) / bins;
    const low = Math.floor(position);
    return at(sorted, low) + (position - low) * (at(sorted, Math.ceil(position)) - at(sorted, low));
  });
  return [...new Set(inner)];
}

/** Of two columns of bins, in nats: Σ p(a,b) · ln(p(a,b) / (p(a) · p(b))). */
function mutualInformation(a: Int32Array, b: Int32Array): number {
  const n = a.length;
  const width = b.reduce((most, bin) => Math.max(most, bin), 0) + 1;
  const height = a.reduce((most, bin) => Math.max(most, bin), 0) + 1;
  const together = new Float64Array(height * width);
  const left = new Float64Array(height);
  const right = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    const [x, y] = [at(a, i), at(b, i)];
    together[x * width + y] = at(together, x * width + y) + 1;
    left[x] = at(left, x) + 1;
    right[y] = at(right, y) + 1;
  }
  let total = 0;
  for (let x = 0; x < height; x++) {
    for (let y = 0; y < width; y++) {
      const count = at(together, x * width + y);
      if (count > 0) total += (count / n) * Math.log((count * n) / (at(left, x) * at(right, y)));
    }
  }
  return total;
}

// ---------------------------------------------------------------- F

/** Between the two classes of a binary label: scikit-learn's `f_classif`. 0 for a constant column. */
function fOfClasses(values: Float64Array, label: Float64Array): number {
  const n = values.length;
  const mean = sumOf(values) / n;
  const groups = [0, 1].map(of => values.filter((_, i) => label[i] === of)).filter(group => group.length > 0);
  let between = 0;
  let within = 0;
  for (const group of groups) {
    const own = sumOf(group) / group.length;
    between += group.length * (own - mean) ** 2;
    for (const value of group) within += (value - own) ** 2;
  }
  if (groups.length < 2 || between === 0) return 0;
  return between / (groups.length - 1) / (within / (n - groups.length));
}

/** Of the straight line through a number: scikit-learn's `f_regression`. 0 for a constant column. */
function fOfNumber(values: Float64Array, label: Float64Array): number {
  const n = values.length;
  const [mx, my] = [sumOf(values) / n, sumOf(label) / n];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [at(values, i) - mx, at(label, i) - my];
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  if (xx === 0 || yy === 0) return 0;
  const r2 = (xy * xy) / (xx * yy);
  return (r2 / (1 - r2)) * (n - 2);
}

// ---------------------------------------------------------------- lasso

const steps = 100;
const shortest = 1e-3;
const sweeps = 1000;

/**
 * The greater, the sooner the column enters as the penalty falls from where nothing enters to a thousandth of it in a hundred equal ratios;
 * columns that enter together go by their coefficient. Columns and label are centred, columns scaled to variance 1.
 */
export async function lassoScores(points: Points, label: Float64Array, wanted: number, pause: () => Promise<void> | null): Promise<Float64Array> {
  const size = points.length;
  const n = label.length;
  const scaled = points.map(column => {
    const mean = sumOf(column) / n;
    const centred = column.map(value => value - mean);
    const deviation = Math.sqrt(sumOf(centred.map(value => value * value)) / n);
    return deviation > 0 ? centred.map(value => value / deviation) : centred.fill(0);
  });
  const my = sumOf(label) / n;
  const y = label.map(value => value - my);
  const a = new Float64Array(size * size);
  const c = new Float64Array(size);
  for (const [i, left] of scaled.entries()) {
    c[i] = dot(left, y) / n;
    for (let j = i; j < size; j++) {
      await pause();
      a[i * size + j] = a[j * size + i] = dot(left, scaled[j] ?? left) / n;
    }
  }
  const scores = new Float64Array(size);
  const b = new Float64Array(size);
  const greatest = c.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const unit = Math.sqrt(dot(y, y) / n);
  for (let step = 1; step <= steps && greatest > 0; step++) {
    const penalty = greatest * shortest ** (step / steps);
    await descend({ size, a, c, l1: new Float64Array(size).fill(penalty) }, b, unit, sweeps, pause);
    const strongest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let j = 0; j < size; j++) {
      if (b[j] !== 0 && scores[j] === 0) scores[j] = steps - step + 1 + Math.abs(at(b, j)) / (2 * strongest);
    }
    if (scores.filter(score => score > 0).length >= wanted) break;
  }
  return scores;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += at(a, i) * at(b, i);
  return total;
}

// ---------------------------------------------------------------- choice

export async function scoresOf(
  by: SelectBy,
  points: Points,
  label: Float64Array,
  isBinary: boolean,
  wanted: number,
  pause: () => Promise<void> | null,
): Promise<Float64Array> {
  if (by === 'lasso') return lassoScores(points, label, wanted, pause);
  const target = binned(label);
  const scores = new Float64Array(points.length);
  for (const [i, column] of points.entries()) {
    await pause();
    scores[i] = by === 'f_score' ? (isBinary ? fOfClasses : fOfNumber)(column, label) : mutualInformation(binned(column), target);
  }
  return scores;
}

/** Indices of the best, in the order of the columns; of equal scores the first. */
export const best = (scores: Float64Array, count: number): number[] =>
  [...scores.keys()]
    .sort((a, b) => at(scores, b) - at(scores, a) || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
