/** Principal components: the directions in which centred rows differ most (Pearson, Philosophical Magazine 2(11), 1901). */
import { eigen } from './eigen.ts';
import type { Points } from './kmeans.ts';

export interface Components {
  readonly mean: readonly number[];
  /** One list of weights a component; all 0 where rows do not differ in any further direction. */
  readonly weights: readonly (readonly number[])[];
  readonly variances: readonly number[];
}

/** Of the total variance: what is less is rounding. */
const noise = 1e-12;

const at = (values: ArrayLike<number> | undefined, i: number): number => values?.[i] ?? 0;

function meanOf(column: Float64Array): number {
  let sum = 0;
  for (const value of column) sum += value;
  return sum / column.length;
}

/** That makes the largest weight positive; of weights that rounding alone tells apart, the first. */
function signOf(vector: Float64Array): 1 | -1 {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const first = vector.find(value => Math.abs(value) >= largest * (1 - 1e-9)) ?? 0;
  return first < 0 ? -1 : 1;
}

/** Variances divide by n − 1, as scikit-learn's `explained_variance_` does. O(rows · columns² + columns³). */
export async function components(points: Points, count: number, whiten: boolean, pause: () => Promise<void> | null): Promise<Components> {
  const size = points.length;
  const rows = points[0]?.length ?? 0;
  const mean = points.map(meanOf);
  const centred = points.map((column, i) => column.map(value => value - at(mean, i)));
  const covariance = new Float64Array(size * size);
  for (const [i, a] of centred.entries()) {
    for (let j = i; j < size; j++) {
      await pause();
      const b = centred[j] ?? new Float64Array();
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += at(a, row) * at(b, row);
      covariance[i * size + j] = covariance[j * size + i] = sum / Math.max(1, rows - 1);
    }
  }
  const { values, vectors } = eigen(covariance, size);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const kept = Math.min(count, size);
  const weights = Array.from({ length: kept }, (_, k) => {
    const vector = vectors[k] ?? new Float64Array(size);
    const variance = at(values, k);
    if (!(variance > noise * total)) return new Array<number>(size).fill(0);
    const factor = signOf(vector) / (whiten ? Math.sqrt(variance) : 1);
    return [...vector].map(value => value * factor);
  });
  return { mean, weights, variances: [...values.subarray(0, kept)] };
}
