/** Values that are counted without being sorted. */
import { describe, expect, it } from 'vitest';
import { random } from '../random.ts';
import { countFew } from './fewValues.ts';

describe('few values', () => {
  it('are counted, ascending', () => {
    const source = random(3);
    const values = Float64Array.from({ length: 10_000 }, () => (source.below(40) - 20) / 7);
    const counted = countFew(values, values.length);
    const expected = new Map<number, number>();
    for (const value of values) expected.set(value, (expected.get(value) ?? 0) + 1);
    const ascending = [...expected].sort((a, b) => a[0] - b[0]);
    expect([...(counted?.distinct ?? [])]).toEqual(ascending.map(([value]) => value));
    expect([...(counted?.counts ?? [])]).toEqual(ascending.map(([, count]) => count));
  });

  it('are those of the first rows alone', () => expect(countFew(Float64Array.of(2, 1, 2, 5, 5), 3)?.counts).toEqual(Int32Array.of(1, 2)));

  it('have one zero', () => expect(countFew(Float64Array.of(0, -0, 0, 1), 4)?.counts).toEqual(Int32Array.of(3, 1)));

  it('may be infinite', () =>
    expect(countFew(Float64Array.of(Infinity, -Infinity, Infinity), 3)?.distinct).toEqual(Float64Array.of(-Infinity, Infinity)));

  it('are at most 256', () => {
    const values = (many: number): Float64Array => Float64Array.from({ length: 1000 }, (_, i) => i % many);
    expect(countFew(values(256), 1000)?.distinct.length).toBe(256);
    expect(countFew(values(257), 1000)).toBeNull();
  });
});
