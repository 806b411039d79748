/** Floats in ascending order, -0 before 0: a radix sort of eleven bits a pass, from the lowest. */

const digits: u32 = 2048;
const passes: u32 = 6;

/** Numbers only, no NaN. `scratch` has room for as many, and `counts` for 2048 words of 32 bits. */
export function sortFloats(values: usize, scratch: usize, n: u32, counts: usize): void {
  const end = n << 3;
  for (let k: u32 = 0; k < end; k += 8) store<i64>(values + k, ordered(load<i64>(values + k)));
  let from = values;
  let to = scratch;
  for (let pass: u32 = 0; pass < passes; pass++) {
    const shift = i64(pass * 11);
    memory.fill(counts, 0, digits << 2);
    for (let k: u32 = 0; k < end; k += 8) {
      const c = counts + (digit(load<i64>(from + k), shift) << 2);
      store<u32>(c, load<u32>(c) + 1);
    }
    let place: u32 = 0;
    for (let d: u32 = 0; d < digits; d++) {
      const c = counts + (d << 2);
      const count = load<u32>(c);
      store<u32>(c, place);
      place += count;
    }
    for (let k: u32 = 0; k < end; k += 8) {
      const value = load<i64>(from + k);
      const c = counts + (digit(value, shift) << 2);
      const at = load<u32>(c);
      store<i64>(to + (at << 3), value);
      store<u32>(c, at + 1);
    }
    const kept = from;
    from = to;
    to = kept;
  }
  for (let k: u32 = 0; k < end; k += 8) store<i64>(values + k, restored(load<i64>(values + k)));
}

function digit(value: i64, shift: i64): u32 {
  return u32((value >>> shift) & 2047);
}

/** Bits whose unsigned order is the order of the floats. */
function ordered(bits: i64): i64 {
  return bits ^ ((bits >> 63) | i64.MIN_VALUE);
}

function restored(bits: i64): i64 {
  return bits ^ (bits < 0 ? i64.MIN_VALUE : -1);
}
