import { describe, expect, it } from 'vitest';
import { fixture } from '../learn/fixtures/read.ts';
import { type Random, random } from '../learn/random.ts';
import { benjaminiHochberg, type Drift, type DriftSubject, type DriftTest, detectDrift } from './drift.ts';
import { drawBinomial } from './multinomial.ts';
import type { DriftSample } from './sample.ts';

interface NumberCase {
  readonly reference: number[];
  readonly current: number[];
  readonly ks: number;
  readonly kolmogorov: number;
  readonly psi: number;
  readonly js: number;
  readonly wasserstein: number;
}
interface CategoryCase {
  readonly levels: string[];
  readonly reference: string[];
  readonly current: string[];
  readonly chi_square: number;
  readonly p: number;
  readonly psi: number;
  readonly js: number;
}
const reference = fixture<{ numbers: NumberCase[]; categories: CategoryCase[]; falseDiscovery: { p: number[]; rejected: boolean[] } }>('watch');

const none = Number.NaN;
const numbers = (values: ArrayLike<number>, entity: ArrayLike<number> = Array.from(values, (_, i) => i)): DriftSample => ({
  kind: 'number',
  values: Float64Array.from(values),
  entity: Int32Array.from(entity),
});

function categories(
  values: readonly (string | null)[],
  levels: readonly string[] = [...new Set(values.filter(v => v !== null))].sort(),
): DriftSample {
  const codes = Int32Array.from(values, value => (value === null ? -1 : levels.includes(value) ? levels.indexOf(value) : -2));
  return { kind: 'category', levels, codes, entity: Int32Array.from(values, (_, i) => i) };
}

const subject = (before: DriftSample, after: DriftSample, test: DriftTest | null = null, name = 'x'): DriftSubject => ({
  name,
  kind: 'feature',
  test,
  reference: before,
  current: after,
});

function drift(before: DriftSample, after: DriftSample, test: DriftTest | null = null): Drift {
  const [found] = detectDrift([subject(before, after, test)], 1).drift;
  if (!found) throw new Error('The subject was left out.');
  return found;
}

const normals = (source: Random, n: number, shift = 0) => Array.from({ length: n }, () => source.normal() + shift);

describe('statistics equal SciPy', () => {
  it.each(reference.numbers)('ks, psi, js and wasserstein of numbers', ({ reference: before, current, ks, kolmogorov, psi, js, wasserstein }) => {
    expect(drift(numbers(before), numbers(current), 'ks')).toMatchObject({ statistic: expect.closeTo(ks, 12), p: expect.closeTo(kolmogorov, 12) });
    expect(drift(numbers(before), numbers(current)).statistic).toBeCloseTo(psi, 12);
    expect(drift(numbers(before), numbers(current), 'js').statistic).toBeCloseTo(js, 12);
    expect(drift(numbers(before), numbers(current), 'wasserstein').statistic).toBeCloseTo(wasserstein, 12);
  });

  it.each(reference.categories)('chi_square, psi and js of categories', ({ levels, reference: before, current, chi_square, p, psi, js }) => {
    const found = drift(categories(before, levels), categories(current, levels), 'chi_square');
    expect(found.statistic).toBeCloseTo(chi_square, 10);
    // The p is of 1,000 resamples, or of a gamma beyond them, and the reference's of the limit: three standard errors and the limit's own.
    expect(Math.abs(found.p - p)).toBeLessThan(3 * Math.sqrt((p * (1 - p)) / 1000) + 0.01);
    expect(drift(categories(before, levels), categories(current, levels)).statistic).toBeCloseTo(psi, 12);
    expect(drift(categories(before, levels), categories(current, levels), 'js').statistic).toBeCloseTo(js, 12);
  });

  it('Benjamini–Hochberg rejects what SciPy rejects', () => {
    const { p, rejected } = reference.falseDiscovery;
    const level = benjaminiHochberg(p, 0.05);
    expect(p.map(value => value <= level)).toEqual(rejected);
  });
});

