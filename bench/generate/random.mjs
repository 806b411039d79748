/** Seeded draws for the generators of the benchmarks: the same numbers on every machine for one seed. */

/** Uniform in [0, 1): xoshiro128** (Blackman and Vigna, 2018), its state from the seed by SplitMix32. */
export function random(seed) {
  let s = seed >>> 0;
  const next = () => {
    s = (s + 0x9e3779b9) >>> 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = next();
  let b = next();
  let c = next();
  let d = next();
  const word = () => {
    const m = Math.imul(b, 5);
    const result = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const uniform = () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;

  let spare = null;
  /** Standard normal, by the polar method of Marsaglia. */
  const normal = () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const r = u * u + v * v;
      if (r >= 1 || r === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(r)) / r);
      spare = v * scale;
      return u * scale;
    }
  };
  const exponential = () => -Math.log(1 - uniform());
  /** Shape k, scale 1: Marsaglia and Tsang (2000). */
  const gamma = k => {
    if (k < 1) return gamma(k + 1) * (1 - uniform()) ** (1 / k);
    const d = k - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const poisson = mean => {
    const limit = Math.exp(-mean);
    let k = 0;
    for (let p = uniform(); p > limit; p *= uniform()) k++;
    return k;
  };
  const beta = (p, q) => {
    const x = gamma(p);
    return x / (x + gamma(q));
  };
  const dirichlet = (levels, alpha) => {
    const drawn = Array.from({ length: levels }, () => gamma(alpha));
    const sum = drawn.reduce((x, y) => x + y, 0);
    return drawn.map(x => x / sum);
  };
  /** Draws a level from its share, in constant time: the alias method of Vose (1991). */
  const chooser = shares => {
    const n = shares.length;
    const alias = new Int32Array(n);
    const keep = new Float64Array(n).fill(1);
    const scaled = shares.map(p => p * n);
    const small = [];
    const large = [];
    for (const [i, p] of scaled.entries()) (p < 1 ? small : large).push(i);
    while (small.length && large.length) {
      const low = small.pop();
      const high = large.pop();
      keep[low] = scaled[low];
      alias[low] = high;
      scaled[high] -= 1 - scaled[low];
      (scaled[high] < 1 ? small : large).push(high);
    }
    return () => {
      const i = Math.floor(uniform() * n);
      return uniform() < keep[i] ? i : alias[i];
    };
  };
  return { uniform, normal, exponential, gamma, poisson, beta, dirichlet, chooser, below: n => Math.floor(uniform() * n) };
}
