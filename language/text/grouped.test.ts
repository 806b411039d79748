import fc from 'fast-check';
import { expect, it } from 'vitest';
import { grouped } from './grouped.ts';

it('writes every number as the locale does', () => {
  for (const n of [0, 7, 999, 1000, -1000, 123_456, 1_234_567, Number.MAX_SAFE_INTEGER, 1e21, 0.5, 1234.5678, Number.NaN, Number.NEGATIVE_INFINITY])
    expect(grouped(n)).toBe(n.toLocaleString('en-US'));
  fc.assert(fc.property(fc.maxSafeInteger(), n => grouped(n) === n.toLocaleString('en-US')));
});
