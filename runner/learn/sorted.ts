/** Searching and ordering numbers: what bins, ranks and resamples have in common. */

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

/** Indices of the values, ascending by value; equal values stay in their order. There is no NaN among them. */
export function ascending(values: Float64Array): Int32Array {
  const sorted = Float64Array.from(values).sort();
  const taken = new Int32Array(values.length);
  const order = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const first = firstNotBelow(sorted, values[i] ?? 0);
    const before = taken[first] ?? 0;
    order[first + before] = i;
    taken[first] = before + 1;
  }
  return order;
}
