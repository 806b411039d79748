/**
 * What looking at the same test rows again and again does to the best figure. The figures are taken as normal and independent; figures of
 * similar models are not, and then luck is less (Slepian, Bell System Technical Journal 41, 1962), while edits that follow earlier figures
 * can make it more (Dwork et al., Science 349, 2015).
 */
import { inverseTail, normalTwoSided } from './distributions.ts';

/**
 * How far the best of `count` figures is expected to lie above its truth by luck alone, in standard errors: the expected greatest of so
 * many standard normals (Harter, Biometrika 48, 1961). 0 for one.
 */
export function luckOf(count: number): number {
  if (count <= 1) return 0;
  // ∫ z d(Φ(z)^count), by the trapezoidal rule, which is exact to rounding for so smooth an integrand.
  const step = 0.05;
  let total = 0;
  for (let i = -240; i <= 240; i++) {
    const z = i * step;
    total += z * count * density(z) * below(z) ** (count - 1);
  }
  return total * step;
}

/** By how much a 95% interval must be widened so that all of `count` hold together (Bonferroni). 1 for one. */
export function widening(count: number): number {
  return quantileOf(0.05 / Math.max(1, count)) / quantileOf(0.05);
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
const below = (z: number): number => (z >= 0 ? 1 - normalTwoSided(z) / 2 : normalTwoSided(z) / 2);
const quantileOf = (twoSided: number): number => inverseTail(normalTwoSided, twoSided, 40);
