/** Searching sorted numbers: the one binary search of bins, quantiles and resamples. */

/** The first place whose value is not below `value`; the length where all are. */
export function firstNotBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
