/** What `infer` writes parses, checks clean, and runs on the data it was written from. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { format } from '../language/index.ts';
import { cupel } from './fakeHost.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string | Uint8Array>>;

function folderOf(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-infer-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** The declaration without its first comment; it must check clean and run. */
async function inferred(files: Files, path = Object.keys(files)[0] ?? ''): Promise<string[]> {
  const root = folderOf(files);
  const said = await cupel(root, ['infer', path]);
  expect(said.exit, said.err).toBe(0);
  expect(format(said.out)).toBe(said.out);
  writeFileSync(join(root, 'x.cupel'), said.out);
  expect(await cupel(root, ['check', 'x.cupel', '--format', 'concise', '--fail-on', 'info'])).toMatchObject({ exit: 0, out: '' });
  const ran = await cupel(root, ['run', 'x.cupel', '--format', 'json']);
  expect(ran.exit, ran.err).toBe(0);
  const [comment, ...lines] = said.out.trimEnd().split('\n');
  expect(Number(/^\/\/ ([\d,]+) rows?/.exec(comment ?? '')?.[1]?.replaceAll(',', ''))).toBe(JSON.parse(ran.out).sources[0].rows);
  return lines.map(line => line.trim().replaceAll(/ {2,}/g, ' '));
}

const people = Array.from({ length: 120 }, (_, i) => [
  i + 1,
  `p${i}@x.org`,
  i % 2 ? 'female' : 'male',
  i % 7 ? 20 + (i % 50) : '',
  (i * 1.5 + 0.25).toFixed(2),
  i % 3,
  `2024-01-${String(1 + (i % 28)).padStart(2, '0')}T10:00:00Z`,
  i % 2,
]);
const names = ['person_id', 'email', 'sex', 'age', 'amount', 'region', 'created_at', 'churned'];
const csv = [names, ...people].map(row => row.join(',')).join('\n');

const declared = [
  'person_id : key',
  'email : text // @pii(email)?',
  'sex : category { "female", "male" } // @protected?',
  'age : int? in 0..',
  'amount : decimal(15,2) in 0..',
  'region : int in 0..2',
  'created_at : timestamp // @time?',
  'churned : bool // the label?',
];

const withoutColumn = { 'list.json': '[]', 'object.json': '{}', 'twice.csv': 'a,a,\n1,2,3\n' };

