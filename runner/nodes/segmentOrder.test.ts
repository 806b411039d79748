import { describe, expect, it } from 'vitest';
import { bySegment } from './segmentOrder.ts';

const names = ['10', '9', '-2.5', '1e3', '9a', '', ' 7', 'a', 'B', '\u{1F600}', '\uFF5E', '2024-01-31', 'true', '0', '-0', null];

describe('segments', () => {
  it('come as numbers by value, then texts by code point, then those without', () => {
    expect([...names].reverse().sort(bySegment)).toEqual([
      '-2.5',
      '-0',
      '0',
      '9',
      '10',
      '1e3',
      '',
      ' 7',
      '2024-01-31',
      '9a',
      'B',
      'a',
      'true',
      '\uFF5E',
      '\u{1F600}',
      null,
    ]);
  });

  it('have one order, whichever of them are there', () => {
    for (const a of names)
      for (const b of names) {
        expect(Math.sign(bySegment(a, b)) + Math.sign(bySegment(b, a))).toBe(0);
        for (const c of names) if (bySegment(a, b) <= 0 && bySegment(b, c) <= 0) expect(bySegment(a, c)).toBeLessThanOrEqual(0);
      }
  });
});
