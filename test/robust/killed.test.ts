/** What a killed run, another run at the same time, or a hand in the cache leave behind: a store that is whole, and the same figures next time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../runner/index.ts';
import { countReadings, openLedger } from '../../runner/store/ledger.ts';
import { openStore } from '../../runner/store/store.ts';
import { buildsTheCommand, cupel, type Files, folderOf, script } from '../badInput/calls.ts';
import { lasting } from '../smallRun.ts';

buildsTheCommand();

const rows = Array.from({ length: 300 }, (_, i) => `r${i},${i === 7 ? 'seven' : (i * 37) % 100},${i % 5},${(i * 37) % 100 > 45 + (i % 9)}`);
const files: Files = {
  'rows.csv': ['id,x,z,y', ...rows, ''].join('\n'),
  'main.cupel': `source rows = csv("rows.csv") {
  id : key
  x  : float immutable
  z  : float immutable
  y  : bool immutable
}
check rows { z < 4 quarantine }
task t {
  each r in rows
  label y
}
split t at random { test: 30%, seed: 1 }
features f for t {
  x |> standardize  // cupel: allow target-proxy because "the rows are made up, by x"
  ratio = x / z
}
model m = gradient_boosting(f) { trees: 3 }
evaluate m on test { auc, drift(features) < 9 psi warn }
`,
  // Counts what is done to the disk, and ends the process before the call with the number that is asked for.
  'counting.mjs': `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const last = Number(process.env.KILL_AT ?? 0);
let calls = 0;
for (const name of ['mkdir', 'open', 'rename', 'copyFile', 'link', 'writeFile', 'rm']) {
  const real = fs.promises[name];
  fs.promises[name] = async (...args) => {
    if (++calls === last) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
}
syncBuiltinESMExports();
process.on('exit', () => fs.writeFileSync(process.env.COUNT_IN ?? '/dev/null', String(calls)));
`,
};

interface Ended {
  readonly signal: string | null;
  readonly record: RunRecord | null;
}

async function running(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', `file://${join(folder, 'counting.mjs')}`, script, 'run', 'main.cupel', '--format', 'json', '--threads', '1'],
    { cwd: folder, env: { ...process.env, NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const parts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      parts[name] += text;
    });
  const [status, signal] = await new Promise<[number | null, string | null]>(resolve => child.once('close', (code, by) => resolve([code, by])));
  expect(status === 0 || signal === 'SIGKILL', parts.stderr).toBe(true);
  return { signal, record: status === 0 ? JSON.parse(parts.stdout) : null };
}

/** Everything that the store says is there, is there and is whole. */
async function expectWhole(folder: string): Promise<void> {
  const { runs, ledger } = await openStore(join(folder, '.cupel'));
  for (const id of await runs.list()) {
    const record: RunRecord = JSON.parse((await runs.read(id)) ?? '');
    expect(record.id).toBe(id);
    const inside = readdirSync(join(folder, '.cupel/runs', id), { recursive: true });
    expect(inside).toEqual(expect.arrayContaining(['models/m.json', 'predictions/m on test.parquet', 'run.json']));
  }
  expect((await ledger.read()).damaged).toEqual([]);
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map(name => join(folder, String(name)))
    .filter(path => statSync(path).isFile())
    .sort();

/** What no run of a living process still writes. */
const debris = (folder: string): string[] => filesIn(join(folder, '.cupel')).filter(path => /\.partial\/|\/scratch\//.test(path));

const same = (a: RunRecord | null, b: RunRecord | null): void => {
  if (!a || !b) throw new Error('A run did not end.');
  expect(lasting(a)).toEqual(lasting(b));
};

describe('a run that is killed', () => {
  it('at any moment leaves a store that is whole, and the next run equals one that was not', { timeout: 120_000 }, async () => {
    const untouched = await folderOf(files);
    const reference = await running(untouched, { COUNT_IN: join(untouched, 'calls') });
    const calls = Number(readFileSync(join(untouched, 'calls'), 'utf8'));
    expect(calls).toBeGreaterThan(80);
    expect(reference.record?.findings.map(f => f.rule)).toEqual(expect.arrayContaining(['bad-cell', 'no-value']));
    const moments = Array.from({ length: 8 }, (_, i) => 1 + Math.floor((i * (calls - 1)) / 7));
    for (const at of moments) {
      const folder = await folderOf(files);
      expect((await running(folder, { KILL_AT: String(at) })).signal, `before call ${at} of ${calls}`).toBe('SIGKILL');
      await expectWhole(folder);
      same((await running(folder)).record, reference.record);
      await expectWhole(folder);
      expect(debris(folder)).toEqual([]);
    }
  });

  it('again and again comes further each time', { timeout: 120_000 }, async () => {
    const folder = await folderOf(files);
    let ended = await running(folder, { KILL_AT: '60' });
    let kills = 0;
    for (; ended.signal !== null && kills < 12; kills++) ended = await running(folder, { KILL_AT: '60' });
    expect(ended.record?.nodes.some(n => n.status === 'cached')).toBe(true);
    expect(kills).toBeGreaterThan(0);
    await expectWhole(folder);
  });
});

describe('two runs at once in one folder', () => {
  it('both end, with the same figures and a run each', { timeout: 120_000 }, async () => {
    const folder = await folderOf(files);
    const ended = await Promise.all([running(folder), running(folder), running(folder)]);
    const [first, ...others] = ended.map(e => e.record);
    for (const other of others) same(other, first ?? null);
    expect(new Set(ended.map(e => e.record?.id)).size).toBe(3);
    await expectWhole(folder);
    expect(readdirSync(join(folder, '.cupel/runs')).length).toBe(3);
    // Each of them may have entered the reading before it saw that of another: it is counted once all the same.
    const { entries, figures, damaged, missing } = await openLedger(join(folder, '.cupel/ledger')).read();
    const [reading] = entries;
    expect(reading && countReadings(entries, reading)).toEqual({ readings: 1, models: 1, runs: 1 });
    expect([...figures.values()].map(of => Object.keys(of))).toContainEqual(['auc']);
    expect([damaged, missing]).toEqual([[], []]);
    expect(debris(folder)).toEqual([]);
  });
});

describe('a cache that somebody wrote into', () => {
  it.each<[how: string, damage: (content: Buffer) => Buffer]>([
    ['a bit that flipped', content => Buffer.from(content.map((byte, i) => (i === content.length >> 1 ? byte ^ 1 : byte)))],
    ['its end cut off', content => content.subarray(0, content.length >> 1)],
    ['nothing in it', () => Buffer.alloc(0)],
    ['something else in it', () => Buffer.from('{"version":1,"sha256":"","body":"{}"}')],
  ])('every file with %s: it is found, and what was there is computed again', { timeout: 120_000 }, async (_, damage) => {
    const folder = await folderOf(files);
    const before = await running(folder);
    for (const path of filesIn(join(folder, '.cupel/cache'))) writeFileSync(path, damage(readFileSync(path)));
    const after = await running(folder);
    same(after.record, before.record);
    expect(after.record?.nodes.filter(n => n.status === 'cached')).toEqual([]);
    expect((await running(folder)).record?.nodes.filter(n => n.status === 'computed')).toEqual([]);
    await expectWhole(folder);
  });

  it('the matrix gone and what rules said of it: both are made again', { timeout: 120_000 }, async () => {
    const folder = await folderOf(files);
    const before = await running(folder);
    const cache = join(folder, '.cupel/cache');
    const entries = filesIn(cache).filter(path => /\/[0-9a-f]{2}\/[0-9a-f]{64}\.json$/.test(path));
    const gone = entries.flatMap((path): string[] => {
      const { value, files: held } = JSON.parse(JSON.parse(readFileSync(path, 'utf8')).body);
      const matrix = held.find(({ name }: { name: string }) => name === 'matrix');
      return value.leaks ? [path] : matrix ? [join(cache, 'files', matrix.sha256)] : [];
    });
    for (const path of gone) rmSync(path);
    expect([true, false].map(is => gone.some(path => path.endsWith('.json') === is))).toEqual([true, true]);
    same((await running(folder)).record, before.record);
  });

  it('a folder in the place of an entry is said, not a crash', async () => {
    const folder = await folderOf(files);
    await running(folder);
    // Of a run that finds its last step there, not every entry is read.
    for (const entry of filesIn(join(folder, '.cupel/cache')).filter(path => /\/[0-9a-f]{2}\/[0-9a-f]{64}\.json$/.test(path))) {
      rmSync(entry);
      mkdirSync(entry);
    }
    const told = await cupel(folder, 'run', 'main.cupel');
    expect(told.status).toBe(4);
    expect(told.text).toContain('a folder is where a file should be');
  });
});
