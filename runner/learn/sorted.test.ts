/** Ordering gives what comparing all of them would. */
import { describe, expect, it } from 'vitest';
import { random } from './random.ts';
import { ascending } from './sorted.ts';

const source = random(7);
const columns: readonly (readonly [string, Float64Array])[] = [
  ['floats of both signs', Float64Array.from({ length: 3_000 }, () => source.normal() * 1e3)],
  ['whole numbers that recur', Float64Array.from({ length: 3_000 }, () => source.below(40) - 20)],
  ['zeros of both signs', Float64Array.from({ length: 300 }, (_, i) => [0, -0, 1, -1][i % 4] ?? 0)],
  ['numbers of every size', Float64Array.from({ length: 2_000 }, (_, i) => (i % 2 ? 1 : -1) * 2 ** (source.below(2_000) - 1_000))],
  ['infinities', Float64Array.of(Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY, -3)],
  ['one', Float64Array.of(5)],
];

describe.each(columns)('%s', (_, values) => {
  it('in order, equal ones as they came', () => {
    const wanted = Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
    expect([...ascending(values)]).toEqual(wanted);
  });
});