describe('psi by hand', () => {
  it('counts a bin that is empty on one side as half a row there', () => {
    const found = drift(categories(['a', 'a', 'a', 'b']), categories(['a', 'a'], ['a', 'b']));
    expect(found.statistic).toBeCloseTo((1 - 0.75) * Math.log(1 / 0.75) + (0.25 - 0.25) * Math.log(1), 12);
  });

  it('sees nulls and levels that the reference does not have', () => {
    const levels = ['a'];
    const before = categories(Array(100).fill('a'), levels);
    expect(drift(before, categories(Array(100).fill(null), levels))).toMatchObject({ drifted: true });
    expect(drift(before, categories(Array(100).fill('new'), levels))).toMatchObject({ drifted: true });
    expect(drift(numbers(Array(100).fill(1)), numbers(Array(100).fill(none)))).toMatchObject({ drifted: true });
  });

  it('finds levels by name', () => {
    const before = categories(['a', 'b', 'b', 'b'], ['a', 'b']);
    expect(drift(before, categories(['b', 'b', 'b', 'a'], ['b', 'a'])).statistic).toBe(0);
  });
});

describe('a decision', () => {
  const source = random(8);
  const before = normals(source, 2000);

  it('finds a shift, with the threshold below the statistic', () => {
    const found = drift(numbers(before), numbers(normals(source, 500, 0.6)));
    expect(found.drifted).toBe(true);
    expect(found.statistic).toBeGreaterThan(found.threshold);
    expect(found.p).toBeLessThan(0.001);
  });

  it.each(['psi', 'ks', 'js', 'wasserstein'] as const)('%s lets a significant but small move pass', test => {
    const found = drift(numbers(normals(source, 20_000)), numbers(normals(source, 20_000, 0.06)), test);
    expect(found.p).toBeLessThan(0.001);
    expect(found.effect).toBeLessThan(0.1);
    expect(found.drifted).toBe(false);
  });

  it('has a higher threshold for a small window', () => {
    const small = drift(numbers(before), numbers(before.slice(0, 60)));
    const large = drift(numbers(before), numbers(before.slice(0, 1500)));
    expect(small.threshold).toBeGreaterThan(0.2);
    expect(large.threshold).toBe(0.1);
    const area = (rows: number) => drift(numbers(before), numbers(before.slice(0, rows)), 'wasserstein').threshold;
    expect(area(60)).toBeGreaterThan(0.2);
    expect(area(1500)).toBe(0.1);
  });

  it('leaves out what a test does not apply to, and empty sides', () => {
    const of = (subjects: DriftSubject[]) => detectDrift(subjects, 1).drift.map(found => found.name);
    const category = categories(['a', 'b']);
    expect(
      of([subject(numbers([1, 2]), numbers([1, 2]), 'chi_square'), subject(category, category, 'ks'), subject(numbers([]), numbers([1]))]),
    ).toEqual([]);
  });

  it('is the same twice and does not depend on the other subjects', () => {
    const one = subject(numbers(before), numbers(normals(source, 200)), null, 'one');
    const two = subject(numbers(before), numbers(normals(source, 200)), null, 'two');
    const both = detectDrift([one, two], 5);
    expect(detectDrift([one, two], 5)).toEqual(both);
    expect(detectDrift([two], 5).drift[0]?.p).toBe(both.drift[1]?.p);
  });
});

