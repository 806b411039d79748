/** Data that cannot be used end a run with the place that names them, what is wrong with which file, row and column, and what to do. */
import { describe, expect, it } from 'vitest';
import { buildsTheCommand, cupel, type Files, folderOf, parquetOf, ran } from './calls.ts';
import { csv, header, row, select, source } from './rows.ts';

buildsTheCommand();

const five = csv(...[1, 2, 3, 4, 5].map(i => row(i)));

/** What ends a run, as its last word: place, message and remedy. */
const fatal: readonly (readonly [what: string, files: Files, call: string, said: string])[] = [
  ['an empty file', { 'rows.csv': '' }, 'csv("rows.csv")', '1:19 `rows.csv` is empty. | Put the data there, or name another file.'],
  ['line ends only', { 'rows.csv': '\n\r\n\n' }, 'csv("rows.csv")', '1:19 `rows.csv` is empty. | Put the data there, or name another file.'],
  ['a byte order mark only', { 'rows.csv': '\ufeff' }, 'csv("rows.csv")', '1:19 `rows.csv` is empty. | Put the data there, or name another file.'],
  [
    'an empty Parquet file',
    { 'rows.parquet': '' },
    'parquet("rows.parquet")',
    '1:23 `rows.parquet` is empty. | Put the data there, or name another file.',
  ],
  [
    'another delimiter than declared',
    { 'rows.csv': five.replaceAll(',', ';') },
    'csv("rows.csv", delimiter: ",")',
    '1:19 The values of `rows.csv` are separated by `;`, not by `,`. | Write `delimiter: ";"`, or leave the option out.',
  ],
  [
    'a delimiter that is not found',
    { 'rows.csv': five.replaceAll(',', '^') },
    'csv("rows.csv")',
    '1:19 The first line of `rows.csv` names none of the columns of `rows`: it is `id^n^x^d^t^m^k^b^s`. | Name the character that separates the values, such as `delimiter: ":"`.',
  ],
  [
    'no line of names',
    { 'rows.csv': `${row(1)}\n` },
    'csv("rows.csv")',
    '1:19 The first line of `rows.csv` names none of the columns of `rows`: it is `r1`, `1`, `1.5`, `2024-01-02`, `2024-01-02T03:04:05Z`, `1.25`, `a`, `true` and 1 more. | Write the names of the columns there, or `header: false` in the call of `csv` if the file has none.',
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
    '1:19 Record 3 of `rows.csv` is 100 MB long; at most 16 MB are read. | Look for a missing line end or a quote that is never closed.',
  ],
  [
    'a quote that stays open',
    { 'rows.csv': csv(row(1), row(2, { s: '"open' }), row(3)) },
    'csv("rows.csv")',
    '1:19 A quote opens in record 3 of `rows.csv` and is never closed, so the rest of the file is one value. | Close it, or write a quote inside a value twice: `""`.',
  ],
  [
    'binary data',
    { 'rows.csv': Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 31) % 256)) },
    'csv("rows.csv")',
    '1:19 `rows.csv` is not a text file. | Name a CSV file; a Parquet file is read with `parquet("…")`.',
  ],
  [
    'a Parquet file read as CSV',
    { 'rows.csv': { parquet: select() } },
    'csv("rows.csv")',
    '1:19 `rows.csv` is not a text file. | Name a CSV file; a Parquet file is read with `parquet("…")`.',
  ],
  [
    'a CSV file read as Parquet',
    { 'rows.parquet': five },
    'parquet("rows.parquet")',
    '1:23 `rows.parquet` is not a Parquet file. | Copy the file again; a CSV file is read with `csv("…")`.',
  ],
  [
    'UTF-16',
    { 'rows.csv': Buffer.from(`\ufeff${five}`, 'utf16le') },
    'csv("rows.csv")',
    '1:19 `rows.csv` is written in utf-16, and is read as utf-8. | Write `encoding: "utf-16"` in the call of `csv`.',
  ],
  [
    'what is not compressed',
    { 'rows.csv.gz': five },
    'csv("rows.csv.gz")',
    '1:19 `rows.csv.gz` cannot be read to its end: it is not compressed with gzip, or damaged. | Copy the file again; if it is not compressed, write `compression: "none"`.',
  ],
  ['no file', { 'row.csv': five }, 'csv("rows.csv")', '1:19 There is no file `rows.csv`. | Did you mean `row.csv`?'],
  [
    'no file outside the project',
    {},
    'csv("/nowhere/rows.csv")',
    '1:19 There is no file `/nowhere/rows.csv`. | Put the file there, or name another.',
  ],
  [
    'no file beside the project',
    {},
    'csv("../nowhere/rows.csv")',
    '1:19 There is no file `../nowhere/rows.csv`. | The path is relative to the file that declares the source.',
  ],
  [
    'no file of many outside the project',
    {},
    'csv("/nowhere/*.csv")',
    '1:19 No file matches `/nowhere/*.csv`. | In a path `*` stands for any name, `**` for folders of any depth.',
  ],
  [
    'no file of many',
    { 'data/a.txt': five },
    'csv("data/*.csv")',
    '1:19 No file matches `data/*.csv`. | The path is relative to the file that declares the source; `*` stands for any name, `**` for folders of any depth.',
  ],
  ['a folder', { 'data/rows.csv': five }, 'csv("data")', '1:19 `data` is a folder. | Name a file, or all files in it: `csv("data/*.csv")`.'],
  [
    'a link to nothing',
    { 'rows.csv': { link: 'nowhere.csv' } },
    'csv("rows.csv")',
    '1:19 `rows.csv` is a link to a file that is not there. | Put the file there, or name another.',
  ],
  [
    'a key that repeats',
    { 'rows.csv': csv(row(1), row(2), row(1, { n: 9 }), row(2, { n: 7 }), row(3)) },
    'csv("rows.csv")',
    '2:3 `id` is the key of `rows`, and 2 rows repeat a value of another (for example rows 2, 4 of `rows.csv`). | Remove the repeated rows, or declare `id : text` and derive a table with `dedupe by id, … keep earliest id`, which names every column and drops copies.',
  ],
  [
    'a key that repeats in a Parquet file',
    { 'rows.parquet': { parquet: select({ id: "CASE WHEN i < 3 THEN 'a' ELSE 'r' || i END" }) } },
    'parquet("rows.parquet")',
    '2:3 `id` is the key of `rows`, and 1 row repeats a value of another (for example rows 1, 2 of `rows.parquet`). | Remove the repeated rows, or declare `id : text` and derive a table with `dedupe by id, … keep earliest id`, which names every column and drops copies.',
  ],
  [
    'a key that repeats in another file',
    { 'a.csv': csv(row(1), row(2)), 'b.csv': csv(row(3), row(1)) },
    'csv("*.csv")',
    '2:3 `id` is the key of `rows`, and 1 row repeats a value of another (for example row 2 of `a.csv`, row 3 of `b.csv`). | Remove the repeated rows, or declare `id : text` and derive a table with `dedupe by id, … keep earliest id`, which names every column and drops copies.',
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
    expect(all.at(-1)).toContain(`findings main.cupel:1:23 \`rows.parquet\` ${said}`);
    expect(status).toBe(1);
  });

  it.concurrent.each([
    ['n + 1', 31, 'an int: from -9,223,372,036,854,775,808 to 9,223,372,036,854,775,807.'],
    ['m * m * m * m * m * m * m * m', 31, 'a decimal(38,16): at most 22 digits before the point.'],
  ])('an overflow of %s', async (expression, column, limit) => {
    const large = csv(row(1, { n: '9223372036854775807', m: '999.99' }));
    const table = `table two = rows | derive y = ${expression}\n`;
    const { status, said } = await ran({ 'main.cupel': source('rows', 'csv("rows.csv")') + table, 'rows.csv': large }, 'two');
    expect(said.at(-1)).toContain(`findings main.cupel:12:${column} \`y\` of \`two\` goes beyond ${limit} | Write \`float(x)\``);
    expect(status).toBe(1);
  });

  it('what was set aside on the way is there to look at', async () => {
    const files = { 'rows.csv': csv(row(1, { n: 'one' }), row(2, { n: '' })), 'main.cupel': source('rows', 'csv("rows.csv")') };
    const { aside, said } = await ran(files);
    expect(aside).toEqual({ rows: ['rows.csv,2,n,is not a whole number of 64 bits,one', 'rows.csv,3,n,is missing,'] });
    expect(said.filter(one => one.includes('The rows are set aside in the quarantine.')).length).toBe(2);
    expect((await cupel(await folderOf(files), 'run', 'main.cupel')).text).toMatch(/ taken out: \.cupel\/quarantine\/rows-[0-9a-f]{8}\.csv /);
  });

  it('options that cannot be', async () => {
    const call = 'csv("rows.csv", delimiter: "", date_format: "%Q", zone: "Mars/Base", decimal: "x", nulls: 7)';
    const { status, stderr } = await ran({ 'main.cupel': source('rows', call), 'rows.csv': five });
    for (const at of [42, 59, 71, 93, 105]) expect(stderr).toContain(`main.cupel:1:${at}\n`);
    expect(status).toBe(1);
  });
});

describe('a run that the machine does not allow ends with 4', () => {
  const good = { 'main.cupel': source('rows', 'csv("rows.csv")'), 'rows.csv': five };
  it.concurrent.each([
    ['no place for the store', { '.cupel': 'a file' }, [], 'Could not open the store: a file is where a folder should be'],
    ['a store where no folder can be', {}, ['--store', '/proc/cupel/store'], 'Could not open the store: '],
    ['a store that this user may not write', {}, ['--store', '/sys/cupel'], 'Could not open the store: '],
    ['a store below a file', {}, ['--store', 'rows.csv/store'], 'Could not open the store: a file is where a folder should be'],
    ['a store that is a file', {}, ['--store', 'rows.csv'], 'Could not open the store: a file is where a folder should be'],
    ['too little memory', {}, ['--memory', '1MB'], 'The data does not fit into the memory of this run.'],
  ])('%s', async (_, more, options, words) => {
    const { status, text } = await cupel(await folderOf({ ...good, ...more }), 'run', 'main.cupel', ...options);
    expect(text).toContain(words);
    expect(text).toContain(' fix ');
    expect(status).toBe(4);
  });
});
