import { expect, it } from 'vitest';
import { random } from '../learn/random.ts';
import { distance as ofRanked } from './distance.ts';
import { bucketsOver, ranked } from './ranked.ts';

const distance = (one: Float64Array, two: Float64Array) => {
  const buckets = bucketsOver(one);
  return ofRanked(ranked(one, buckets), ranked(two, buckets));
};

/** Over all values of both sides, one after the other. */
function plain(one: number[], two: number[]): { ks: number; wasserstein: number } {
  const all = [...one, ...two].sort((a, b) => a - b);
  const share = (of: number[], value: number) => of.filter(v => v <= value).length / of.length;
  const apart = all.map(value => Math.abs(share(one, value) - share(two, value)));
  return { ks: Math.max(...apart), wasserstein: all.slice(1).reduce((total, value, k) => total + (apart[k] ?? 0) * (value - (all[k] ?? 0)), 0) };
}

const source = random(4);
const draws: Readonly<Record<string, () => number>> = {
  'normal values': () => source.normal(),
  'long tails': () => Math.exp(3 * source.normal()),
  'few values': () => Math.floor(4 * source.uniform()),
  'mostly one value': () => (source.uniform() < 0.995 ? 7 : source.normal()),
  'large values close together': () => 1.7e15 + Math.floor(1000 * source.uniform()),
  'both signs of zero': () => (source.uniform() < 0.5 ? -0 : 0),
  'tiny and huge': () => 10 ** (600 * source.uniform() - 300),
};

it.each(Object.keys(draws))('%s: what a plain walk over all values gives', kind => {
  const draw = draws[kind] ?? Math.random;
  for (const [m, n] of [
    [1, 1],
    [1, 5],
    [40, 3],
    [300, 200],
  ] as const) {
    const [one, two] = [Array.from({ length: m }, draw), Array.from({ length: n }, draw)];
    const found = distance(Float64Array.from(one), Float64Array.from(two));
    const wanted = plain(one, two);
    expect(found.ks).toBeCloseTo(wanted.ks, 13);
    expect(Math.abs(found.wasserstein - wanted.wasserstein)).toBeLessThanOrEqual(1e-12 * Math.max(wanted.wasserstein, 1e-300));
  }
});

it('is 0 of a side without values, and does not depend on the order', () => {
  expect(distance(new Float64Array(), Float64Array.of(1))).toEqual({ ks: 0, wasserstein: 0 });
  const [one, two] = [Float64Array.from({ length: 5000 }, () => source.normal()), Float64Array.from({ length: 3000 }, () => source.normal() + 0.1)];
  const turned = distance(one.slice().reverse(), two.slice().sort());
  expect(turned.ks).toBe(distance(one, two).ks);
  expect(turned.wasserstein).toBeCloseTo(distance(one, two).wasserstein, 13);
});
