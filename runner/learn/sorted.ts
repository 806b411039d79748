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

const digits = 256;
const signBit = 0x8000_0000;

/** Indices of the values, ascending by value; equal values, as -0 and 0 are, stay in their order. There is no NaN among them. A radix sort, a byte a pass. */
export function ascending(values: Float64Array): Int32Array {
  // Adding 0 takes the sign off -0.
  const keys = values.map(value => value + 0);
  const words = new Uint32Array(keys.buffer);
  // Bits whose unsigned order is the order of the floats: the sign lies in the second word of each.
  for (let i = 1; i < words.length; i += 2) {
    const high = words[i] as number;
    if (high >= signBit) words[i - 1] = ~(words[i - 1] as number);
    words[i] = high >= signBit ? ~high : high ^ signBit;
  }
  const bytes = new Uint8Array(keys.buffer);
  const n = values.length;
  const places = new Int32Array(digits);
  let order = new Int32Array(n);
  let sorted = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let digit = 0; digit < Float64Array.BYTES_PER_ELEMENT && n > 0; digit++) {
    places.fill(0);
    for (let i = digit; i < bytes.length; i += Float64Array.BYTES_PER_ELEMENT)
      places[bytes[i] as number] = (places[bytes[i] as number] as number) + 1;
    if (places[bytes[digit] as number] === n) continue;
    let place = 0;
    for (let d = 0; d < digits; d++) {
      const count = places[d] as number;
      places[d] = place;
      place += count;
    }
    for (let k = 0; k < n; k++) {
      const i = order[k] as number;
      const d = bytes[i * Float64Array.BYTES_PER_ELEMENT + digit] as number;
      const at = places[d] as number;
      sorted[at] = i;
      places[d] = at + 1;
    }
    [order, sorted] = [sorted, order];
  }
  return order;
}
