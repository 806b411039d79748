/** xoshiro128** seeded by splitmix32, draw for draw as in `runner/learn/random.ts`. The state is four words at `state`. */

export function seedRandom(state: usize, seed: u32): void {
  let s = seed;
  for (let i: u32 = 0; i < 4; i++) {
    s += 0x9e3779b9;
    let z = s;
    z = (z ^ (z >> 16)) * 0x21f0aaad;
    z = (z ^ (z >> 15)) * 0x735a2d97;
    store<u32>(state + (i << 2), z ^ (z >> 15));
  }
}

function bits(state: usize): u32 {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  const result = rotl<u32>(b * 5, 7) * 9;
  const t = b << 9;
  c ^= a;
  d ^= b;
  b ^= c;
  a ^= d;
  c ^= t;
  d = rotl<u32>(d, 11);
  store<u32>(state, a);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, d, 12);
  return result;
}

/** Uniform whole number in [0, n), without bias. */
export function below(state: usize, n: u32): u32 {
  // The largest multiple of n that 32 bits hold, less one, as 2³² is none of them.
  const excess = u32((u64(1) << 32) % u64(n));
  let drawn = bits(state);
  while (excess !== 0 && drawn >= 0 - excess) drawn = bits(state);
  return drawn % n;
}
