import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/read.ts';
import { derivedSeed, random, shuffle } from './random.ts';

describe('random', () => {
  it('draws what an independent implementation draws', () => {
    const { seeds } = fixture<{ seeds: { seed: number; bits: number[]; uniform: number[] }[] }>('random');
    for (const { seed, bits, uniform } of seeds) {
      const source = random(seed);
      expect(bits.map(() => source.bits())).toEqual(bits);
      expect(uniform.map(() => source.uniform())).toEqual(uniform);
    }
  });

  it('draws whole numbers below n evenly', () => {
    const source = random(3);
    const drawn = Array.from({ length: 70_000 }, () => source.below(7));
    const tally = [0, 1, 2, 3, 4, 5, 6].map(value => drawn.filter(d => d === value).length);
    const chiSquare = tally.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    // 6 degrees of freedom: above 22.5 once in a thousand seeds.
    expect(chiSquare).toBeLessThan(22.5);
  });

  it('draws normals with mean 0, variance 1 and kurtosis 3', () => {
    const source = random(11);
    const n = 200_000;
    let sum = 0;
    let squares = 0;
    let fourths = 0;
    for (let i = 0; i < n; i++) {
      const z = source.normal();
      sum += z;
      squares += z * z;
      fourths += z ** 4;
    }
    // Four standard errors each.
    expect(Math.abs(sum / n)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(fourths / n - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  it('shuffles to a permutation that the seed decides', () => {
    const order = (seed: number) => {
      const items = Int32Array.from({ length: 50 }, (_, i) => i);
      shuffle(items, random(seed));
      return [...items];
    };
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect([...order(1)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('gives named parts seeds of their own', () => {
    expect(derivedSeed(42, 'train gbt')).not.toBe(derivedSeed(42, 'train net'));
    expect(derivedSeed(42, 'train gbt')).not.toBe(derivedSeed(43, 'train gbt'));
  });
});
