import { describe, expect, it } from 'vitest';
import { random } from '../learn/random.ts';
import { bucketsOver, quantiles, ranked, upTo, valuesAt } from './ranked.ts';

const source = random(12);
const draws: Readonly<Record<string, () => number>> = {
  'normal values': () => source.normal(),
  'long tails': () => Math.exp(8 * source.normal()),
  'few values': () => Math.floor(3 * source.uniform()),
  'mostly one value': () => (source.uniform() < 0.999 ? 7 : source.normal()),
  'one value': () => 4,
  'tiny and huge': () => 10 ** (600 * source.uniform() - 300),
};

describe.each(Object.keys(draws))('%s', kind => {
  const draw = draws[kind] ?? Math.random;
  it.each([1, 2, 50, 5000])('of %i are found in their order', rows => {
    const values = Float64Array.from({ length: rows }, draw);
    const sorted = values.slice().sort();
    const places = [0, rows - 1, Math.floor(rows / 2), Math.floor(rows / 3)];
    expect([...valuesAt(ranked(values), places)]).toEqual(places.map(place => sorted[place]));
    const bounds = Float64Array.from(new Set([...places.map(place => sorted[place] ?? 0), (sorted[0] ?? 0) - 1])).sort();
    expect([...upTo(ranked(values), bounds)]).toEqual(Array.from(bounds, bound => sorted.filter(value => value <= bound).length));
  });

  it('of another sample are found in the same buckets', () => {
    const buckets = bucketsOver(Float64Array.from({ length: 700 }, draw));
    const values = Float64Array.from({ length: 300 }, () => 2 * draw() + 1);
    const sorted = values.slice().sort();
    expect([...valuesAt(ranked(values, buckets), [0, 150, 299])]).toEqual([sorted[0], sorted[150], sorted[299]]);
  });
});

it('quantiles lie between neighbours, and of nothing there are none', () => {
  expect(quantiles(ranked(Float64Array.of(4, 1, 3, 2)), [0, 0.5, 0.9, 1])).toEqual([1, 2.5, expect.closeTo(3.7, 12), 4]);
  expect(quantiles(ranked(new Float64Array()), [0.5])).toEqual([]);
});
