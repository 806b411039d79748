import { describe, expect, it } from 'vitest';
import { addMonths, grid, instantOf, isZone, mostSteps, startOfDay, wallTime } from './calendar.ts';
import { microsPerDay } from './duration.ts';

const at = (iso: string): number => Date.parse(iso.length === 10 ? `${iso}T00:00:00Z` : iso) * 1000;
const iso = (micros: number): string => new Date(micros / 1000).toISOString().slice(0, 16);
const days = (n: number) => ({ months: 0, micros: n * microsPerDay });
const months = (n: number) => ({ months: n, micros: 0 });
const newYork = 'America/New_York';

describe('zones', () => {
  it('are known by their names', () => {
    expect(isZone('UTC')).toBe(true);
    expect(isZone(newYork)).toBe(true);
    expect(isZone('America/Newyork')).toBe(false);
  });

  it('turn wall times into instants and back', () => {
    expect(iso(instantOf(at('2013-01-01'), newYork))).toBe('2013-01-01T05:00');
    expect(iso(instantOf(at('2013-07-01'), newYork))).toBe('2013-07-01T04:00');
    expect(iso(wallTime(at('2013-07-01T04:00:00Z'), newYork))).toBe('2013-07-01T00:00');
  });

  it('take the jump for a time that clocks skip, and the first of a time shown twice', () => {
    expect(iso(instantOf(at('2013-03-10T02:30:00Z'), newYork))).toBe('2013-03-10T07:00');
    expect(iso(instantOf(at('2013-11-03T01:30:00Z'), newYork))).toBe('2013-11-03T05:30');
  });

  it('begin a day when its clocks skip midnight', () => {
    expect(iso(instantOf(at('2018-11-04'), 'America/Sao_Paulo'))).toBe('2018-11-04T03:00');
    expect(iso(startOfDay(at('2018-11-04T12:00:00Z'), 'America/Sao_Paulo'))).toBe('2018-11-04T03:00');
  });
});

describe('months', () => {
  it.each([
    ['2023-01-31', 1, '2023-02-28T00:00'],
    ['2024-01-31', 1, '2024-02-29T00:00'],
    ['2023-11-30', 3, '2024-02-29T00:00'],
    ['2023-01-15', -1, '2022-12-15T00:00'],
    ['2024-02-29', 12, '2025-02-28T00:00'],
  ])('%s and %i are %s', (from, count, expected) => expect(iso(addMonths(at(from), count))).toBe(expected));
});

describe('grids', () => {
  it('clamp each step from the start, not from the step before', () => {
    expect(grid(at('2023-01-31'), at('2023-05-01'), months(1), 'UTC')?.map(iso)).toEqual([
      '2023-01-31T00:00',
      '2023-02-28T00:00',
      '2023-03-31T00:00',
      '2023-04-30T00:00',
    ]);
  });

  it('stay at midnight when the clocks change', () => {
    const from = instantOf(at('2013-03-09'), newYork);
    expect(grid(from, instantOf(at('2013-03-12'), newYork), days(1), newYork)?.map(iso)).toEqual([
      '2013-03-09T05:00',
      '2013-03-10T05:00',
      '2013-03-11T04:00',
    ]);
  });

  it('count exact time for steps shorter than a day', () => {
    expect(grid(0, 3 * 3_600_000_000, { months: 0, micros: 3_600_000_000 }, newYork)).toEqual([0, 3_600_000_000, 7_200_000_000]);
  });

  it('refuse to stand still, to go back and to go on without measure', () => {
    expect(grid(0, 1, days(0), 'UTC')).toBeNull();
    expect(grid(0, 1, days(-1), 'UTC')).toBeNull();
    expect(grid(0, (mostSteps + 1) * 1_000_000, { months: 0, micros: 1_000_000 }, 'UTC')).toBeNull();
    expect(grid(5, 5, days(1), 'UTC')).toEqual([]);
  });
});
