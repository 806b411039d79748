import { describe, expect, it } from 'vitest';
import { luckOf, widening } from './luck.ts';

describe('luck of the best of many', () => {
  // Harter, Biometrika 48 (1961), table 1: expected values of the greatest of n standard normals.
  it.each([
    [1, 0],
    [2, 0.56419],
    [3, 0.84628],
    [4, 1.02938],
    [5, 1.16296],
    [10, 1.53875],
    [50, 2.24907],
    [100, 2.50759],
  ])('of %i is %f standard errors', (count, expected) => expect(luckOf(count)).toBeCloseTo(expected, 5));

  // NormalDist().inv_cdf(1 - 0.025 / n) / NormalDist().inv_cdf(0.975), of Python's statistics.
  it.each([
    [1, 1],
    [2, 1.143594],
    [5, 1.314223],
    [20, 1.542549],
  ])('%i intervals together are %f times as wide', (count, expected) => expect(widening(count)).toBeCloseTo(expected, 5));
});
