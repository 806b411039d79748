/** Profiles against figures counted by hand, and at the width of a terminal. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cupel } from './fakeHost.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-profile-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) writeFileSync(join(root, path), content);
  return root;
}

/** 1 … 1000, its double turned round, a level, a moment, a note that never recurs. */
const rows = Array.from({ length: 1000 }, (_, i) => [
  i + 1,
  -2 * (i + 1) + 0.5,
  i % 10 === 0 ? '' : i % 4 === 0 ? 'red' : 'blue',
  `2024-01-01T00:${String(i % 60).padStart(2, '0')}:00Z`,
  `note ${'x'.repeat(i % 5)}${i}`,
  i === 500 ? 'many' : i % 3,
]);
const csv = [['n', 'x', 'level', 'at', 'note', 'few'], ...rows].map(row => row.join(',')).join('\n');

const jsonOf = async (root: string, ...words: string[]) => JSON.parse((await cupel(root, ['profile', ...words, '--format', 'json'])).out).data[0];

describe('profile', () => {
  it('counts what the columns hold', async () => {
    const data = await jsonOf(folderOf({ 'd.csv': csv }), 'd.csv');
    expect(data).toMatchObject({ rows: 1000, files: 1, connector: 'csv', broken: 0 });
    const of = (name: string) => data.columns.find((c: { name: string }) => c.name === name);
    expect(of('n')).toMatchObject({ type: 'int', nulls: 0, distinct: 1000, min: '1', max: '1000', quartiles: ['250', '500', '750'] });
    expect(of('n').histogram.reduce((a: number, b: number) => a + b, 0)).toBeCloseTo(1, 12);
    expect(of('x')).toMatchObject({ type: 'float', min: '-1999.5', max: '-1.5', quartiles: ['-1501.5', '-1001.5', '-501.5'] });
    expect(of('level')).toMatchObject({ type: 'text', nulls: 100, distinct: 2, min: '3', max: '4', quartiles: null });
    expect(of('level').top).toEqual([
      { value: 'blue', rows: 700 },
      { value: 'red', rows: 200 },
    ]);
    expect(of('at')).toMatchObject({ type: 'timestamp', distinct: 60, min: '2024-01-01T00:00:00Z', max: '2024-01-01T00:59:00Z' });
    expect(of('few')).toMatchObject({ type: 'int', nulls: 1, distinct: 3 });
    expect(of('few').misfits).toEqual([{ reason: 'is not a whole number of 64 bits', cells: 1, example: 'many', file: 'd.csv', row: 502 }]);
    expect(of('few').histogram.map((s: number) => Math.round(s * 999))).toEqual([334, 333, 332]);
    expect(data.correlations).toEqual([{ a: 'n', b: 'x', r: -1 }]);
  });

  it('shows one line a column, no wider than the terminal', async () => {
    const { out, err, exit } = await cupel(folderOf({ 'd.csv': csv }), 'profile d.csv');
    expect({ err: err.split('\n')[0], exit }).toEqual({
      err: 'warning: `few` is not a whole number of 64 bits in 1 row of `d.csv`, such as',
      exit: 0,
    });
    const lines = out.split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines[0]).toMatch(/^d\.csv {3}1,000 rows · 6 columns · csv · \d+ kB$/);
    expect(lines).toContain('  n       int           –     1,000  █▇▇▇▇▇▇█  1 · 250 · 500 · 750 · 1000');
    expect(lines.find(l => l.startsWith('  level'))).toMatch(/text +10% +2 +█▃ +blue 78% · red 22%$/);
    expect(lines.find(l => l.startsWith('  note'))).toMatch(/text +– +1,000 +6 – 12 letters$/);
    expect(lines).toContain('  ! few is not a whole number of 64 bits in 1 of 1,000 rows, such as "many" (ro…');
    expect(out).toMatch(/moves with {2}n · x +−1\.00\n/);
  });

  it('counts one row and one column as one', async () => {
    const root = mkdtempSync(join(tmpdir(), 'cupel-profile-'));
    writeFileSync(join(root, 'one.csv'), 'a\n1\n');
    const { out } = await cupel(root, 'profile one.csv');
    rmSync(root, { recursive: true });
    expect(out.split('\n')[0]).toBe('one.csv   1 row · 1 column · csv · 1 kB');
  });

  it('is the same on one thread and on two', async () => {
    const root = folderOf({ 'd.csv': csv });
    expect(await jsonOf(root, 'd.csv', '--threads', '1')).toEqual(await jsonOf(root, 'd.csv', '--threads', '2'));
  });

  it('copes with columns that vary little, and with names that statements use', async () => {
    const data = await jsonOf(folderOf({ 'd.csv': 'v,b,rowid,n\n1,,1.5,x\n1,,1.5,x\n1,,1.5,\n' }), 'd.csv');
    expect(data.columns.map((c: { histogram: number[]; distinct: number }) => [c.distinct, c.histogram])).toEqual([
      [1, [1]],
      [0, []],
      [1, [1, 0, 0, 0, 0, 0, 0, 0]],
      [1, [1]],
    ]);
  });

  it('ends with 1 where nothing can be read, and goes on with the others', async () => {
    const { out, err, exit } = await cupel(folderOf({ 'd.csv': 'a\n1\n' }), 'profile no.csv d.csv');
    expect({ exit, err: err.split('\n')[0], first: out.split('\n')[0]?.slice(0, 5) }).toEqual({
      exit: 1,
      err: 'error: There is no file `no.csv`.',
      first: 'd.csv',
    });
  });

  it('can be cancelled', async () => {
    const stopped = new AbortController();
    stopped.abort();
    expect(await cupel(folderOf({ 'd.csv': csv }), 'profile d.csv', { signal: stopped.signal })).toMatchObject({ exit: 130, out: '' });
  });
});
