/** Whatever the data are, a run says which file, row and column is wrong and what to do, loses no row, and computes no wrong figure. */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildsTheCommand, type Content, type Files, parquetOf, type Ran, ran } from './calls.ts';
import { csv, header, row, select, source } from './rows.ts';

buildsTheCommand();

const five = csv(...[1, 2, 3, 4, 5].map(i => row(i)));

/** What ends a run, as its last word: place, message and remedy. */
const fatal: readonly (readonly [what: string, files: Files, call: string, said: string])[] = [
  ['an empty file', { 'rows.csv': '' }, 'csv("rows.csv")', '1:8 `rows.csv` is empty. | Put the data there, or name another file.'],
  ['line ends only', { 'rows.csv': '\n\r\n\n' }, 'csv("rows.csv")', '1:8 `rows.csv` is empty. | Put the data there, or name another file.'],
  ['a byte order mark only', { 'rows.csv': '\ufeff' }, 'csv("rows.csv")', '1:8 `rows.csv` is empty. | Put the data there, or name another file.'],
  [
    'an empty Parquet file',
    { 'rows.parquet': '' },
    'parquet("rows.parquet")',
    '1:8 `rows.parquet` is empty. | Put the data there, or name another file.',
  ],
  [
    'another delimiter than declared',
    { 'rows.csv': five.replaceAll(',', ';') },
    'csv("rows.csv", delimiter: ",")',
    '1:8 The values of `rows.csv` are separated by `;`, not by `,`. | Write `delimiter: ";"`, or leave the option out.',
  ],
  [
    'a delimiter that is not found',
    { 'rows.csv': five.replaceAll(',', '^') },
    'csv("rows.csv")',
    '1:8 The first line of `rows.csv` names none of the columns of `rows`: it is `id^n^x^d^t^m^k^b^s`. | Name the character that separates the values, such as `delimiter: ":"`.',
  ],
  [
    'no line of names',
    { 'rows.csv': `${row(1)}\n` },
    'csv("rows.csv")',
    '1:8 The first line of `rows.csv` names none of the columns of `rows`: it is `r1`, `1`, `1.5`, `2024-01-02`, `2024-01-02T03:04:05Z`, `1.25`, `a`, `true` and 1 more. | Write the names of the columns there, or `header: false` in the call of `csv` if the file has none.',
  ],
  [
    'a column twice',
    { 'rows.csv': `${header},n\n${row(1)},2\n` },
    'csv("rows.csv")',
    '3:3 `rows.csv` has 2 columns called `n`, so it is not clear which is meant. | Give each its own name in the first line of the file.',
  ],
  [
    'a missing column',
    { 'rows.csv': five.replace('id,n,x', 'id,number,x') },
    'csv("rows.csv")',
    '3:3 `rows.csv` has no column `n`. | The file has `id`, `number`, `x`, `d`, `t`, `m`, `k`, `b` and 1 more.',
  ],
  [
    'a missing column of a Parquet file',
    { 'rows.parquet': { parquet: select({ n: null, N: 'i' }) } },
    'parquet("rows.parquet")',
    '3:3 `rows.parquet` has no column `n`. | Did you mean `N`? The file has `id`, `x`, `d`, `t`, `m`, `k`, `b`, `s` and 1 more.',
  ],
  [
    'a line of 100 MB',
    { 'rows.csv': csv(row(1), row(2, { s: 'x'.repeat(100_000_000) }), row(3)) },
    'csv("rows.csv")',
    '1:8 Record 3 of `rows.csv` is 100 MB long; at most 16 MB are read. | Look for a missing line end or a quote that is never closed.',
  ],
  [
    'a quote that stays open',
    { 'rows.csv': csv(row(1), row(2, { s: '"open' }), row(3)) },
    'csv("rows.csv")',
    '1:8 A quote opens in record 3 of `rows.csv` and is never closed, so the rest of the file is one value. | Close it, or write a quote inside a value twice: `""`.',
  ],
  [
    'binary data',
    { 'rows.csv': Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 31) % 256)) },
    'csv("rows.csv")',
    '1:8 `rows.csv` is not a text file. | Name a CSV file; a Parquet file is read with `parquet("…")`.',
  ],
  [
    'a Parquet file read as CSV',
    { 'rows.csv': { parquet: select() } },
    'csv("rows.csv")',
    '1:8 `rows.csv` is not a text file. | Name a CSV file; a Parquet file is read with `parquet("…")`.',
  ],
  [
    'a CSV file read as Parquet',
    { 'rows.parquet': five },
    'parquet("rows.parquet")',
    '1:8 `rows.parquet` is not a Parquet file. | Copy the file again; a CSV file is read with `csv("…")`.',
  ],
  [
    'UTF-16',
    { 'rows.csv': Buffer.from(`\ufeff${five}`, 'utf16le') },
    'csv("rows.csv")',
    '1:8 `rows.csv` is written in utf-16, and is read as utf-8. | Write `encoding: "utf-16"` in the call of `csv`.',
  ],
  [
    'what is not compressed',
    { 'rows.csv.gz': five },
    'csv("rows.csv.gz")',
    '1:8 `rows.csv.gz` cannot be read to its end: it is not compressed with gzip, or damaged. | Copy the file again; if it is not compressed, write `compression: "none"`.',
  ],
  ['no file', { 'row.csv': five }, 'csv("rows.csv")', '1:8 There is no file `rows.csv`. | Did you mean `row.csv`?'],
  [
    'no file outside the project',
    {},
    'csv("/nowhere/rows.csv")',
    '1:8 There is no file `/nowhere/rows.csv`. | The path is relative to the file that declares the source.',
  ],
  [
    'no file of many',
    { 'data/a.txt': five },
    'csv("data/*.csv")',
    '1:8 There is no file `data/*.csv`. | The path is relative to the file that declares the source.',
  ],
  ['a folder', { 'data/rows.csv': five }, 'csv("data")', '1:8 `data` is a folder. | Name a file, or all files in it: `csv("data/*.csv")`.'],
  [
    'a link to nothing',
    { 'rows.csv': { link: 'nowhere.csv' } },
    'csv("rows.csv")',
    '1:8 `rows.csv` is a link to a file that is not there. | Put the file there, or name another.',
  ],
  [
    'a key that repeats',
    { 'rows.csv': csv(row(1), row(2), row(1, { n: 9 }), row(2, { n: 7 }), row(3)) },
    'csv("rows.csv")',
    '2:3 `id` is the key of `rows`, and 2 rows repeat a value of another (for example rows 2, 4 of `rows.csv`). | Remove the repeated rows, or declare `id : text` and derive a table with `dedupe by id`.',
  ],
  [
    'a key that repeats in a Parquet file',
    { 'rows.parquet': { parquet: select({ id: "CASE WHEN i < 3 THEN 'a' ELSE 'r' || i END" }) } },
    'parquet("rows.parquet")',
    '2:3 `id` is the key of `rows`, and 1 row repeats a value of another (for example rows 1, 2 of `rows.parquet`). | Remove the repeated rows, or declare `id : text` and derive a table with `dedupe by id`.',
  ],
  [
    'a key that repeats in another file',
    { 'a.csv': csv(row(1), row(2)), 'b.csv': csv(row(3), row(1)) },
    'csv("*.csv")',
    '2:3 `id` is the key of `rows`, and 1 row repeats a value of another (for example row 2 of `a.csv`, row 3 of `b.csv`). | Remove the repeated rows, or declare `id : text` and derive a table with `dedupe by id`.',
  ],
  [
    'a list where a number is declared',
    { 'rows.parquet': { parquet: select({ n: '[i, i]' }) } },
    'parquet("rows.parquet")',
    '3:3 `n` is bigint[] in `rows.parquet` and cannot be read as int. | Write it to the file as text or numbers, or leave the column out of the declaration.',
  ],
  [
    'no row that fits',
    { 'rows.csv': csv(row(1, { n: 'one' }), row(2, { n: '' })) },
    'csv("rows.csv")',
    '1:8 No row of `rows` fits its declaration. | See the findings above: most likely a type or a format is declared otherwise than the file has it.',
  ],
];

