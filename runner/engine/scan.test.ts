import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ScanNode } from '../../language/plan/plan.ts';
import { onEngine, type Run } from '../../test/engine.ts';
import { planOf, scanColumn, scanNode } from '../../test/reference/build.ts';

const people = [
  scanColumn('id', 'text', { nullable: false }),
  scanColumn('age', 'int', { min: 0, max: 120 }),
  scanColumn('fare', 'float'),
  scanColumn('sex', 'text', { nullable: false, levels: ['female', 'male'] }),
];

type Extra = Partial<Omit<ScanNode, 'options'>> & { readonly options?: Partial<ScanNode['options']> };

function source({ options, ...extra }: Extra = {}) {
  const base = scanNode({ name: 'people', columns: people, key: 'id', ...extra });
  return planOf({ ...base, options: { ...base.options, delimiter: null, ...options } });
}

interface Outcome {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly said: readonly string[];
  readonly entries: readonly (readonly unknown[])[];
}

async function read(content: string | Uint8Array | null, extra: Extra = {}, file = 'people.csv', threads = 1): Promise<Outcome> {
  return onEngine(
    source({ path: file, ...extra }),
    content === null ? {} : { [file]: content },
    async ({ engine, session, results }: Run) => {
      const result = results.get('scan people');
      const said = (result?.findings ?? []).map(f => `${f.severity}[${f.rule}] ${f.message}${f.help ? ` | ${f.help}` : ''}`);
      const failed = (result?.findings ?? []).some(f => f.severity === 'error');
      const rows = failed ? [] : (await engine.preview('scan people', 100)).rows;
      const entries = await session.db.rows(`SELECT "row", "column", "reason", "value" FROM "scan people #quarantine" ORDER BY ALL`);
      return { rows, said, entries };
    },
    threads,
  );
}

const header = 'id,age,fare,sex';
const good = `${header}\na,30,1.5,male\nb,,2,female\n`;
const goodRows = [
  ['a', '30', '1.5', 'male'],
  ['b', null, '2', 'female'],
];

describe('a CSV file', () => {
  it('is read under its schema', async () => {
    expect(await read(good)).toEqual({ rows: goodRows, said: [], entries: [] });
  });

  it.each([
    ['a byte order mark', `\ufeff${good}`, {}],
    ['line ends of Windows', good.replaceAll('\n', '\r\n'), {}],
    ['mixed line ends', good.replace('\n', '\r\n'), {}],
    ['empty lines', good.replaceAll('\n', '\n\n'), {}],
    ['no last line end', good.trimEnd(), {}],
    ['semicolons, found', good.replaceAll(',', ';'), {}],
    ['tabs, declared', good.replaceAll(',', '\t'), { options: { delimiter: '\t' } }],
    ['commas as decimal signs', good.replaceAll(',', ';').replace('1.5', '1,5'), { options: { decimal: ',' } }],
    ['quotes', good.replace('a,30', '"a","30"'), {}],
    ['other columns in other places', 'sex,note,fare,age,id\nmale,x,1.5,30,a\nfemale,y,2,,b\n', {}],
    ['spellings of null', good.replace('b,,', 'b,NA,'), { options: { nulls: ['NA', ''] } }],
    ['no header', good.slice(header.length + 1), { options: { header: false } }],
    ['another encoding', Buffer.from(good, 'utf16le'), { options: { encoding: 'utf-16' } }],
  ] as const)('with %s', async (_, content, extra) => {
    const { rows, said } = await read(content, extra as Extra);
    expect(rows).toEqual(goodRows);
    expect(said.filter(s => !s.startsWith('info'))).toEqual([]);
  });

  it('may be compressed', async () => {
    expect((await read(gzipSync(good), {}, 'people.csv.gz')).rows).toEqual(goodRows);
    expect((await read(gzipSync(good).subarray(0, 30), {}, 'people.csv.gz')).said[0]).toContain(
      'error[unreadable-file] `people.csv.gz` cannot be read to its end',
    );
  });

  it('may be several', async () => {
    const plan = source({ path: 'part*.csv' });
    const files = { 'part2.csv': `sex,id,fare,age\nmale,c,1,2\n`, 'part1.csv': good, 'other.csv': 'x' };
    await onEngine(plan, files, async ({ engine }) => {
      expect((await engine.preview('scan people', 9)).rows.map(r => r[0])).toEqual(['a', 'b', 'c']);
    });
  });

  it('keeps latin letters', async () => {
    const { rows } = await read(Buffer.from('id,age,fare,sex\né,1,2,male\n', 'latin1'), { options: { encoding: 'latin-1' } });
    expect(rows).toEqual([['é', '1', '2', 'male']]);
  });

  it('may have a column that is called as the engine calls the place of a row', async () => {
    const columns = [scanColumn('rowid', 'int'), scanColumn('age', 'int')];
    const { rows, entries } = await read('rowid,age\n7,1\n7,x\n', { columns, key: null });
    expect(rows).toEqual([
      ['7', '1'],
      ['7', null],
    ]);
    expect(entries).toEqual([[3n, 'age', 'is not a whole number of 64 bits', 'x']]);
  });

  it('says which columns it has beyond the schema', async () => {
    const { said } = await read('id,age,fare,sex,boat,body\na,1,1,male,2,3\n');
    expect(said).toEqual([
      'info[undeclared-column] `people.csv` also has `boat`, `body`, which `people` does not declare. | They are not read. Declare those that are needed.',
    ]);
  });
});

