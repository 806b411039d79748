import { describe, expect, it } from 'vitest';
import { random } from '../learn/random.ts';
import { copiesFrom } from './fewCopies.ts';

/** 100,000 rows of four columns of 200 values, 70,000 of them train; of test the share `copied` stands in train. */
function found(copied: number) {
  const rows = 100_000;
  const cut = 70_000;
  const draw = random(5);
  const columns = Array.from({ length: 4 }, () => Float64Array.from({ length: rows }, () => draw.below(200)));
  for (let row = cut; row < rows; row++) {
    if (draw.uniform() < copied) for (const column of columns) column[row] = column[row - cut] ?? 0;
  }
  const sides = {
    train: Int32Array.from({ length: cut }, (_, i) => i),
    test: Int32Array.from({ length: rows - cut }, (_, i) => cut + i),
    entity: Int32Array.from({ length: rows }, (_, i) => i),
  };
  const of = columns.map(values => {
    const at = (some: Int32Array) => Float64Array.from(some, row => values[row] ?? 0);
    return { of: at, sampled: at(sides.train.subarray(0, 2000)) };
  });
  return copiesFrom(sides, 0.01)(of);
}

describe('copies against a part of train first', () => {
  it('stop there where the part shows none', () => {
    const { n, equal, part } = found(0) ?? { n: 0, equal: 0, part: 0 };
    expect([n, equal]).toEqual([10_000, 0]);
    expect(part).toBeCloseTo(0.15, 3);
  });

  it('scale what the part shows to all of train', () => {
    const { n, equal, part } = found(0.002) ?? { n: 0, equal: 0, part: 0 };
    expect(part).toBeCloseTo(0.15, 3);
    expect(equal).toBeGreaterThan(0);
    expect(Math.abs(equal / part / n - 0.002)).toBeLessThan(0.004);
  });

  it.each([0.01, 0.05])('ask all of train where %f of test may be copies', copied => {
    const { n, equal, part } = found(copied) ?? { n: 1, equal: 0, part: 0 };
    expect(part).toBe(1);
    expect(Math.abs(equal / n - copied)).toBeLessThan(0.3 * copied);
  });
});