describe('without drift', () => {
  const rate = async (make: (source: Random) => readonly [DriftSample, DriftSample], test: DriftTest | null = null): Promise<number> => {
    const source = random(17);
    let alarms = 0;
    for (let k = 0; k < 200; k++) {
      if (k % 20 === 0) await new Promise(resolve => setImmediate(resolve));
      if (drift(...make(source), test).p <= 0.05) alarms++;
    }
    return alarms;
  };

  // 200 comparisons at level 5 %: fewer than 2 or more than 21 alarms come once in a thousand seeds.
  const expectFivePercent = (alarms: number) => {
    expect(alarms).toBeGreaterThanOrEqual(2);
    expect(alarms).toBeLessThanOrEqual(21);
  };

  it.each([
    [2000, 100],
    [200, 200],
    [60, 1000],
  ])('psi of numbers alarms in 5 % of windows of %i and %i rows', async (m, n) => {
    expectFivePercent(await rate(source => [numbers(normals(source, m)), numbers(normals(source, n))]));
  });

  it.each(['psi', 'chi_square', 'js'] as const)('%s of categories alarms in 5 %, rare levels included', async test => {
    const levels = Array.from({ length: 40 }, (_, k) => `level ${k}`);
    const draw = (source: Random, n: number) =>
      categories(
        Array.from({ length: n }, () => levels[Math.floor(40 * source.uniform() ** 3)] ?? ''),
        levels,
      );
    expectFivePercent(await rate(source => [draw(source, 500), draw(source, 150)], test));
  });

  it.each([
    [2000, 100],
    [200, 200],
    [60, 1000],
  ])('wasserstein alarms in 5 % of windows of %i and %i rows with a long tail', async (m, n) => {
    const long = (source: Random, rows: number) => numbers(normals(source, rows).map(Math.exp));
    expectFivePercent(await rate(source => [long(source, m), long(source, n)], 'wasserstein'));
  });

  it('wasserstein alarms in 5 % where values repeat', async () => {
    const few = (source: Random, rows: number) => numbers(Array.from({ length: rows }, () => Math.floor(4 * source.uniform() ** 2)));
    expectFivePercent(await rate(source => [few(source, 500), few(source, 150)], 'wasserstein'));
  });

  it('ks alarms in 5 %', async () => {
    expectFivePercent(await rate(source => [numbers(normals(source, 300)), numbers(normals(source, 200))], 'ks'));
  });

  it('alarms in 5 % where entities recur with values of their own', async () => {
    const recurring = (source: Random, entities: number): DriftSample => {
      const own = normals(source, entities);
      const rows = Array.from({ length: entities * 6 }, (_, i) => Math.floor(i / 6));
      return numbers(
        rows.map(entity => (own[entity] ?? 0) + 0.3 * source.normal()),
        rows,
      );
    };
    expectFivePercent(await rate(source => [recurring(source, 150), recurring(source, 80)]));
    expectFivePercent(await rate(source => [recurring(source, 150), recurring(source, 80)], 'ks'));
    expectFivePercent(await rate(source => [recurring(source, 150), recurring(source, 80)], 'wasserstein'));
  });

  it('alarms once or less in twenty checks of twenty features, and says so', () => {
    const source = random(23);
    let checks = 0;
    for (let check = 0; check < 20; check++) {
      const features = Array.from({ length: 20 }, (_, k) => subject(numbers(normals(source, 300)), numbers(normals(source, 100)), null, `f${k}`));
      const report = detectDrift(features, check);
      expect(report.expectedFalseAlarms).toBeLessThanOrEqual(0.05);
      if (report.drift.some(found => found.drifted)) checks++;
    }
    // 20 checks at 5 %: more than 5 come less than once in a thousand seeds.
    expect(checks).toBeLessThanOrEqual(5);
  });
});

describe('histograms', () => {
  it('have at most seven bars that sum to the share of known values', () => {
    const source = random(2);
    const found = drift(numbers([...normals(source, 300), none, none]), numbers(normals(source, 50)));
    expect(found.histogram.reference).toHaveLength(7);
    expect(found.histogram.reference.reduce((a, b) => a + b)).toBeCloseTo(300 / 302, 12);
    const levels = 'abcdefghij'.split('');
    const many = drift(categories(levels), categories([...levels, null]));
    expect(many.histogram.current).toHaveLength(7);
    expect(many.histogram.current.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  it('give few values a bar each', () => {
    expect(drift(numbers([0, 0, 0, 1]), numbers([1, 1])).histogram).toEqual({ reference: [0.75, 0.25], current: [0, 1] });
    expect(drift(categories(['m', 'm', 'f']), categories(['f'], ['f', 'm'])).histogram).toEqual({ reference: [2 / 3, 1 / 3], current: [0, 1] });
  });
});

it('binomial draws have the mean and the variance', () => {
  const source = random(6);
  for (const [n, p] of [
    [10, 0.3],
    [5000, 0.02],
    [300_000, 0.5],
  ] as const) {
    const drawn = Array.from({ length: 4000 }, () => drawBinomial(n, p, source));
    const mean = drawn.reduce((a, b) => a + b) / 4000;
    const variance = drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / 3999;
    const expected = n * p * (1 - p);
    // Four standard errors.
    expect(Math.abs(mean - n * p)).toBeLessThan(4 * Math.sqrt(expected / 4000));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / 4000) * 1.2);
  }
});