describe('a file that cannot be used', () => {
  it.each([
    ['is missing', null, {}, 'error[missing-file] There is no file `people.csv`. | The path is relative to the file that declares the source.'],
    ['is empty', '', {}, 'error[empty-file] `people.csv` is empty. | Put the data there, or name another file.'],
    ['has only line ends', '\n\n', {}, 'error[empty-file] `people.csv` is empty. | Put the data there, or name another file.'],
    [
      'has only a header',
      header,
      {},
      'warning[no-rows] `people` has no rows: `people.csv` holds nothing but its header. | Put the data there, or name another file.',
    ],
    [
      'has another delimiter',
      good.replaceAll(',', ';'),
      { options: { delimiter: ',' } },
      'error[delimiter] The values of `people.csv` are separated by `;`, not by `,`. | Write `delimiter: ";"`, or leave the option out.',
    ],
    [
      'lacks a column',
      good.replace('age', 'Age '),
      {},
      'error[missing-column] `people.csv` has no column `age`. | Did you mean `Age `? The file has `id`, `Age `, `fare`, `sex`.',
    ],
    [
      'has no line of names',
      good.slice(header.length + 1),
      {},
      'error[missing-column] The first line of `people.csv` names none of the columns of `people`: it is `a`, `30`, `1.5`, `male`. | Write the names of the columns there, or `header: false` in the call of `csv` if the file has none.',
    ],
    [
      'has a delimiter that is not guessed',
      good.replaceAll(',', '^'),
      {},
      'error[missing-column] The first line of `people.csv` names none of the columns of `people`: it is `id^age^fare^sex`. | Name the character that separates the values, such as `delimiter: ":"`.',
    ],
    [
      'has a column twice',
      'id,age,age,fare,sex\na,1,1,1,male\n',
      {},
      'error[duplicate-column] `people.csv` has 2 columns called `age`, so it is not clear which is meant. | Give each its own name in the first line of the file.',
    ],
    [
      'is binary',
      Buffer.from([1, 0, 2, 0, 0, 0, 7, 9, 0, 4, 4, 4]),
      {},
      'error[not-text] `people.csv` is not a text file. | Name a CSV file; a Parquet file is read with `parquet("…")`.',
    ],
    [
      'is in another encoding',
      Buffer.from(`\ufeff${good}`, 'utf16le'),
      {},
      'error[encoding] `people.csv` is written in utf-16, and is read as utf-8. | Write `encoding: "utf-16"` in the call of `csv`.',
    ],
    [
      'has a quote that stays open',
      good.replace('b,,', '"b,,'),
      {},
      'error[open-quote] A quote opens in record 3 of `people.csv` and is never closed, so the rest of the file is one value. | Close it, or write a quote inside a value twice: `""`.',
    ],
    [
      'has a line without an end',
      `${good}c,1,1,${'x'.repeat(20_000_000)}\n`,
      {},
      'error[long-line] Record 4 of `people.csv` is 20 MB long; at most 16 MB are read. | Look for a missing line end or a quote that is never closed.',
    ],
    [
      'fits nowhere',
      good.replaceAll(/(fe)?male/g, 'x'),
      {},
      'error[no-rows] No row of `people` fits its declaration. | See the findings above: most likely a type or a format is declared otherwise than the file has it.',
    ],
  ] as const)('%s', async (_, content, extra, wanted) => {
    expect((await read(content, extra as Extra)).said).toContain(wanted);
  });

  it('is looked for where its path says', async () => {
    await onEngine(source({ path: 'data' }), { 'data/people.csv': good }, async ({ results }) => {
      expect(results.get('scan people')?.findings[0]).toMatchObject({
        message: '`data` is a folder.',
        help: 'Name a file, or all files in it: `csv("data/*.csv")`.',
      });
    });
    await onEngine(source({ path: '/nowhere/people.csv' }), { 'nowhere/people.csv': good }, async ({ results }) => {
      expect(results.get('scan people')?.findings[0]?.message).toBe('There is no file `/nowhere/people.csv`.');
    });
  });

  it('names the file that was meant', async () => {
    await onEngine(source({ path: 'data/peple.csv' }), { 'data/people.csv': good }, async ({ results }) => {
      expect(results.get('scan people')?.findings[0]).toMatchObject({
        message: 'There is no file `data/peple.csv`.',
        help: 'Did you mean `people.csv`?',
      });
    });
  });
});

