/** Sources held against the files that they name and their first rows, without a run. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cupel } from './fakeHost.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const program = `source people = csv("data/people.csv") {
  id  : key
  age : int?
}
`;

async function checked(
  files: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<{ readonly exit: number; readonly lines: readonly string[] }> {
  const root = mkdtempSync(join(tmpdir(), 'cupel-schemas-'));
  folders.push(root);
  for (const [path, content] of Object.entries({ 'p.cupel': program, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const { exit, out } = await cupel(root, ['check', ...words, '--format', 'concise']);
  return { exit, lines: out.trimEnd().split('\n') };
}

const auto = ['--schema', 'auto'];

describe('check --schema auto', () => {
  it('says nothing where the file has what is declared', async () => {
    expect(await checked({ 'data/people.csv': 'id,age\na,1\nb,\n' }, ...auto)).toEqual({ exit: 0, lines: [''] });
  });

  describe('of the first rows', () => {
    const held = async (columns: string, text: string): Promise<readonly string[]> => {
      const { exit, lines } = await checked(
        { 'data/people.csv': text, 'p.cupel': `source people = csv("data/people.csv") {\n${columns}\n}\n` },
        ...auto,
      );
      expect(exit).toBe(0);
      return lines.map(line => line.replace('warning[actual-schema] ', ''));
    };
    it.each([
      [
        'cells of another type',
        'age : int?',
        'age\n1\nmany\n',
        'p.cupel:2:1: `age` is not a whole number of 64 bits in 1 row of `data/people.csv`, such as "many" (row 3).',
      ],
      ['empty cells', 'id : key\nage : int', 'id,age\na,1\nb,\nc,\n', 'p.cupel:3:1: `age` is missing in 2 rows of `data/people.csv` (rows 3, 4).'],
      [
        'values out of range',
        'age : int in 0..5',
        'age\n5\n6\n-1\n',
        'p.cupel:2:1: `age` is not in 0..5 in 2 rows of `data/people.csv`, such as "6" (rows 3, 4).',
      ],
      [
        'other levels',
        'sex : category { "f", "m" }',
        'sex\nf\nd\n',
        'p.cupel:2:1: `sex` is not one of "f", "m" in 1 row of `data/people.csv`, such as "d" (row 3).',
      ],
      [
        'lines of another shape',
        'id : key\nage : int',
        'id,age\na,1\nb,2,3\n',
        'p.cupel:1:8: 1 row of `data/people.csv` has too many values (row 3).',
      ],
      [
        'personal cells without their values',
        'sex : category { "f" } @pii(sex)',
        'sex\nf\nsecret\n',
        'p.cupel:2:1: `sex` is not one of "f" in 1 row of `data/people.csv` (row 3).',
      ],
    ])('%s', async (_, columns, text, said) => expect(await held(columns, text)).toEqual([said]));

    it('nothing is said of what does not occur there', async () => {
      expect(await held('age : int? in 0..100\nsex : category { "f", "m" }', 'age,sex\n1,f\n')).toEqual(['']);
      const rows = Array.from({ length: 10_000 }, (_, i) => `${i}`).join('\n');
      expect(await held('n : int', `n\n${rows}\nmany\n`)).toEqual(['']);
      expect(await held('n : int in 1..', `n\n${rows}\n0\n`)).toEqual([
        'p.cupel:2:1: `n` is not in 1.. in 1 row of `data/people.csv`, among the first 10,000, such as "0" (row 2).',
      ]);
    });

    it('rows have their numbers in the file where others before them cannot be read', async () => {
      const rows = Array.from({ length: 30_000 }, (_, i) => (i === 4 || i === 20_000 ? `${i}` : `${i},${i === 9 || i === 20_001 ? 'x' : i}`)).join(
        '\n',
      );
      expect(await held('n : int\nm : int', `n,m\n${rows}\n`)).toEqual([
        'p.cupel:1:8: 1 row of `data/people.csv`, among the first 10,000, has too few values (row 6).',
        'p.cupel:3:1: `m` is not a whole number of 64 bits in 1 row of `data/people.csv`, among the first 10,000, such as "x" (row 11).',
      ]);
    });
  });

  it('is not done without the option', async () => {
    expect(await checked({})).toEqual({ exit: 0, lines: [''] });
    expect(await checked({}, '--schema', 'none')).toEqual({ exit: 0, lines: [''] });
  });

  it.each([
    ['a missing file', {}, ['p.cupel:1:21: error[actual-schema] There is no file `data/people.csv`.']],
    [
      'a renamed column',
      { 'data/people.csv': 'id,Age \na,1\n' },
      [
        'p.cupel:1:8: info[actual-schema] `data/people.csv` also has `Age `, which `people` does not declare.',
        'p.cupel:3:3: error[actual-schema] `data/people.csv` has no column `age`.',
      ],
    ],
    [
      'another delimiter',
      { 'data/people.csv': 'id;age\na;1\n', 'p.cupel': program.replace('")', '", delimiter: ",")') },
      ['p.cupel:1:21: error[actual-schema] The values of `data/people.csv` are separated by `;`, not by `,`.'],
    ],
    [
      'another kind of file',
      { 'data/people.csv': 'PAR1'.padEnd(50, 'x'), 'p.cupel': program.replace('csv(', 'parquet(') },
      ['p.cupel:1:25: error[actual-schema] `data/people.csv` is not complete: the end of a Parquet file is missing.'],
    ],
    [
      'values of several parts',
      { 'data/people.csv': '{"id":"a","age":{"years":1}}', 'p.cupel': program.replace('csv(', 'json(') },
      ['p.cupel:3:3: warning[actual-schema] `age` is an object in 1 row of `data/people.csv`, such as "{"years":1}" (row 1).'],
    ],
  ])('finds %s', async (_, files: Readonly<Record<string, string>>, lines) => {
    const found = await checked(files, ...auto);
    expect(found.lines).toEqual(lines);
    expect(found.exit).toBe(lines.some(line => line.includes('error[')) ? 1 : 0);
  });

  it('reads no more of a CSV file than its beginning', async () => {
    const rows = `${'x'.repeat(100)},1\n`.repeat(10_000);
    expect(await checked({ 'data/people.csv': `id,age\n${rows}"never closed` }, ...auto)).toEqual({ exit: 0, lines: [''] });
  });

  it('stands among what the text says, and leaves files with errors to their errors', async () => {
    const second = 'source s = csv("s.csv") { x : int }\nsource t = csv("t.csv") { x : imt }\n';
    const third = 'source u = csv("u.csv") { x : int }\nsource v = csv("v.csv") { x : int }\n';
    const { lines } = await checked({ 'data/people.csv': 'id,age\n', 'q.cupel': second, 'r.cupel': third }, ...auto);
    expect(lines.map(l => l.slice(0, 30))).toEqual([
      'q.cupel:2:31: error[unknown-ty',
      'r.cupel:1:16: error[actual-sch',
      'r.cupel:2:16: error[actual-sch',
    ]);
  });

  it('keeps to the schema of diagnostics, and has a page', async () => {
    const root = mkdtempSync(join(tmpdir(), 'cupel-schemas-'));
    folders.push(root);
    writeFileSync(join(root, 'p.cupel'), program);
    const { out } = await cupel(root, 'check --schema auto --format json');
    expect(JSON.parse(out).diagnostics[0]).toMatchObject({ code: 'CUP2317', group: 'schema', rule: 'actual-schema', severity: 'error' });
    expect((await cupel(root, 'explain actual-schema')).exit).toBe(0);
  });
});
