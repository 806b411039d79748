/** Totals of windows from totals of slices are exactly the sums, least and greatest of their rows. */
import { describe, expect, it } from 'vitest';
import { type DensePart, isCounted } from './denseCells.ts';
import { type DenseSums, denseSums, wordsOf } from './denseSums.ts';

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

const batch = 2048;

interface Filling {
  readonly threads?: number;
  readonly keeps?: 'cells' | 'rows';
  readonly texts?: readonly string[] | null;
  readonly most?: number;
  /** The slice that is the first, and where the last one ends. */
  readonly from?: number;
  readonly end?: number;
}

/** As the engine hands them over: of longer texts with their length. */
function lengthened(texts: readonly string[]): Int32Array {
  const words = wordsOf(texts);
  for (const [i, text] of texts.entries()) words[4 * i] = text.length;
  return words;
}

/** The event of a row is its second column, and its value the third. */
async function filled(
  rows: readonly Row[],
  part: DensePart,
  { threads = 1, keeps = 'cells', texts = null, most = 0, from = 0, end = Number.POSITIVE_INFINITY }: Filling = {},
) {
  const isText = texts !== null;
  const isSmall = ['flag', 'levels', 'laterLevels'].includes(part);
  const sums = denseSums(
    {
      links,
      starts: starts.slice(from),
      end,
      parts: [{ part, column: part === 'rows' ? null : 2, texts: texts && { known: texts, most } }],
      rows: rows.length,
      columns: ['int32', 'float64', isText ? 'text' : isSmall ? 'int8' : 'float64'],
      linking: null,
      keeps,
      cutoffs: ranges.length,
      readers: 1,
    },
    threads,
  );
  for (let start = 0; start < rows.length; start += batch) {
    const some = rows.slice(start, start + batch);
    const values = some.map(row => row.value);
    const typed = isText ? lengthened(values.map(String)) : isSmall ? Int8Array.from(values) : Float64Array.from(values);
    sums.add(some.length, [Int32Array.from(some, row => row.link + 1), Float64Array.from(some, row => row.event), typed]);
  }
  await sums.finish();
  return sums;
}

const within = (rows: readonly Row[], link: number, { first, end }: { readonly first: number; readonly end: number }) => {
  const last = starts[end] ?? Number.POSITIVE_INFINITY;
  return rows.filter(row => first < end && row.link === link && row.event >= (starts[first] ?? 0) && row.event < last).map(row => row.value);
};

const expected = (rows: readonly Row[], of: (values: readonly number[]) => number): number[] =>
  ranges.flatMap(range => Array.from({ length: links }, (_, link) => of(within(rows, link, range))));

const exactly = (values: readonly number[]): number => Number(values.reduce((sum, value) => sum + BigInt(value), 0n));

/** Of all links at each cutoff in turn. */
function read(sums: DenseSums, part: DensePart): number[] {
  const pairs = ranges.length * links;
  const found = isCounted(part) ? new Int32Array(pairs) : new Float64Array(pairs);
  sums.reader([{ part: 0, ranges }], { byLink: false, step: links })(
    pairs,
    Int32Array.from(found, (_, i) => i),
    [found],
  );
  return [...found];
}

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
  ] as const)('%s', async (part, value, of) => {
    const rows = rowsWith(value);
    for (const keeps of ['cells', 'rows'] as const) {
      const sums = await filled(rows, part, { keeps });
      expect(sums.isExact()).toBe(true);
      expect(read(sums, part)).toEqual(expected(rows, of));
    }
  });

  it('have no event from an end on, nor before a begin', async () => {
    const rows = rowsWith(eventOf);
    for (const keeps of ['cells', 'rows'] as const) expectBetween(rows, await filled(rows, 'last', { keeps, from: 1, end: 1000 }));
  });

  function expectBetween(rows: readonly Row[], sums: DenseSums): void {
    const some = [
      { first: 0, end: 5 },
      { first: 2, end: 3 },
      { first: 1, end: 1 },
    ];
    const found = new Float64Array(some.length * links);
    const numbers = Int32Array.from(found, (_, i) => i);
    sums.reader([{ part: 0, ranges: some }], { byLink: false, step: links })(found.length, numbers, [found]);
    const edges = [...starts.slice(1), 1000];
    const wanted = some.flatMap(({ first, end }) =>
      Array.from({ length: links }, (_, link) => {
        const within = rows.filter(row => first < end && row.link === link && row.event >= (edges[first] ?? 0) && row.event < (edges[end] ?? 0));
        return within.length ? Math.max(...within.map(row => row.event)) : Number.NaN;
      }),
    );
    expect([...found]).toEqual(wanted);
  }

  it('are the same where another thread adds up', async () => {
    const rows = Array.from({ length: 20 }, () => rowsWith(i => (i % 977) * 2 ** 40)).flat();
    for (const keeps of ['cells', 'rows'] as const) {
      const sums = await filled(rows, 'wide', { threads: 2, keeps });
      expect(read(sums, 'wide')).toEqual(expected(rows, exactly));
    }
  });

  it('count levels that come as texts', async () => {
    const rows = rowsWith(i => (i * i) % 50);
    const texts = Array.from({ length: 20 }, (_, i) => String(2 * i));
    for (const keeps of ['cells', 'rows'] as const) {
      const sums = await filled(rows, 'levels', { texts, keeps });
      expect(read(sums, 'levels')).toEqual(expected(rows, values => new Set(values.filter(v => v < 40 && v % 2 === 0)).size));
    }
  });

  it('number levels as they come, while there are any numbers', async () => {
    const rows = rowsWith(i => (i * i) % 50);
    const levels = new Set(rows.map(row => row.value)).size;
    for (const keeps of ['cells', 'rows'] as const) {
      const sums = await filled(rows, 'levels', { texts: ['3', '4'], most: levels + 1, keeps });
      expect(sums.lacksNumbers()).toBe(false);
      expect(read(sums, 'levels')).toEqual(expected(rows, values => new Set(values).size));
      expect((await filled(rows, 'levels', { texts: [], most: levels - 1, keeps })).lacksNumbers()).toBe(true);
      const long = rowsWith(i => (i === 4000 ? 1_000_000_000_000 : 1));
      expect((await filled(long, 'levels', { texts: [], most: 31, keeps })).lacksNumbers()).toBe(true);
    }
  });

  it('says when floats do not hold every total', async () => {
    for (const [part, value] of [
      ['whole', 2 ** 43],
      ['wide', 2 ** 81],
      ['wide', Number.POSITIVE_INFINITY],
    ] as const) {
      const rows = rowsWith(() => value);
      expect((await filled(rows, part)).isExact()).toBe(false);
      expect((await filled(rows, part, { keeps: 'rows' })).isExact()).toBe(false);
    }
  });
});

