/** The statistics of drift, of counts by bin or of sorted values. */

/**
 * Population stability index Σ (qᵦ − pᵦ)·ln(qᵦ/pᵦ). A bin that is empty on one side counts there as half a row, which keeps the logarithm
 * finite and its weight in proportion to the rows; one that is empty on both adds nothing.
 */
export function psi(reference: Float64Array, current: Float64Array, referenceRows: number, currentRows: number): number {
  let total = 0;
  for (let b = 0; b < reference.length; b++) {
    const r = reference[b] ?? 0;
    const c = current[b] ?? 0;
    if (r === 0 && c === 0) continue;
    const p = (r === 0 ? 0.5 : r) / referenceRows;
    const q = (c === 0 ? 0.5 : c) / currentRows;
    total += (q - p) * Math.log(q / p);
  }
  return total;
}

/** Pearson's statistic of the table of two rows of counts; bins empty on both sides are left out. */
export function chiSquare(reference: Float64Array, current: Float64Array, referenceRows: number, currentRows: number): number {
  const rows = referenceRows + currentRows;
  let total = 0;
  for (let b = 0; b < reference.length; b++) {
    const both = (reference[b] ?? 0) + (current[b] ?? 0);
    if (both === 0) continue;
    const expectedReference = (both * referenceRows) / rows;
    const expectedCurrent = (both * currentRows) / rows;
    total += ((reference[b] ?? 0) - expectedReference) ** 2 / expectedReference + ((current[b] ?? 0) - expectedCurrent) ** 2 / expectedCurrent;
  }
  return total;
}

/**
 * Jensen–Shannon distance √(½ Σ p·ln(p/m) + ½ Σ q·ln(q/m)), m the mean of both shares: from 0 to √(ln 2), SciPy's `jensenshannon` with its
 * default base. Bins that are empty need no mending.
 */
export function jensenShannon(reference: Float64Array, current: Float64Array, referenceRows: number, currentRows: number): number {
  let total = 0;
  for (let b = 0; b < reference.length; b++) {
    const p = (reference[b] ?? 0) / referenceRows;
    const q = (current[b] ?? 0) / currentRows;
    const mean = (p + q) / 2;
    if (p > 0) total += p * Math.log(p / mean);
    if (q > 0) total += q * Math.log(q / mean);
  }
  return Math.sqrt(Math.max(0, total / 2));
}

/** Standard deviation (over n) in one pass; `middle`: a value among them, which keeps the sums small. 0 of nothing. */
export function spread(values: Float64Array, middle: number): number {
  const n = values.length;
  if (n === 0) return 0;
  let total = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const x = (values[i] ?? 0) - middle;
    total += x;
    squares += x * x;
  }
  return Math.sqrt(Math.max(0, squares / n - (total / n) ** 2));
}
