/** Searching, ordering and selecting numbers: what bins, quantiles, ranks and resamples have in common. */

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

const groups = 1 << 16;

/** Where the half with the sign stands in a float. */
const signed = new Int32Array(new Float64Array([-1]).buffer)[0] === 0 ? 1 : 0;

/** The first 16 bits of each float, in the order of the numbers. */
function groupsOf(values: Float64Array): Uint16Array {
  const out = new Uint16Array(values.length);
  const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  for (let i = 0; i < out.length; i++) {
    const top = (halves[2 * i + signed] ?? 0) >> 16;
    out[i] = top < 0 ? ~top : top | 0x8000;
  }
  return out;
}

/**
 * The values at these places of the ascending order. Only values that share their first bits with one that is asked for are sorted: linear
 * time for a few places. Places are whole numbers from 0 to below the length; there is no NaN among the values.
 */
export function valuesAt(values: Float64Array, places: readonly number[]): Float64Array {
  const group = groupsOf(values);
  const ends = new Uint32Array(groups);
  for (let i = 0; i < group.length; i++) ends[group[i] ?? 0] = (ends[group[i] ?? 0] ?? 0) + 1;
  let total = 0;
  for (let g = 0; g < groups; g++) {
    total += ends[g] ?? 0;
    ends[g] = total;
  }
  const startOf = (g: number): number => (g === 0 ? 0 : (ends[g - 1] ?? 0));
  const wanted = new Map<number, { readonly values: Float64Array; filled: number }>();
  const groupAt = places.map(place => {
    let [low, high] = [0, groups - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    if (!wanted.has(low)) wanted.set(low, { values: new Float64Array((ends[low] ?? 0) - startOf(low)), filled: 0 });
    return low;
  });
  const isWanted = new Uint8Array(groups);
  for (const g of wanted.keys()) isWanted[g] = 1;
  for (let i = 0; i < group.length; i++) {
    const g = group[i] ?? 0;
    if (isWanted[g] !== 1) continue;
    const own = wanted.get(g);
    if (own) own.values[own.filled++] = values[i] ?? 0;
  }
  for (const own of wanted.values()) own.values.sort();
  return Float64Array.from(places, (place, i) => {
    const g = groupAt[i] ?? 0;
    return wanted.get(g)?.values[place - startOf(g)] ?? Number.NaN;
  });
}
