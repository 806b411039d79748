/** What `preview` shows of each kind of declaration, and that looking changes no result. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cupel } from './fakeHost.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const rows = Array.from(
  { length: 40 },
  (_, i) => `k${String(i).padStart(2, '0')},${i % 9 ? i : ''},"a, ""${i}""",${i % 3 === 0},2024-01-${String((i % 28) + 1).padStart(2, '0')}`,
);
const program = `source people = csv("people.csv") {
  id   : key
  age  : int?
  note : text
  good : bool
  seen : date
}

check people { age < 20 }

table old = people | where age >= 10 | derive half = age / 2

task quality { each person in people, label good }

split quality at random { test: 30%, seed: 1 }

features known for quality {
  age |> impute(median)
}

model usual = baseline(known)
`;

function project(change: (text: string) => string = text => text.replace('check people { age < 20 }\n', '')): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-preview-'));
  folders.push(root);
  writeFileSync(join(root, 'p.cupel'), change(program));
  writeFileSync(join(root, 'people.csv'), ['id,age,note,good,seen', ...rows].join('\n'));
  return root;
}

const jsonOf = async (root: string, ...words: string[]) => JSON.parse((await cupel(root, ['preview', 'p.cupel', ...words, '--format', 'json'])).out);

describe('preview', () => {
  it('shows the first rows of a source, as many as asked for', async () => {
    const { out, exit, err } = await cupel(project(), 'preview p.cupel people --limit 2');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toBe(
      [
        '  id   age  note    good   seen',
        '  k00    –  a, "0"  true   2024-01-01',
        '  k01    1  a, "1"  false  2024-01-02',
        '',
        '  2 of 40 rows',
        '',
      ].join('\n'),
    );
  });

  it('shows ten rows in the terminal and all elsewhere', async () => {
    const root = project();
    expect((await cupel(root, 'preview p.cupel people')).out).toContain('10 of 40 rows');
    expect((await jsonOf(root, 'people')).rows).toHaveLength(40);
    expect((await jsonOf(root, 'people', '--limit', '3')).rows).toHaveLength(3);
    expect((await cupel(root, 'preview p.cupel people --limit all')).out).toContain('  40 rows');
  });

  it('shows what a table derives', async () => {
    const { total, columns, rows: found } = await jsonOf(project(), 'old', '--limit', '1');
    expect({ total, columns, found }).toEqual({
      total: 27,
      columns: ['id', 'age', 'note', 'good', 'seen', 'half'],
      found: [{ id: 'k10', age: 10, note: 'a, "10"', good: false, seen: '2024-01-11', half: 5 }],
    });
  });

  it('shows a feature set with key, partition and label, and a partition alone', async () => {
    const root = project();
    const all = await jsonOf(root, 'known');
    expect(all.columns).toEqual(['id', 'partition', 'label', 'age']);
    expect(all.rows).toHaveLength(40);
    expect(all.rows.every((r: { age: number | null }) => r.age !== null)).toBe(true);
    const test = await jsonOf(root, 'known.test');
    expect(test.rows).toEqual(all.rows.filter((r: { partition: string }) => r.partition === 'test'));
    expect(test.total).toBe(test.rows.length);
    const observations = await jsonOf(root, 'quality.test');
    expect(observations.columns.slice(0, 2)).toEqual(
      ['label', 'partition'].sort((a, b) => observations.columns.indexOf(a) - observations.columns.indexOf(b)),
    );
    expect(observations.rows.map((r: { id: string }) => r.id)).toEqual(test.rows.map((r: { id: string }) => r.id));
    expect((await jsonOf(root, 'quality.none')).rows).toEqual([]);
  });

  it('writes CSV to the stream, and any format to a file', async () => {
    const root = project();
    const { out } = await cupel(root, 'preview p.cupel people --format csv --limit 2');
    expect(out).toBe('id,age,note,good,seen\nk00,,"a, ""0""",true,2024-01-01\nk01,1,"a, ""1""",false,2024-01-02\n');
    const written = await cupel(root, 'preview p.cupel people --format parquet --out rows.parquet');
    expect(written).toMatchObject({ exit: 0, out: '', err: `40 rows written to ${join(root, 'rows.parquet')}\n` });
    expect(readdirSync(root).sort()).toEqual(['.cupel', 'p.cupel', 'people.csv', 'rows.parquet']);
    const again = await cupel(root, 'infer rows.parquet');
    expect(again.out).toContain('id   : key');
  });

  it('shows the table of a check that fails, and says that it does', async () => {
    const { out, err, exit } = await cupel(
      project(t => t),
      'preview p.cupel people --limit 1',
    );
    expect(exit).toBe(0);
    expect(err).toContain('`age < 20` does not hold of `people`');
    expect(out).toContain('1 of 40 rows');
  });

  it('uses the cache, makes no run and reads no ledger', async () => {
    const root = project();
    await cupel(root, 'preview p.cupel known');
    expect(existsSync(join(root, '.cupel', 'ledger')) ? readdirSync(join(root, '.cupel', 'ledger')) : []).toEqual([]);
    expect(existsSync(join(root, '.cupel', 'runs')) ? readdirSync(join(root, '.cupel', 'runs')) : []).toEqual([]);
    const ran = JSON.parse((await cupel(root, 'run p.cupel --format json')).out);
    expect(ran.nodes.filter((n: { status: string }) => n.status === 'cached').map((n: { kind: string }) => n.kind)).toEqual([
      'scan',
      'frame',
      'split',
      'features',
    ]);
  });

  it.each([
    ['usual', '`usual` has no rows to show'],
    ['people.test', '`people` has no partitions'],
    ['peple', 'p.cupel declares no `peple`'],
    ['people --limit 0', '--limit is a whole number from 1, or `all`, not `0`'],
    ['people --format parquet', 'Parquet is written to a file'],
    ['people --out rows.csv', '--out writes a file in a format for other programs'],
    ['people --format csv --out rows.parquet', '--out ends in .csv for --format csv'],
  ])('refuses %s', async (words, message) => {
    const { exit, err } = await cupel(project(), ['preview', 'p.cupel', ...words.split(' ')]);
    expect(exit).toBe(2);
    expect(err).toContain(message);
  });

  it('ends with 1 where the data cannot be read', async () => {
    const root = project();
    writeFileSync(join(root, 'people.csv'), 'id,age\n');
    const { exit, err, out } = await cupel(root, 'preview p.cupel old');
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err.split('`people.csv` has no column `note`')).toHaveLength(2);
    expect(readFileSync(join(root, 'people.csv'), 'utf8')).toBe('id,age\n');
  });
});
