/**
 * Recursive elimination: a linear model is learned on all columns, the column that counts least in it is dropped, and so on until as many are
 * left as wanted (Guyon et al., Machine Learning 46, 2002; scikit-learn's RFE with Ridge(alpha=1) over standardized columns).
 */
import { factor, solve } from '../learn/cholesky.ts';
import type { Points } from './kmeans.ts';

const at = (values: ArrayLike<number> | undefined, i: number): number => values?.[i] ?? 0;

/** Coefficients that differ by less than this share of the greatest count as equal: the later column goes then. */
const same = 1e-9;

/** Centred, and of variance 1; a constant column is 0. */
function standardized(values: Float64Array): Float64Array {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const centred = values.map(value => value - mean);
  const deviation = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0) / n);
  return deviation > 0 ? centred.map(value => value / deviation) : centred.fill(0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += at(a, i) * at(b, i);
  return total;
}

/** Indices of the columns that are left, in order. Rows in the order of identity and cutoff; O(n p² + p⁴) for p columns. */
export async function eliminated(points: Points, label: Float64Array, wanted: number, pause: () => Promise<void> | null): Promise<number[]> {
  const columns = points.map(standardized);
  const n = label.length;
  const mean = label.reduce((sum, value) => sum + value, 0) / n;
  const y = label.map(value => value - mean);
  const size = columns.length;
  const gram = new Float64Array(size * size);
  for (const [i, left] of columns.entries()) {
    await pause();
    for (let j = i; j < size; j++) gram[i * size + j] = gram[j * size + i] = dot(left, columns[j] ?? left);
  }
  const pull = columns.map(column => dot(column, y));
  let kept = columns.map((_, i) => i);
  while (kept.length > wanted) {
    const width = kept.length;
    const a = new Float64Array(width * width);
    for (const [i, row] of kept.entries())
      for (const [j, column] of kept.entries()) a[i * width + j] = at(gram, row * size + column) + Number(i === j);
    const f = await factor(a, width, pause);
    const weights = solve(
      f,
      Float64Array.from(kept, i => at(pull, i)),
    ).map(Math.abs);
    const [least, greatest] = [Math.min(...weights), Math.max(...weights)];
    const goes = weights.findLastIndex(weight => weight <= least + same * greatest);
    kept = kept.filter((_, i) => i !== goes);
  }
  return kept;
}
