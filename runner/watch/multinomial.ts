/** Draws that resampling of counts needs: exact binomial and multinomial, gamma. */
import { logGamma } from '../judge/distributions.ts';
import type { Random } from '../learn/random.ts';

/** Fills `out` with the counts of n draws over `shares`, which sum to 1. */
export function drawMultinomial(n: number, shares: Float64Array, source: Random, out: Float64Array): void {
  let left = n;
  let mass = 1;
  for (let k = 0; k < shares.length; k++) {
    const share = shares[k] ?? 0;
    const drawn = k === shares.length - 1 || share >= mass ? left : drawBinomial(left, share / mass, source);
    out[k] = share > 0 ? drawn : 0;
    left -= out[k] ?? 0;
    mass -= share;
  }
}

/** Beyond this variance rejection takes less time than steps. */
const wide = 100;

/** Transformed rejection with squeeze (Hörmann 1993, BTRS), for p up to a half: a draw takes about as long whatever n is. */
function drawWideBinomial(n: number, p: number, source: Random): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  const atMode = logGamma(mode + 1) + logGamma(n - mode + 1);
  const odds = Math.log(p / (1 - p));
  for (;;) {
    const u = source.uniform() - 0.5;
    const v = source.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5);
    if (k < 0 || k > n) continue;
    if (us >= 0.07 && v <= 0.92 - 4.2 / b) return k;
    const bound = atMode - logGamma(k + 1) - logGamma(n - k + 1) + (k - mode) * odds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

/** Inversion from the mode outwards (Kemp 1986): about 1.6 standard deviations of steps. Where that is much, by rejection. */
export function drawBinomial(n: number, p: number, source: Random): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, source);
  if (n * p * (1 - p) > wide) return drawWideBinomial(n, p, source);
  const odds = p / (1 - p);
  const mode = Math.floor((n + 1) * p);
  const atMode = Math.exp(logGamma(n + 1) - logGamma(mode + 1) - logGamma(n - mode + 1) + mode * Math.log(p) + (n - mode) * Math.log1p(-p));
  let rest = source.uniform() - atMode;
  if (rest < 0) return mode;
  let up = mode;
  let down = mode;
  let atUp = atMode;
  let atDown = atMode;
  while (up < n || down > 0) {
    if (up < n) {
      atUp *= (odds * (n - up)) / (up + 1);
      up += 1;
      rest -= atUp;
      if (rest < 0) return up;
    }
    if (down > 0) {
      atDown *= down / (odds * (n - down + 1));
      down -= 1;
      rest -= atDown;
      if (rest < 0) return down;
    }
    // Both tails lost in rounding: what is left of the unit is no probability.
    if (atUp < 1e-300 && atDown < 1e-300) return mode;
  }
  return mode;
}

/** Of scale 1; a shape of 0 gives 0, others are at least 1 (Marsaglia and Tsang 2000). */
export function drawGamma(shape: number, source: Random): number {
  if (shape <= 0) return 0;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = source.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - source.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
