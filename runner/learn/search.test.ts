import { describe, expect, it } from 'vitest';
import { random } from './random.ts';
import { nextPoint, type Point, type Range, type Trial } from './search.ts';

const space: readonly Range[] = [
  { name: 'rate', kind: 'float', scale: 'log', from: 0.001, to: 1 },
  { name: 'depth', kind: 'int', scale: 'linear', from: 2, to: 12 },
  { name: 'kind', kind: 'choice', choices: ['plain', 'good', 'bad'] },
];

/** A smooth hill: best at a rate of 0.05, a depth of 7, the good kind. */
const height = ({ rate, depth, kind }: Point): number =>
  -(Math.log10(Number(rate) / 0.05) ** 2) - ((Number(depth) - 7) / 5) ** 2 - (kind === 'good' ? 0 : kind === 'plain' ? 0.5 : 1);

function searched(method: 'random' | 'bayesian', seed: number, budget: number): Trial[] {
  const source = random(seed);
  const trials: Trial[] = [];
  for (let i = 0; i < budget; i++) {
    const point = nextPoint(space, method, trials, source);
    trials.push({ point, value: height(point) });
  }
  return trials;
}

describe('the search', () => {
  it.each(['random', 'bayesian'] as const)('stays in its ranges, and is the same for the same seed: %s', method => {
    const trials = searched(method, 3, 40);
    expect(searched(method, 3, 40)).toEqual(trials);
    for (const { point } of trials) {
      expect(Number(point['rate'])).toBeGreaterThanOrEqual(0.001);
      expect(Number(point['rate'])).toBeLessThanOrEqual(1);
      expect([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).toContain(point['depth']);
      expect(['plain', 'good', 'bad']).toContain(point['kind']);
    }
    expect(new Set(trials.map(({ point }) => point['kind'])).size).toBe(3);
  });

  it('draws whole numbers alike, ends included', () => {
    const source = random(1);
    const counts = new Map<unknown, number>();
    for (let i = 0; i < 3000; i++) {
      const { n } = nextPoint([{ name: 'n', kind: 'int', scale: 'linear', from: 1, to: 3 }], 'random', [], source);
      counts.set(n, (counts.get(n) ?? 0) + 1);
    }
    // Binomial with p = 1/3: 900 to 1,100 is beyond four deviations.
    for (const n of [1, 2, 3]) expect(Math.abs((counts.get(n) ?? 0) - 1000)).toBeLessThan(104);
  });

  it('finds higher ground by learning from its trials than by chance', () => {
    const best = (method: 'random' | 'bayesian', seed: number) => Math.max(...searched(method, seed, 40).map(trial => trial.value ?? 0));
    const seeds = Array.from({ length: 60 }, (_, i) => i + 1);
    const wins = seeds.filter(seed => best('bayesian', seed) > best('random', seed)).length;
    // By chance 30 of 60; more than 41 happens once in a thousand times.
    expect(wins).toBeGreaterThan(41);
  });

  it('goes on where a trial had no figure', () => {
    const trials: Trial[] = Array.from({ length: 15 }, () => ({ point: { rate: 0.1, depth: 3, kind: 'bad' }, value: null }));
    expect(nextPoint(space, 'bayesian', trials, random(1))).toHaveProperty('rate');
  });
});