describe('a run ends with 1 and its reason at', () => {
  it.concurrent.each(fatal)('%s', async (_, files, call, said) => {
    const { status, said: all, text, record } = await ran({ ...files, 'main.cupel': source('rows', call) });
    expect(all.at(-1)).toBe(`findings main.cupel:${said}`);
    expect(text).toContain(said.slice(said.indexOf(' ') + 1, said.indexOf(' | ')));
    expect(status).toBe(1);
    expect(record).toBeNull();
  });

  it.concurrent.each([
    ['cut', (whole: Buffer) => whole.subarray(0, whole.length >> 1), 'is not complete: the end of a Parquet file is missing. | Copy the file again'],
    ['continued', (whole: Buffer) => Buffer.concat([whole, Buffer.from('more')]), 'is not complete: the end of a Parquet file is missing. | Copy'],
    ['overwritten', (whole: Buffer) => Buffer.concat([whole.subarray(0, 40), Buffer.alloc(60, 255), whole.subarray(100)]), 'cannot be read: '],
  ])('a Parquet file that is %s', async (_, damaged, said) => {
    const content = damaged(Buffer.from(await parquetOf(select())));
    const { status, said: all } = await ran({ 'main.cupel': source('rows', 'parquet("rows.parquet")'), 'rows.parquet': content });
    expect(all.at(-1)).toContain(`findings main.cupel:1:8 \`rows.parquet\` ${said}`);
    expect(status).toBe(1);
  });

  it.concurrent.each([
    ['n + 1', 'an int'],
    ['m * m * m * m * m * m * m * m', 'a decimal'],
  ])('an overflow of %s', async expression => {
    const large = csv(row(1, { n: '9223372036854775807', m: '999.99' }));
    const table = `table two = rows | derive y = ${expression}\n`;
    const { status, said } = await ran({ 'main.cupel': source('rows', 'csv("rows.csv")') + table, 'rows.csv': large }, 'two');
    expect(said.at(-1)).toMatch(/^findings main\.cupel:12:7 A number that `two` computes is too large for its type\. \| .*float\(x\)/);
    expect(status).toBe(1);
  });

  it('options that cannot be', async () => {
    const call = 'csv("rows.csv", delimiter: "", date_format: "%Q", zone: "Mars/Base", decimal: "x", nulls: 7)';
    const { status, stderr } = await ran({ 'main.cupel': source('rows', call), 'rows.csv': five });
    for (const at of [42, 59, 71, 93, 105]) expect(stderr).toContain(`main.cupel:1:${at}\n`);
    expect(status).toBe(1);
  });
});

