/**
 * What one column says about the label by itself: a step function of it, learned on one half of the training rows and applied to the other, so
 * that many levels do not look like knowledge. Judged by the area under the curve, of a number by the correlation.
 */
import { aucError, placements } from '../judge/auc.ts';
import { clustersOf } from '../judge/clusters.ts';
import { factor, solve } from '../learn/cholesky.ts';
import { firstNotBelow } from '../learn/sorted.ts';
import { gather, gatherIds } from '../nodes/rows.ts';
import { someOf } from './copies.ts';
import type { Sample } from './sample.ts';

export interface Judged {
  /** AUC, from 0.5 on; of a number the correlation. */
  readonly value: number;
  /** The lower end of its 95% interval. */
  readonly low: number;
  readonly high: number;
}

/** One question to the label: is it this class (1 or 0), or how much is it. */
export interface Question {
  readonly rows: Int32Array;
  readonly y: Float64Array;
  readonly isNumber: boolean;
  readonly entity: Int32Array;
}

const fewRows = 5_000;
/** Where a class is rare. */
const mostRows = 40_000;
const manyOfClass = 150;
const bins = 32;
/** Rows that the overall rate counts as in each step. */
const prior = 4;
/** With fewer rows of a class the best of many columns may be as good by chance. */
const fewestOfClass = 15;

/** One question for a binary label or a number, one a class for several; those with too few rows to answer are left out. */
export function questionsOf(sample: Sample): readonly Question[] {
  const few = someOf(sample.train, fewRows);
  const isRare = sample.kind === 'binary' && Math.min(...[0, 1].map(c => few.filter(row => sample.label[row] === c).length)) < manyOfClass;
  const rows = isRare ? someOf(sample.train, mostRows) : few;
  const label = gather(sample.label, rows);
  const entity = gatherIds(sample.entity, rows);
  if (sample.kind === 'number' || sample.kind === 'count') return rows.length < 3 * fewestOfClass ? [] : [{ rows, y: label, isNumber: true, entity }];
  const asked = sample.kind === 'classes' ? Array.from({ length: sample.classes }, (_, c) => c) : [1];
  return asked.flatMap(c => {
    const y = label.map(value => (value === c ? 1 : 0));
    const positives = y.reduce((sum, value) => sum + value, 0);
    return Math.min(positives, y.length - positives) < fewestOfClass ? [] : [{ rows, y, isNumber: false, entity }];
  });
}

/** A column at the rows of the questions. */
export interface Asked {
  readonly isNumber: boolean;
  /** Codes of a category; of a number NaN is null. */
  readonly values: Float64Array | Int32Array;
}

/** The step of each row: bins of equal counts, levels, and one for null. */
export function stepsOf({ isNumber, values }: Asked): Int32Array {
  if (!isNumber) return Int32Array.from(values, code => code + 2);
  const known = Float64Array.from(values)
    .filter(value => !Number.isNaN(value))
    .sort();
  const edges = [...new Set(Array.from({ length: bins - 1 }, (_, i) => known[Math.floor(((i + 1) * known.length) / bins)] ?? 0))];
  const found = Float64Array.from(known.length ? edges : []);
  return Int32Array.from(values, value => (Number.isNaN(value) ? 0 : 1 + firstNotBelow(found, value)));
}

/** Each row's mean label of its step in the other half; halves are of entities. */
export function crossfitted(steps: Int32Array, { y, entity }: Question): Float64Array {
  const most = steps.reduce((a, b) => Math.max(a, b), 0) + 1;
  const sums = [new Float64Array(most), new Float64Array(most)];
  const counts = [new Float64Array(most), new Float64Array(most)];
  const totals = [0, 0];
  const sizes = [0, 0];
  const halfOf = (i: number): number => (Math.imul((entity[i] ?? 0) + 1, 0x9e3779b1) >>> 17) & 1;
  for (let i = 0; i < y.length; i++) {
    const half = halfOf(i);
    const step = steps[i] ?? 0;
    const [sum, count] = [sums[half], counts[half]];
    if (!sum || !count) continue;
    sum[step] = (sum[step] ?? 0) + (y[i] ?? 0);
    count[step] = (count[step] ?? 0) + 1;
    totals[half] = (totals[half] ?? 0) + (y[i] ?? 0);
    sizes[half] = (sizes[half] ?? 0) + 1;
  }
  return y.map((_, i) => {
    const other = 1 - halfOf(i);
    const mean = (totals[other] ?? 0) / Math.max(1, sizes[other] ?? 0);
    const step = steps[i] ?? 0;
    return ((sums[other]?.[step] ?? 0) + prior * mean) / ((counts[other]?.[step] ?? 0) + prior);
  });
}

