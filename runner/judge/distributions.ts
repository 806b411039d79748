/**
 * Distribution functions that intervals and p values need, to about 1e-13 relative in either tail: incomplete gamma by series and
 * continued fraction (Press et al., Numerical Recipes, §6.2), the normal by it, Kolmogorov's by its two series.
 */

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
  9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x), x > 0 (Lanczos, g = 7). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const t = shifted + 7.5;
  const series = lanczos.reduce((total, c, k) => (k === 0 ? c : total + c / (shifted + k)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(series);
}

/** Q(a, x) = Γ(a, x)/Γ(a): the upper tail of a gamma variable of shape a and scale 1. */
export function gammaTail(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * gammaSeries(a, x) : front * gammaFraction(a, x);
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let total = term;
  for (let n = 1; n < 10_000 && Math.abs(term) > Math.abs(total) * 1e-17; n++) {
    term *= x / (a + n);
    total += term;
  }
  return total;
}

function gammaFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / nonZero(an * d + b, tiny);
    c = nonZero(b + an / c, tiny);
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  return h;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** P(|Z| ≥ |z|) of a standard normal. */
export function normalTwoSided(z: number): number {
  return gammaTail(0.5, (z * z) / 2);
}

/** P(K ≥ x) of Kolmogorov's limit distribution: 2·Σ (−1)ᵏ⁻¹ exp(−2k²x²), or its theta-function twin where that converges slowly. */
export function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) {
    const base = -(Math.PI * Math.PI) / (8 * x * x);
    let total = 0;
    for (let k = 1; k < 100; k += 2) total += Math.exp(base * k * k);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * total;
  }
  let total = 0;
  for (let k = 1; k < 100; k++) total += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return total;
}

/** x ≥ 0 with `tail(x)` = p, for a falling tail. */
export function inverseTail(tail: (x: number) => number, p: number, most: number): number {
  let low = 0;
  let high = most;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (tail(middle) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
