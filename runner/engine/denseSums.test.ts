/** Totals of windows from totals of slices are exactly the sums, least and greatest of their rows. */
import { describe, expect, it } from 'vitest';
import { type DensePart, isCounted } from './denseCells.ts';
import { denseSums, type Numbers } from './denseSums.ts';

/** More than a block of them. */
const links = 71;
const starts = [Number.NEGATIVE_INFINITY, 0, 100, 250, 251, 900];
const ranges = [
  { first: 0, end: 6 },
  { first: 2, end: 4 },
  { first: 3, end: 4 },
  { first: 0, end: 0 },
];

interface Row {
  readonly link: number;
  readonly event: number;
  readonly value: number;
}

const eventOf = (i: number): number => ((i * 7919) % 1300) - 200;

/** A sequence that repeats nothing and needs no seed. */
const rowsWith = (value: (i: number) => number): readonly Row[] =>
  Array.from({ length: 5000 }, (_, i) => ({ link: (i * i + 3) % links, event: eventOf(i), value: value(i) }));

function filled(rows: readonly Row[], part: DensePart) {
  const sums = denseSums({ links, starts, parts: [part], rows: rows.length });
  for (let start = 0; start < rows.length; start += 2048) {
    const some = rows.slice(start, start + 2048);
    const values = some.map(row => row.value);
    const typed: Numbers = ['flag', 'levels', 'laterLevels'].includes(part) ? Int8Array.from(values) : Float64Array.from(values);
    const events = Float64Array.from(some, row => row.event);
    sums.add(
      some.length,
      Int32Array.from(some, row => row.link),
      events,
      part === 'rows' ? [null] : [typed],
    );
  }
  return sums;
}

const within = (rows: readonly Row[], link: number, { first, end }: { readonly first: number; readonly end: number }) => {
  const last = starts[end] ?? Number.POSITIVE_INFINITY;
  return rows.filter(row => first < end && row.link === link && row.event >= (starts[first] ?? 0) && row.event < last).map(row => row.value);
};

const expected = (rows: readonly Row[], of: (values: readonly number[]) => number): number[] =>
  ranges.flatMap(range => Array.from({ length: links }, (_, link) => of(within(rows, link, range))));

const exactly = (values: readonly number[]): number => Number(values.reduce((sum, value) => sum + BigInt(value), 0n));

describe('totals by link and cutoff', () => {
  it.each([
    ['rows', (i: number) => i, (values: readonly number[]) => values.length],
    ['flag', (i: number) => (i * i) % 2, exactly],
    ['whole', (i: number) => 1_000_003 * (i % 977) - 400_000_000, exactly],
    ['wide', (i: number) => (i % 2 ? 1 : -1) * (2 ** 61 + 2 ** 10 * ((i * 7919) % 4999)), exactly],
    ['least', (i: number) => Math.sin(i), (values: readonly number[]) => (values.length ? Math.min(...values) : Number.NaN)],
    ['greatest', (i: number) => Math.sin(i), (values: readonly number[]) => (values.length ? Math.max(...values) : Number.NaN)],
    ['first', eventOf, (values: readonly number[]) => (values.length ? Math.min(...values) : Number.NaN)],
    ['last', eventOf, (values: readonly number[]) => (values.length ? Math.max(...values) : Number.NaN)],
    ['levels', (i: number) => ((i * i) % 62) - 1, (values: readonly number[]) => new Set(values.filter(v => v >= 0 && v < 31)).size],
    ['laterLevels', (i: number) => (i * i) % 62, (values: readonly number[]) => new Set(values.filter(v => v >= 31)).size],
  ] as const)('%s', (part, value, of) => {
    const rows = rowsWith(value);
    const sums = filled(rows, part);
    expect(sums.isExact()).toBe(true);
    const pairs = ranges.length * links;
    const found = isCounted(part) ? new Int32Array(pairs) : new Float64Array(pairs);
    const cells = new Int32Array(pairs);
    sums.settle(
      pairs,
      Int32Array.from(found, (_, i) => i % links),
      cells,
    );
    const cutoffs = Int32Array.from(found, (_, i) => Math.floor(i / links));
    sums.reader(0, ranges)({ count: pairs, cells, cutoffs }, found);
    expect([...found]).toEqual(expected(rows, of));
  });

  it('says when floats do not hold every total', () => {
    expect(
      filled(
        rowsWith(() => 2 ** 43),
        'whole',
      ).isExact(),
    ).toBe(false);
    expect(
      filled(
        rowsWith(() => 2 ** 81),
        'wide',
      ).isExact(),
    ).toBe(false);
    expect(
      filled(
        rowsWith(() => Number.POSITIVE_INFINITY),
        'wide',
      ).isExact(),
    ).toBe(false);
  });
});
