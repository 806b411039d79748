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

/** The greatest distance between two empirical distribution functions; both sorted. 0 where a side is empty. */
export function kolmogorovSmirnov(reference: Float64Array, current: Float64Array): number {
  if (reference.length === 0 || current.length === 0) return 0;
  let greatest = 0;
  let i = 0;
  let j = 0;
  while (i < reference.length && j < current.length) {
    const value = Math.min(reference[i] ?? 0, current[j] ?? 0);
    while (i < reference.length && (reference[i] ?? 0) <= value) i++;
    while (j < current.length && (current[j] ?? 0) <= value) j++;
    greatest = Math.max(greatest, Math.abs(i / reference.length - j / current.length));
  }
  return greatest;
}