/** How well the scores order the classes or follow the number; null where all scores are equal. */
export function judge(scores: Float64Array, { y, isNumber, entity }: Question): Judged | null {
  if (scores.every(score => score === scores[0])) return null;
  if (isNumber) return correlation(scores, y);
  const rows = { label: y, score: scores, weight: new Float64Array(y.length).fill(1) };
  const placed = placements(rows);
  if (!placed) return null;
  const { standardError } = aucError(placed.of, placed.value, rows, clustersOf(entity));
  const spread = 1.96 * standardError;
  return { value: placed.value, low: placed.value - spread, high: Math.min(1, placed.value + spread) };
}

/** A column by itself: its steps, and of a number also its order, which steps of rare classes are too coarse for. */
export function judgedAlone({ isNumber, values }: Asked, scores: Float64Array, question: Question): Judged | null {
  const stepped = judge(scores, question);
  if (!isNumber || question.isNumber) return stepped;
  const rising = judge(
    Float64Array.from(values, value => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value)),
    question,
  );
  if (rising === null) return stepped;
  const ordered = rising.value >= 0.5 ? rising : { value: 1 - rising.value, low: 1 - rising.high, high: 1 - rising.low };
  return stepped !== null && stepped.value > ordered.value ? stepped : ordered;
}

/** Pearson's, with Fisher's interval. */
function correlation(a: Float64Array, b: Float64Array): Judged | null {
  const n = a.length;
  const mean = (of: Float64Array): number => of.reduce((sum, value) => sum + value, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [(a[i] ?? 0) - ma, (b[i] ?? 0) - mb];
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  if (!(aa > 0) || !(bb > 0)) return null;
  const value = Math.min(1, ab / Math.sqrt(aa * bb));
  const z = Math.atanh(Math.min(value, 1 - 1e-12));
  const spread = 1.96 / Math.sqrt(Math.max(1, n - 3));
  return { value, low: Math.tanh(z - spread), high: Math.tanh(z + spread) };
}

/** The columns of scores in one linear score, by least squares with a small penalty; what is left of a better model can only be more. */
export async function together(scores: readonly Float64Array[], { y }: Question): Promise<Float64Array> {
  const n = y.length;
  const k = scores.length;
  if (k === 0) return new Float64Array(n);
  const mean = (of: Float64Array): number => of.reduce((sum, value) => sum + value, 0) / n;
  const centred = scores.map(score => {
    const m = mean(score);
    return score.map(value => value - m);
  });
  const my = mean(y);
  const a = new Float64Array(k * k);
  const b = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    const left = centred[i] ?? new Float64Array();
    for (let j = 0; j <= i; j++) {
      const right = centred[j] ?? new Float64Array();
      let sum = 0;
      for (let row = 0; row < n; row++) sum += (left[row] ?? 0) * (right[row] ?? 0);
      a[i * k + j] = sum;
      a[j * k + i] = sum;
    }
    let sum = 0;
    for (let row = 0; row < n; row++) sum += (left[row] ?? 0) * ((y[row] ?? 0) - my);
    b[i] = sum;
  }
  const diagonal = Array.from({ length: k }, (_, i) => a[i * k + i] ?? 0);
  const largest = Math.max(...diagonal);
  for (let i = 0; i < k; i++) a[i * k + i] = (a[i * k + i] ?? 0) + 1e-3 * largest + 1e-12;
  const weights = solve(await factor(a, k, () => null), b);
  const out = new Float64Array(n);
  centred.forEach((column, i) => {
    const weight = weights[i] ?? 0;
    for (let row = 0; row < n; row++) out[row] = (out[row] ?? 0) + weight * (column[row] ?? 0);
  });
  return out;
}