interface Kept {
  readonly files: Files;
  readonly call: string;
  readonly nullable?: string;
  readonly rows: number;
  /** Sum of `n` over the rows that were kept; null where none has one. */
  readonly n: number | null;
  /** As in the quarantine: file, row, column, reason, value. */
  readonly aside?: readonly string[];
  /** Rows that are not there, if there are not as many as entries in `aside`. */
  readonly lost?: number;
  /** Cells of the rows that are there. */
  readonly nulled?: number;
  /** The findings: rule, line and column in the source, count. */
  readonly said?: readonly string[];
}

const one = (text: Content): Files => ({ 'FILE.csv': text });
const parquet = (columns: Readonly<Record<string, string | null>>): Files => ({ 'FILE.parquet': { parquet: select(columns) } });
const max = '9223372036854775807';

/** Files that are read as far as they can be: what does not fit is put aside, told, and in no figure. */
const kept: Readonly<Record<string, Kept>> = {
  marked: { files: one(`\ufeff${five}`), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  windows: { files: one(five.replaceAll('\n', '\r\n')), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  old_mac: { files: one(five.replaceAll('\n', '\r')), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  semicolons: { files: one(five.replaceAll(',', ';')), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  gaps: { files: one(five.replaceAll('\n', '\n\n')), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  header_only: { files: one(csv()), call: 'csv("FILE.csv")', rows: 0, n: null, said: ['no-rows 1:8 1'] },
  no_rows: {
    files: { 'FILE.parquet': { parquet: `SELECT * FROM (${select()}) WHERE n > 9` } },
    call: 'parquet("FILE.parquet")',
    rows: 0,
    n: null,
    said: ['no-rows 1:8 1'],
  },
  more_columns: {
    files: one(`${header},extra\n${row(1)},x\n${row(2)},y\n`),
    call: 'csv("FILE.csv")',
    rows: 2,
    n: 3,
    said: ['undeclared-column 1:8 1'],
  },
  ragged: {
    files: one(csv(row(1), 'r2,2', row(3), `${row(4)},more,more`, row(5))),
    call: 'csv("FILE.csv")',
    rows: 3,
    n: 9,
    aside: ['FILE.csv,3,,has too few values: 2 instead of 9,"r2,2"', `FILE.csv,5,,has too many values: 11 instead of 9,"${row(4)},more,more"`],
    said: ['ragged-row 1:8 1', 'ragged-row 1:8 1'],
  },
  letters: {
    files: one(Buffer.from(csv(row(1), row(2, { s: 'caf\u00e9' }), row(3)), 'latin1')),
    call: 'csv("FILE.csv")',
    rows: 2,
    n: 4,
    aside: [`FILE.csv,3,,has letters that are not in the declared encoding,"${row(2, { s: 'caf?' })}"`],
    said: ['encoding 1:8 1'],
  },
  quotes: {
    files: one(csv(row(1), row(2, { s: '"a"b"' }), row(3, { s: '"a""b, c"' }))),
    call: 'csv("FILE.csv")',
    rows: 2,
    n: 4,
    aside: [`FILE.csv,3,,has a quote inside a value that is not doubled,"${row(2, { s: '""a""b""' })}"`],
    said: ['ragged-row 1:8 1'],
  },
  types: {
    files: one(csv(row(1, { n: 'one', x: 'abc', d: 'yesterday', t: 'noon', m: '1.234', k: 'c', b: 'maybe' }), row(2))),
    call: 'csv("FILE.csv")',
    rows: 1,
    n: 2,
    aside: [
      'FILE.csv,2,n,is not a whole number of 64 bits,one',
      'FILE.csv,2,x,is not a finite number,abc',
      'FILE.csv,2,d,is not a date,yesterday',
      'FILE.csv,2,t,is not a point in time,noon',
      'FILE.csv,2,m,"is not a number of at most 5 digits, 2 after the point",1.234',
      'FILE.csv,2,k,"is not one of ""a"", ""b""",c',
      'FILE.csv,2,b,is not true or false,maybe',
    ],
    lost: 1,
    said: ['bad-cell 3:3 1', 'bad-cell 4:3 1', 'bad-cell 5:3 1', 'bad-cell 6:3 1', 'bad-cell 7:3 1', 'unknown-level 8:3 1', 'bad-cell 9:3 1'],
  },
  nullable_types: {
    files: one(csv(row(1, { n: 'one', x: 'abc' }), row(2, { n: 'NaN' }), row(3))),
    call: 'csv("FILE.csv")',
    nullable: 'n x',
    rows: 3,
    n: 3,
    aside: [
      'FILE.csv,2,n,is not a whole number of 64 bits,one',
      'FILE.csv,2,x,is not a finite number,abc',
      'FILE.csv,3,n,is not a whole number of 64 bits,NaN',
    ],
    lost: 0,
    nulled: 3,
    said: ['bad-cell 3:3 2', 'bad-cell 4:3 1'],
  },
  overflow: {
    files: one(
      csv(
        row(1, { n: max }),
        row(2, { n: '9223372036854775808' }),
        row(3, { n: '-9223372036854775809' }),
        row(4, { n: `-${max}`, m: '999.99' }),
        row(5, { m: '1000.00' }),
        row(6, { n: '1e3' }),
        row(7, { x: '1e309' }),
        row(8, { x: '1e308' }),
      ),
    ),
    call: 'csv("FILE.csv")',
    rows: 3,
    n: 8,
    aside: [
      'FILE.csv,3,n,is not a whole number of 64 bits,9223372036854775808',
      'FILE.csv,4,n,is not a whole number of 64 bits,-9223372036854775809',
      'FILE.csv,6,m,"is not a number of at most 5 digits, 2 after the point",1000.00',
      'FILE.csv,7,n,is not a whole number of 64 bits,1e3',
      'FILE.csv,8,x,is not a finite number,1e309',
    ],
    said: ['bad-cell 3:3 3', 'bad-cell 4:3 1', 'bad-cell 7:3 1'],
  },
  infinities: {
    files: one(csv(...['NaN', 'inf', '-Infinity', 'nan', '5'].map((x, i) => row(i + 1, { x })))),
    call: 'csv("FILE.csv")',
    rows: 1,
    n: 5,
    aside: ['NaN', 'inf', '-Infinity', 'nan'].map((x, i) => `FILE.csv,${i + 2},x,is not a finite number,${x}`),
    said: ['bad-cell 4:3 4'],
  },
  dates: {
    files: one(
      csv(
        row(1, { d: '2024-02-30' }),
        row(2, { d: '2023-02-29' }),
        row(3, { d: '2024-02-29' }),
        row(4, { t: '2024-01-01T25:00:00Z' }),
        row(5, { t: '2024-13-01T00:00:00' }),
        row(6, { d: '0000-00-00' }),
        row(7, { d: '01/02/2024' }),
      ),
    ),
    call: 'csv("FILE.csv")',
    rows: 1,
    n: 3,
    aside: [
      'FILE.csv,2,d,is not a date,2024-02-30',
      'FILE.csv,3,d,is not a date,2023-02-29',
      'FILE.csv,5,t,is not a point in time,2024-01-01T25:00:00Z',
      'FILE.csv,6,t,is not a point in time,2024-13-01T00:00:00',
      'FILE.csv,7,d,is not a date,0000-00-00',
      'FILE.csv,8,d,is not a date,01/02/2024',
    ],
    said: ['bad-cell 5:3 4', 'bad-cell 6:3 2'],
  },
  keyless: {
    files: one(csv(row(1), row(2, { id: '' }), row(3))),
    call: 'csv("FILE.csv")',
    rows: 2,
    n: 4,
    aside: ['FILE.csv,3,id,is missing,'],
    said: ['missing-value 2:3 1'],
  },
  all_null: {
    files: one(csv(row(1, { n: '', x: '', d: '', s: '' }), row(2, { n: '', x: '', d: '', s: '' }))),
    call: 'csv("FILE.csv")',
    nullable: 'n x d s',
    rows: 2,
    n: null,
  },
  parquet_infinities: {
    files: parquet({
      x: "CASE i WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN 'inf'::DOUBLE WHEN 3 THEN '-inf'::DOUBLE ELSE i END",
      d: "CASE i WHEN 4 THEN 'infinity'::DATE ELSE DATE '2024-01-02' END",
    }),
    call: 'parquet("FILE.parquet")',
    rows: 1,
    n: 5,
    aside: [
      'FILE.parquet,1,x,is not a finite number,nan',
      'FILE.parquet,2,x,is not a finite number,inf',
      'FILE.parquet,3,x,is not a finite number,-inf',
      'FILE.parquet,4,d,is not a date,infinity',
    ],
    said: ['bad-cell 4:3 3', 'bad-cell 5:3 1'],
  },
  parquet_overflow: {
    files: parquet({
      n: 'CASE i WHEN 1 THEN 18446744073709551615::UBIGINT ELSE i::UBIGINT END',
      m: 'CASE i WHEN 2 THEN 1000.000 WHEN 3 THEN 1.234 ELSE 1.25 END::DECIMAL(10,3)',
    }),
    call: 'parquet("FILE.parquet")',
    rows: 2,
    n: 9,
    aside: [
      'FILE.parquet,1,n,is not a whole number of 64 bits,18446744073709551615',
      'FILE.parquet,2,m,"is not a number of at most 5 digits, 2 after the point",1000.000',
      'FILE.parquet,3,m,"is not a number of at most 5 digits, 2 after the point",1.234',
    ],
    said: ['bad-cell 3:3 1', 'bad-cell 7:3 2'],
  },
  parquet_exact: {
    files: parquet({ n: 'CASE i WHEN 1 THEN 9007199254740993 WHEN 2 THEN -9007199254740992 ELSE 0 END::DECIMAL(20,0)', m: 'i + 0.1::DOUBLE' }),
    call: 'parquet("FILE.parquet")',
    rows: 5,
    n: 1,
  },
  parquet_types: {
    files: parquet({
      n: "CASE i WHEN 1 THEN 'one' ELSE i::VARCHAR END",
      k: "CASE i WHEN 2 THEN 'z' ELSE 'a' END",
      b: 'i::INTEGER % 2',
      s: 'NULLIF(i, 4)',
    }),
    call: 'parquet("FILE.parquet")',
    rows: 2,
    n: 8,
    aside: [
      'FILE.parquet,1,n,is not a whole number of 64 bits,one',
      'FILE.parquet,2,k,"is not one of ""a"", ""b""",z',
      'FILE.parquet,4,s,is missing,',
    ],
    said: ['bad-cell 3:3 1', 'unknown-level 8:3 1', 'missing-value 10:3 1'],
  },
};

describe('what does not fit is put aside and told', () => {
  /** All of them in one program, source after source; each begins on a line of its own. */
  const cases = Object.entries(kept);
  const named = (text: string, name: string): string => text.replaceAll('FILE', name);
  const program = cases.map(([name, { call, nullable }]) => source(name, named(call, name), nullable)).join('');
  const checks = cases.map(([name]) => `check ${name} {\n  count() >= 0\n  sum(n) >= -100  warn\n}\n`).join('');
  const files = Object.fromEntries(
    cases.flatMap(([name, k]) => Object.entries(k.files).map(([file, content]): [string, Content] => [named(file, name), content])),
  );
  let outcome: Ran;
  beforeAll(async () => {
    outcome = await ran({ ...files, 'main.cupel': program + checks });
    expect(outcome.said.filter(s => s.startsWith('error') || s.startsWith('findings'))).toEqual([]);
    expect(outcome.status).toBe(0);
  });

  it.each(cases)('%s', (name, { rows, n, aside = [], lost = aside.length, nulled = 0, said = [] }) => {
    const { record } = outcome;
    expect(record?.sources.find(s => s.name === name)).toMatchObject({
      rows,
      columns: 9,
      quarantined: lost + nulled,
    });
    expect([...(outcome.aside[name] ?? [])].sort()).toEqual(aside.map(line => named(line, name)).sort());
    const [count, sum] = record?.checks.filter(c => c.table === name) ?? [];
    expect([count?.value, sum?.value]).toEqual([rows, n]);
    const first = program.slice(0, program.indexOf(`source ${name} =`)).split('\n').length;
    const found = record?.findings.filter(f => f.range.start.line + 1 >= first && f.range.start.line + 1 < first + 11) ?? [];
    expect(found.map(f => `${f.rule} ${f.range.start.line + 2 - first}:${f.range.start.character + 1} ${f.count}`)).toEqual(said);
    for (const f of found) {
      expect(f.message).toContain(name);
      expect(f.help).toBeTruthy();
    }
  });
});