describe('rows that are kept until they are read', () => {
  const many = 64 * 40;
  const parts = [
    { part: 'rows', column: null, texts: null },
    { part: 'wide', column: 2, texts: null },
    { part: 'whole', column: 2, texts: null },
    { part: 'greatest', column: 2, texts: null },
    { part: 'last', column: 1, texts: null },
    { part: 'flag', column: 3, texts: null },
    { part: 'levels', column: 4, texts: { known: ['a', 'b'], most: 0 } },
  ] as const;

  async function sumsOf(keeps: 'cells' | 'rows'): Promise<DenseSums> {
    const columns = ['int32', 'float64', 'float64', 'int8', 'text'] as const;
    const sums = denseSums(
      { links: many, starts: [0, 10, 20], end: 30, parts, rows: 40_960, columns, linking: null, keeps, cutoffs: 2, readers: parts.length },
      1,
    );
    for (let start = 0; start < 40_960; start += batch) {
      const some = Array.from({ length: batch }, (_, i) => start + i);
      sums.add(batch, [
        Int32Array.from(some, i => (i * 7919) % (many + 1)),
        Float64Array.from(some, i => (i % 37) - 3),
        Float64Array.from(some, i => i - 100),
        Int8Array.from(some, i => i % 2),
        wordsOf(some.map(i => ['a', 'b', 'c'][i % 3] ?? '')),
      ]);
    }
    await sums.finish();
    return sums;
  }

  /** Each time with all that is read of the places. */
  function readAt(sums: DenseSums, places: readonly Int32Array[]): number[][] {
    const ranges = [
      { first: 0, end: 2 },
      { first: 1, end: 3 },
    ];
    const reader = sums.reader(
      parts.map((_, part) => ({ part, ranges })),
      { byLink: true, step: 2 },
    );
    return places.map(asked => {
      const into = parts.map(({ part }) => (isCounted(part) ? new Int32Array(asked.length) : new Float64Array(asked.length)));
      reader(asked.length, asked, into);
      return into.flatMap(column => [...column]);
    });
  }

  it.each([
    ['in order', (i: number) => i],
    ['in any order', (i: number) => (i * 2311) % (2 * many)],
  ])('give the same %s', async (_, place) => {
    const times = Array.from({ length: 6 }, (_, time) => Int32Array.from({ length: 2000 }, (_, i) => place((time % 3) * 1500 + i)));
    expect(readAt(await sumsOf('rows'), times)).toEqual(readAt(await sumsOf('cells'), times));
  });
});

const onlyLinks = (places: number, texts: number, threads: number) =>
  denseSums(
    {
      columns: ['text', 'int32'],
      linking: { places, texts },
      links: 0,
      starts: [0],
      end: 0,
      parts: [],
      rows: 0,
      keeps: 'cells',
      cutoffs: 0,
      readers: 0,
    },
    threads,
  );

describe('links', () => {
  const names = Array.from({ length: 3000 }, (_, i) => `${i * 7}`);

  it.each([1, 2])('are found by short texts with %i threads', async threads => {
    const sums = onlyLinks(10_000, names.length, threads);
    for (let start = 0; start < names.length; start += batch) {
      const some = names.slice(start, start + batch);
      sums.name(
        some.length,
        wordsOf(some),
        Int32Array.from(some, (_, i) => start + i + 1),
      );
    }
    const asked = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 25_000);
    for (let start = 0; start < asked.length; start += batch) {
      const some = asked.slice(start, start + batch);
      sums.add(some.length, [wordsOf(some.map(String)), Int32Array.from(some, (_, i) => start + i)]);
    }
    await sums.finish();
    const found = asked.map(n => (n % 7 === 0 && n / 7 < names.length ? n / 7 + 1 : 0));
    expect(sums.links()).toEqual({ links: Int32Array.from(found), missing: found.filter(link => link === 0).length });
  });

  it('are not found by the beginning of a longer text', async () => {
    const sums = onlyLinks(3, 1, 1);
    sums.name(1, wordsOf(['a text of 12']), Int32Array.of(1));
    const asked = wordsOf(['a text of 12', 'a text of 1', 'a text of 12']);
    asked[8] = 13;
    sums.add(3, [asked, Int32Array.of(0, 1, 2)]);
    await sums.finish();
    expect(sums.links()).toEqual({ links: Int32Array.of(1, 0, 0), missing: 2 });
  });
});