describe('cells that do not fit', () => {
  it('read as null where the column admits it, else their row is set aside', async () => {
    const { rows, said, entries } = await read(`${header}\na,old,1,male\nb,130,nan,female\nc,1,1e400,other\nd,1.5,,\ne,7,3,male\n`);
    expect(rows).toEqual([
      ['a', null, '1', 'male'],
      ['b', null, null, 'female'],
      ['e', '7', '3', 'male'],
    ]);
    expect(entries).toEqual([
      [2n, 'age', 'is not a whole number of 64 bits', 'old'],
      [3n, 'age', 'is not in 0..120', '130'],
      [3n, 'fare', 'is not a finite number', 'nan'],
      [4n, 'fare', 'is not a finite number', '1e400'],
      [4n, 'sex', 'is not one of "female", "male"', 'other'],
      [5n, 'age', 'is not a whole number of 64 bits', '1.5'],
      [5n, 'sex', 'is missing', null],
    ]);
    expect(said).toContain(
      'warning[bad-cell] `age` is not a whole number of 64 bits in 2 rows of `people.csv`, such as "old" (rows 2, 5). | These cells read as null and are kept in the quarantine. Correct the data, or declare the type (or date format) that the file has.',
    );
    expect(said).toContain(
      'warning[missing-value] `sex` is missing in 1 row of `people.csv` (row 5). | The rows are set aside in the quarantine. Add `?` to the type to read them with null.',
    );
  });

  it('are counted by their line, after lines that have another shape', async () => {
    const { rows, entries } = await read(`${header}\na,1,1,male\nb,1\n\nc,1,1,male,9\nd,x,1,male\n"e\n",1,1,male\nf,x,1,male\n`);
    expect(rows.map(r => r[0])).toEqual(['a', 'd', 'e\n', 'f']);
    expect(entries.map(([row, column, why]) => [row, column, why])).toEqual([
      [3n, null, 'has too few values: 2 instead of 4'],
      [5n, null, 'has too many values: 5 instead of 4'],
      [6n, 'age', 'is not a whole number of 64 bits'],
      [8n, 'age', 'is not a whole number of 64 bits'],
    ]);
  });

  it('are letters in another encoding', async () => {
    const { said, rows } = await read(Buffer.from(`${good}é,1,2,male\n`, 'latin1'));
    expect(rows).toEqual(goodRows);
    expect(said).toEqual([
      'warning[encoding] 1 row of `people.csv` has letters that are not in the declared encoding (row 4). | The rows are set aside in the quarantine. Name the encoding of the file, such as `encoding: "latin-1"`.',
    ]);
  });

  it('are told by file', async () => {
    const files = { 'part1.csv': `${header}\na,1,x,male\nb\n`, 'part2.csv': `${header}\nc,1,x,male\nd,1,y,male\ne\n` };
    await onEngine(source({ path: 'part*.csv' }), files, async ({ results }) => {
      expect(results.get('scan people')?.findings.map(f => f.message)).toEqual([
        '2 rows of 2 files have too few values (`part1.csv`, rows 3, …).',
        '`fare` is not a finite number in 3 rows of 2 files, such as "x" (`part1.csv`, rows 2, …).',
      ]);
    });
  });

  it('name a key that repeats as a program writes it, and the time to keep the earliest by', async () => {
    const columns = [scanColumn('Kunden-Nr', 'text', { nullable: false }), scanColumn('seit', 'timestamp', { nullable: false })];
    const hidden = [{ name: '#event', value: { op: 'column', type: 'timestamp', name: 'seit', of: null } }] as const;
    const text = 'Kunden-Nr,seit\na,2024-01-01 10:00\na,2024-01-02 10:00\n';
    const { said } = await read(text, { columns, hidden, key: 'Kunden-Nr' });
    expect(said.join()).toContain('declare `Kunden-Nr` : text and derive a table with dedupe by `Kunden-Nr` keep earliest seit.');
  });

  it('never show what a pii column holds', async () => {
    const columns = [scanColumn('id', 'text', { nullable: false, pii: true }), scanColumn('born', 'date', { pii: true, nullable: false })];
    const { said, entries } = await read('id,born\nAnn,1990-02-30\nAnn,2000-01-01\nAnn,2000-01-01\nBob,2001-01-01,x\n', { columns });
    expect(JSON.stringify([said, entries.map(e => e[3])])).not.toMatch(/Ann|Bob|1990|2000|2001/);
    expect(said).toContain(
      'error[repeated-key] `id` is the key of `people`, and 1 row repeats a value of another (for example rows 3, 4 of `people.csv`). | Remove the repeated rows, or declare `id : text` and derive a table with `dedupe by id, born keep earliest id`, which drops copies.',
    );
  });

  it.each([
    ['bool', ['true', 'F', 'YES', 'no', '1', '0', 't'], ['true', 'false', 'true', 'false', 'true', 'false', 'true'], ['2', 'y', 'ja', '']],
    [
      'int',
      ['7', '+7', '-9223372036854775808', ' 12 ', '007', '1.0', '-9223372036854775808.00', '3.'],
      ['7', '7', '-9223372036854775808', '12', '7', '1', '-9223372036854775808', '3'],
      ['9223372036854775808', '1_000', '0x1f', '1e3', '1.5', '1.000', '1,0', '.0', 'a'],
    ],
    ['float', ['1', '.5', '-1e-3', '1.', '1e308'], ['1', '0.5', '-0.001', '1', '1e+308'], ['nan', 'inf', '-Infinity', '1_0', '1e309', '1,5', '0x1']],
    [{ decimal: [5, 2] }, ['1', '1.50', '-999.99', '1.500', '.5'], ['1.00', '1.50', '-999.99', '1.50', '0.50'], ['1.505', '1000', '1e2', 'x', '.']],
    [
      'date',
      ['2024-02-29', '1969-12-31'],
      ['2024-02-29', '1969-12-31'],
      ['2023-02-29', '2024-2-1', '01.02.2024', '2024-13-01', 'infinity', '2024-01-01 10:00'],
    ],
    [
      'timestamp',
      ['2024-02-29T10:00:00Z', '2024-01-01 10:00', '2024-01-01', '2024-01-01T10:00:00.5+02:00', '2024-01-01T10:00-0530'],
      ['2024-02-29T10:00:00Z', '2024-01-01T10:00:00Z', '2024-01-01T00:00:00Z', '2024-01-01T08:00:00.5Z', '2024-01-01T15:30:00Z'],
      ['2023-02-29T10:00:00Z', '2024-01-01T24:00:00', '2024-01-01T10:60', 'now', 'epoch', '10:00'],
    ],
    ['duration', ['30d', '1mo', '12h 15m'], ['0mo2592000000000', '1mo0', '0mo44100000000'], ['30', '1 day', 'd']],
  ] as const)('%j', async (type, fits, shown, misfits) => {
    const columns = [scanColumn('x', type)];
    const options = { delimiter: ';', nulls: ['NULL'] };
    const { rows, entries } = await read(`x\n${[...fits, ...misfits].map(v => `"${v}"`).join('\n')}\n`, { columns, key: null, options });
    expect(rows.map(r => r[0])).toEqual([...shown, ...misfits.map(() => null)]);
    expect(entries.map(e => e[3])).toEqual(misfits);
  });

  it('have signs between thousands where the source says so, and only between groups of three', async () => {
    const columns = [scanColumn('n', 'int'), scanColumn('x', 'float'), scanColumn('d', { decimal: [9, 2] })];
    const options = { delimiter: ';', decimal: ',', thousands: '.' };
    const { rows } = await read('n;x;d\n1.234;1.234,5;1.234.567,89\n1.0;12.34;1.2345,0\n-12.345.678;7,25;900\n1.234,0;1234,5;,5\n', {
      columns,
      key: null,
      options,
    });
    expect(rows).toEqual([
      ['1234', '1234.5', '1234567.89'],
      [null, null, null],
      ['-12345678', '7.25', '900.00'],
      ['1234', '1234.5', '0.50'],
    ]);
    const spaced = await read('n\n1 234\n1\u00a0234\n1\u202f234\n12 34\n', {
      columns: [scanColumn('n', 'int')],
      key: null,
      options: { thousands: ' ' },
    });
    expect(spaced.rows).toEqual([['1234'], ['1234'], ['1234'], [null]]);
  });

  it('follow formats and zones', async () => {
    const columns = [scanColumn('d', 'date'), scanColumn('t', 'timestamp')];
    const options = { delimiter: ';', dateFormat: '%d.%m.%Y', timestampFormat: '%d.%m.%Y %H:%M', zone: 'America/New_York' };
    const { rows } = await read('d;t\n29.02.2024;01.07.2024 10:00\n31.02.2024;03.11.2013 01:30\n1.3.2024;10.03.2013 02:30\n', {
      columns,
      key: null,
      options,
    });
    expect(rows).toEqual([
      ['2024-02-29', '2024-07-01T14:00:00Z'],
      [null, '2013-11-03T05:30:00Z'],
      ['2024-03-01', '2013-03-10T07:00:00Z'],
    ]);
    const iso = await read('t\n2024-07-01 10:00\n2024-07-01T10:00Z\n', {
      columns: [scanColumn('t', 'timestamp')],
      key: null,
      options: { zone: 'America/New_York' },
    });
    expect(iso.rows).toEqual([['2024-07-01T14:00:00Z'], ['2024-07-01T10:00:00Z']]);
  });

  it('break ranges of times, levels and patterns', async () => {
    const columns = [
      scanColumn('d', 'date', { min: Date.UTC(2024, 0, 1) * 1000, max: Date.UTC(2024, 11, 31) * 1000 }),
      scanColumn('m', 'text', { pattern: '@example\\.com$' }),
    ];
    const { rows, said } = await read('d,m\n2024-12-31,a@example.com\n2025-01-01,a@example.org\n', { columns, key: null });
    expect(rows).toEqual([
      ['2024-12-31', 'a@example.com'],
      [null, null],
    ]);
    expect(said.map(s => s.split('`').slice(2).join('`'))).toEqual([
      ' is not in 2024-01-01..2024-12-31 in 1 row of `people.csv`, such as "2025-01-01" (row 3). | These cells read as null and are kept in the quarantine. Widen the declared range, or correct the data.',
      ' does not match "@example\\.com$" in 1 row of `people.csv`, such as "a@example.org" (row 3). | These cells read as null and are kept in the quarantine. Change the pattern, or correct the data.',
    ]);
  });
});

describe('large files', () => {
  const lines = Array.from({ length: 150_000 }, (_, i) =>
    i % 50_000 === 49_999 ? `${i},1` : `${i},${i % 100},${i / 7},${i % 2 ? 'male' : 'female'}`,
  );

  it('lose no row and number them alike on one thread and on two', async () => {
    for (const threads of [1, 2]) {
      const { entries } = await read(`${header}\n${lines.join('\n')}\n99,bad,1,male\n`, { key: null }, 'people.csv', threads);
      expect(entries.map(e => [e[0], e[1]])).toEqual([
        [50_001n, null],
        [100_001n, null],
        [150_001n, null],
        [150_002n, 'age'],
      ]);
    }
  });
});
