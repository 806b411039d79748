/**
 * Seeded random numbers: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state filled
 * by splitmix32. The stream of a seed never changes: stored runs are repeated with it. Not for secrets.
 */

export interface Random {
  /** Uniform 32 bits, unsigned. */
  readonly bits: () => number;
  /** Uniform in [0, 1) with 53 bits. */
  readonly uniform: () => number;
  /** Uniform whole number in [0, n), without bias; 0 < n ≤ 2³². */
  readonly below: (n: number) => number;
  /** Standard normal (Marsaglia's polar method). */
  readonly normal: () => number;
}

export function random(seed: number): Random {
  const state = seedState(seed);
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;

  function bits(): number {
    const scaled = Math.imul(b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  }

  function uniform(): number {
    const high = bits() >>> 5;
    const low = bits() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  function below(n: number): number {
    // Numbers past the last whole multiple of n would make small results likelier; they are drawn again.
    const limit = 4294967296 - (4294967296 % n);
    let drawn = bits();
    while (drawn >= limit) drawn = bits();
    return drawn % n;
  }

  let spare: number | null = null;
  function normal(): number {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  }

  return { bits, uniform, below, normal };
}

/** A seed of its own for each named part of one run, so that adding a draw in one place leaves the others as they were (FNV-1a). */
export function derivedSeed(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ (seed >>> 0)) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** Fisher–Yates, in place. */
export function shuffle(items: Int32Array, source: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = source.below(i + 1);
    const kept = items[i] ?? 0;
    items[i] = items[j] ?? 0;
    items[j] = kept;
  }
}

function seedState(seed: number): Int32Array {
  const state = new Int32Array(4);
  let s = seed | 0;
  for (let i = 0; i < 4; i++) {
    s = (s + 0x9e3779b9) | 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    state[i] = z ^ (z >>> 15);
  }
  return state;
}