describe('infer', () => {
  it('writes types, ranges, levels, a key and likely roles', async () => {
    expect(await inferred({ 'data/people.csv': csv })).toEqual(['source people = csv("data/people.csv") {', ...declared, '}']);
  });

  it('writes how the file is written', async () => {
    const german = csv
      .replaceAll(',', ';')
      .replaceAll(/;(\d+)\.(\d\d);/g, ';$1,$2;')
      .replaceAll(';;', ';NA;');
    const dates = german.replaceAll(/2024-01-(\d\d)T10:00:00Z/g, '$1.01.2024 10:00');
    const [head, ...lines] = await inferred({ 'data/people.csv': Buffer.from(dates.replaceAll('female', 'süß'), 'latin1') });
    expect(head).toBe(
      'source people = csv("data/people.csv", delimiter: ";", decimal: ",", encoding: "latin-1", nulls: ["", "NA"], timestamp_format: "%d.%m.%Y %H:%M") {',
    );
    expect(lines).toEqual([...declared.map(l => l.replace('"female", "male"', '"male", "süß"')), '}']);
  });

  it.each([
    ['with points between', 'x;n\n1.234,50;1.234\n2,25;12.500\n3;900\n', 'delimiter: ";", decimal: ",", thousands: "."'],
    ['with commas between', 'x,n\n"1,234.5","1,234"\n2.25,"12,500"\n3,900\n', 'thousands: ","'],
    ['with spaces between', 'x,n\n1 234.5,1\u00a0234\n2.25,12 500\n3,900\n', 'thousands: " "'],
  ])('reads thousands %s', async (_, text, settings) => {
    expect(await inferred({ 'data/a.csv': text }, 'data/a.csv')).toEqual([
      `source a = csv("data/a.csv", ${settings}) {`,
      'x : float in 0..',
      'n : int',
      '}',
    ]);
  });

  it.each([
    ['compressed', { 'people.csv.gz': gzipSync(csv) }, 'people = csv("people.csv.gz") {'],
    ['compressed under another name', { 'people.csv': gzipSync(csv) }, 'people = csv("people.csv", compression: "gzip") {'],
    ['with tabs', { 'people.tsv': csv.replaceAll(',', '\t') }, 'people = csv("people.tsv", delimiter: "\\t") {'],
    ['with the separator in a first line', { 'people.csv': `sep=;\r\n${csv.replaceAll(',', ';')}` }, 'people = csv("people.csv", delimiter: ";") {'],
    ['in UTF-16', { 'people.csv': Buffer.from(`\ufeff${csv}`, 'utf16le') }, 'people = csv("people.csv", encoding: "utf-16") {'],
    [
      'as JSON lines',
      { 'people.jsonl': people.map(row => JSON.stringify(Object.fromEntries(names.map((n, i) => [n, row[i] === '' ? null : row[i]])))).join('\n') },
      'people = json("people.jsonl") {',
    ],
  ])('reads a file %s', async (_, files: Files, head) => {
    expect(await inferred(files)).toEqual([`source ${head}`, ...declared, '}']);
  });

  it('asks whether a level means that there is no value', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 'n/a' : i % 3 === 1 ? 'red' : 'blue'));
    expect(await inferred({ 'data/a.csv': `c\n${rows.join('\n')}\n` }, 'data/a.csv')).toEqual([
      'source a = csv("data/a.csv") {',
      'c : category { "blue", "n/a", "red" } // does "n/a" mean that there is no value?',
      '}',
    ]);
  });

  it('takes a folder or a pattern, and the columns that folders give', async () => {
    const files = { 'data/sales/year=2023/a.csv': 'n,x\n1,0.5\n', 'data/sales/year=2024/a.csv': 'n,x\n2,1.5\n' };
    const lines = ['n : int', 'x : float', 'year : int', '}'];
    expect(await inferred(files, 'data/sales')).toEqual(['source sales = csv("data/sales/**/*.csv") {', ...lines]);
    expect(await inferred(files, 'data/sales/*/a.csv')).toEqual(['source sales = csv("data/sales/*/a.csv") {', ...lines]);
  });

  it('names what is dirty', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},${i === 7 ? 'oops' : i / 8},${i === 9 ? 'x,y' : '2024-01-01'}`);
    const root = folderOf({ 'd.csv': ['id,x,day', ...rows].join('\n') });
    const { out, err, exit } = await cupel(root, 'infer d.csv');
    expect(exit).toBe(0);
    expect(err).toContain('warning: 1 row of `d.csv` has too many values (row 11).');
    expect(out).toContain('// 1 more could not be read: cupel profile d.csv');
    expect(out).toMatch(/x +: float\? in 0\.\. +\/\/ 1 cell is not a finite number, such as "oops" \(row 9\)/);
  });

  it.each([
    [
      'names that are words of the language',
      'source,not,x y,`b`\n1,2,3,4\n',
      ['source : int', '`not` : int', '`x y` : int', '// left out: ` b `, its name cannot be written in a program', '}'],
    ],
    [
      'names twice and no names',
      'a,a,,b\n1,2,3,4\n',
      ['b : int', '// left out: a, several columns have this name', '// left out: column 3 has no name', '}'],
    ],
    ['no line of names', '1,2.5,x\n2,3.5,y\n', ['column_1 : int', 'column_2 : float', 'column_3 : text', '}']],
    ['years as names', 'land,2019,2020\nde,1,2\nfr,3,4\n', ['land : text', '`2019` : int', '`2020` : int', '}']],
    ['postal codes', 'plz\n01234\n99999\n', ['plz : text', '}']],
    ['nothing but nulls', 'a,b\n1,\n2,\n', ['a : int', 'b : text? // no row has a value', '}']],
    ['dates that may be read in two ways', 'd\n03/04/2024\n05/06/2024\n', ['d : date // @time? · day or month first?', '}']],
    ['dates with the month first', 'd\n03/14/2024\n05/16/2024\n', ['d : date // @time?', '}']],
    [
      'levels with signs',
      `a\n${Array.from({ length: 40 }, (_, i) => (i % 2 ? '"say ""x"""' : 'back\\slash')).join('\n')}\n`,
      ['a : category { "back\\\\slash", "say \\"x\\"" }', '}'],
    ],
    ['an identifier that repeats', 'id,x\n1,2\n1,3\n', ['id : text // no key: 1 repeat', 'x : int', '}']],
  ])('copes with %s', async (_, content, lines) => {
    expect((await inferred({ 'd.csv': content })).slice(1)).toEqual(lines);
  });

  it('leaves out objects and lists', async () => {
    expect(await inferred({ 'd.json': '[{"a":1,"b":{"c":1}},{"a":2,"b":{"c":2}}]' })).toEqual([
      'source d = json("d.json") {',
      'a : int',
      '// left out: b, its values are objects or lists',
      '}',
    ]);
  });

  it.each([
    ['nothing.csv', 'error: There is no file `nothing.csv`.'],
    ['empty.csv', 'error: `empty.csv` is empty.'],
    ['cut.parquet', 'error: `cut.parquet` is not a Parquet file.'],
    ['cut.arrow', 'error: `cut.arrow` is not an Arrow file.'],
    ['nested.json', 'error: `nested.json` has no column that can be read (`a`: its values are objects or lists).'],
    ['list.json', 'error: `list.json` has no column that can be read (it has none).'],
    ['object.json', 'error: `object.json` has no column that can be read (it has none).'],
    ['twice.csv', 'error: `twice.csv` has no column that can be read (`a`: several columns have this name; column 3 has no name).'],
  ])('says why %s cannot be read', async (path, message) => {
    const root = folderOf({ 'empty.csv': '', 'cut.parquet': 'x', 'cut.arrow': 'x', 'nested.json': '{"a":[1]}', ...withoutColumn });
    const { exit, out, err } = await cupel(root, ['infer', path]);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err.replaceAll(/\n {3}/g, ' ')).toContain(message);
  });

  it('names the file of a folder in which nothing can be read, and passes over JSON without objects', async () => {
    const root = folderOf({ 'a/x.csv': 'n\n1\n', 'a/y.csv': 'n,n\n1,2\n', 'b/x.json': '[]', 'b/y.json': '[{"n":1}]', 'b/z.json': '{}' });
    expect((await cupel(root, 'infer a')).err).toContain('error: `a/y.csv` has ');
    const { exit, out } = await cupel(root, 'infer b');
    expect(exit).toBe(0);
    expect(out).toContain('  n : int');
  });

  it('counts one row as one, and nothing that repeats where there is none', async () => {
    const root = folderOf({ 'one.csv': 'x,y\n1,2\n', 'head.csv': 'id,uuid\n' });
    expect((await cupel(root, 'infer one.csv')).out).toMatch(/^\/\/ 1 row\. /);
    const { exit, out } = await cupel(root, 'infer head.csv');
    expect(exit).toBe(0);
    expect(out).not.toContain('no key');
  });

  it('goes on with the other files', async () => {
    const root = folderOf({ ...withoutColumn, 'z.csv': 'x\n1\n' });
    for (const word of ['infer', 'profile']) {
      const { exit, out, err } = await cupel(root, [word, ...Object.keys(withoutColumn), 'z.csv']);
      expect(exit).toBe(1);
      expect(out).toContain('z.csv');
      for (const path of Object.keys(withoutColumn)) expect(err).toContain(`\`${path}\` has no column that can be read`);
    }
  });

  it('knows the tables that it infers together', async () => {
    const root = folderOf({
      'customers.csv': 'customer_id,name\n1,a\n2,b\n',
      'orders.csv': 'order_id,customer,customer_id\n1,1,1\n2,1,2\n',
    });
    const { out } = await cupel(root, 'infer customers.csv orders.csv');
    expect(out).toMatch(/customer +: text +\/\/ ref customers\?\n/);
    expect(out).toMatch(/customer_id : text +\/\/ ref customers\?\n/);
    writeFileSync(join(root, 'x.cupel'), out);
    expect((await cupel(root, 'check')).exit).toBe(0);
  });

  it('reads the data of the examples, and what it writes runs on them', async () => {
    const at = (path: string): Uint8Array => readFileSync(new URL(`../examples/${path}`, import.meta.url));
    for (const path of ['titanic/data/titanic.csv', 'churn/data/orders.parquet', 'churn/data/plan_changes.csv', 'flights/data/planes.parquet']) {
      const lines = await inferred({ [path.replace('/data', '')]: at(path) });
      expect(lines.length).toBeGreaterThan(3);
    }
  });
});
