import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { canonical, canonicalWithoutPlaces } from './canonical.ts';
import { asStoreError, makeFolders, StoreError, sha256 } from './files.ts';
import { countReadings, openLedger } from './ledger.ts';
import { openRuns } from './runs.ts';
import { assertUnchanged, openSourceHashes } from './sources.ts';
import { openStore } from './store.ts';

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cupel-store-'));
  folders.push(path);
  return path;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

describe('canonical text', () => {
  it('does not depend on the order of keys, and does not tell places apart where it need not', () => {
    expect(canonical({ b: 1, a: [{ d: 1, c: undefined }] })).toBe('{"a":[{"d":1}],"b":1}');
    const at = (line: number) => ({ file: 'a.cupel', range: { start: { line, character: 0 }, end: { line, character: 3 } } });
    const told = (line: number) => canonicalWithoutPlaces({ a: 1, place: at(line), b: [{ confusion: at(line) }] });
    expect(told(3)).toBe(told(4));
    expect(told(3)).not.toBe(canonicalWithoutPlaces({ a: 1, place: at(3), b: [{}] }));
    expect(canonicalWithoutPlaces({ file: 'a', range: null, a: 1 })).toBe('{"a":1,"file":"a","range":null}');
  });
});

describe('the cache', () => {
  it('gives back values and files by their key', async () => {
    const { cache, folder: root } = await openStore(folder());
    writeFileSync(join(root, 'data'), 'rows');
    await cache.put('ab12', { rows: 3, nothing: null }, new Map([['predictions', join(root, 'data')]]));
    const entry = await cache.get('ab12');
    expect(entry?.value).toEqual({ rows: 3, nothing: null });
    expect(entry?.names).toEqual(['predictions']);
    expect(readFileSync((await entry?.file('predictions')) ?? '', 'utf8')).toBe('rows');
    expect(await entry?.file('nothing')).toBeNull();
    expect(await cache.get('ffff')).toBeNull();
  });

  it.each([
    ['cut short', (path: string) => truncateSync(path, 20)],
    ['changed', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"rows\\":3', '"rows\\":4'))],
    ['replaced by junk', (path: string) => writeFileSync(path, '\u0000\u0001')],
    ['emptied', (path: string) => writeFileSync(path, '')],
  ])('does not trust an entry that was %s', async (_, damage) => {
    const { cache, folder: root } = await openStore(folder());
    await cache.put('ab12', { rows: 3 }, new Map());
    damage(join(root, 'cache', 'ab', 'ab12.json'));
    expect(await cache.get('ab12')).toBeNull();
    expect(cache.damaged).toEqual(['ab12']);
    await cache.put('ab12', { rows: 3 }, new Map());
    expect((await cache.get('ab12'))?.value).toEqual({ rows: 3 });
  });

  it('does not trust an entry whose file was changed', async () => {
    const { cache, folder: root } = await openStore(folder());
    writeFileSync(join(root, 'data'), 'rows');
    await cache.put('ab12', 1, new Map([['p', join(root, 'data')]]));
    const entry = await cache.get('ab12');
    writeFileSync((await entry?.file('p')) ?? '', 'rowz');
    expect(await entry?.file('p')).toBeNull();
    expect(await cache.get('ab12')).toBeNull();
    expect(cache.damaged).toEqual(['ab12']);
  });
});

describe('runs', () => {
  it('appear whole, and ids that are taken get a suffix', async () => {
    const runs = openRuns(join(folder(), 'runs'));
    const first = await runs.begin('20261121-7f3a');
    const second = await runs.begin('20261121-7f3a');
    expect([first.id, second.id]).toEqual(['20261121-7f3a', '20261121-7f3a-2']);
    writeFileSync(await first.path('predictions/gbt on test.parquet'), 'p');
    expect(await runs.list()).toEqual([]);
    await first.commit('{}');
    expect(await runs.list()).toEqual(['20261121-7f3a']);
    expect(readdirSync(first.folder).sort()).toEqual(['predictions', 'run.json']);
    await second.abandon();
    expect(readdirSync(join(first.folder, '..'))).toEqual(['20261121-7f3a']);
  });

  it('a killed run leaves a readable store, and the next run clears up after it', async () => {
    const root = join(folder(), 'runs');
    const runs = openRuns(root);
    await (await runs.begin('a')).commit('{"id":"a"}');
    const script = `
      import { openRuns } from ${JSON.stringify(new URL('./runs.ts', import.meta.url).pathname)};
      import { writeFileSync } from 'node:fs';
      const run = await openRuns(${JSON.stringify(root)}).begin('b');
      writeFileSync(await run.path('predictions/x'), 'half');
      process.kill(process.pid, 'SIGKILL');`;
    const killed = runTypeScript(script);
    expect(killed.signal).toBe('SIGKILL');
    expect(readdirSync(root)).toContain('.b.partial');
    expect(await runs.list()).toEqual(['a']);
    expect(await runs.read('a')).toBe('{"id":"a"}');
    expect(await runs.read('b')).toBeNull();
    const again = await runs.begin('b');
    expect(again.id).toBe('b');
    expect(existsSync(await again.path('predictions/x'))).toBe(false);
  });

  it('leaves the folder of a run that is still going alone', async () => {
    const root = join(folder(), 'runs');
    mkdirSync(join(root, '.x.partial'), { recursive: true });
    writeFileSync(join(root, '.x.partial', '.owner'), JSON.stringify({ host: 'another-computer', pid: 1 }));
    await openRuns(root).begin('y');
    expect(readdirSync(root)).toContain('.x.partial');
  });
});

describe('scratch', () => {
  it('of a process that is gone is cleared up, of one that is going is not', async () => {
    const store = await openStore(folder());
    const own = await store.scratch();
    const other = join(own, '..', 'of-a-killed-process');
    mkdirSync(other);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(other, '.owner'), JSON.stringify({ host: hostname(), pid }));
    const next = await store.scratch();
    expect([own, other, next].map(f => existsSync(f))).toEqual([true, false, true]);
  });
});

describe('the ledger', () => {
  const reading = (over: object) => ({
    file: 'a.cupel',
    task: 'churn',
    split: 'churn',
    partition: 'test',
    rows: 'r1',
    artifact: 'a1',
    model: 'gbt',
    evaluation: 'gbt on test',
    run: 'x',
    ...over,
  });

  it('adds a reading once, and counts rows and artifacts', async () => {
    const ledger = openLedger(join(folder(), 'ledger'));
    expect(await ledger.add(reading({}))).toBe(true);
    expect(await ledger.add(reading({ run: 'y' }))).toBe(false);
    expect(await ledger.add(reading({ artifact: 'a2' }))).toBe(true);
    expect(await ledger.add(reading({ rows: 'r2' }))).toBe(true);
    const { entries } = await ledger.read();
    expect(countReadings(entries, { file: 'a.cupel', task: 'churn', split: 'churn', partition: 'test' })).toEqual({
      readings: 3,
      models: 2,
      runs: 1,
    });
    expect(countReadings(entries, { file: 'a.cupel', task: 'churn', split: 'churn', partition: 'validate' })).toEqual({
      readings: 0,
      models: 0,
      runs: 0,
    });
  });

  it('counts the readings of the same rows by a copied program, each once', async () => {
    const ledger = openLedger(join(folder(), 'ledger'));
    const copy = { file: 'b.cupel', task: 'churn', split: 'churn', partition: 'test' };
    await ledger.add(reading({}));
    await ledger.add(reading({ artifact: 'a2', run: 'y' }));
    expect(await ledger.add(reading({ file: 'b.cupel', run: 'z' }))).toBe(true);
    expect(await ledger.add(reading({ file: 'b.cupel', run: 'z' }))).toBe(false);
    const { entries } = await ledger.read();
    expect(countReadings(entries, copy)).toEqual({ readings: 2, models: 2, runs: 2 });
    expect(countReadings(entries, { ...copy, file: 'a.cupel' })).toEqual({ readings: 2, models: 2, runs: 2 });
    await ledger.addFigures({ rows: 'r1', artifact: 'a1' }, { auc: { value: 0.8, low: null, high: null } });
    await ledger.addFigures({ rows: 'r1', artifact: 'a1' }, { auc: { value: 0.8, low: null, high: null } });
    expect((await ledger.read()).figures.size).toBe(1);
  });

  it('names the entries it follows, so that two branches merge', async () => {
    const [left, right] = [join(folder(), 'ledger'), join(folder(), 'ledger')];
    await openLedger(left).add(reading({}));
    await openLedger(right).add(reading({ artifact: 'a2' }));
    for (const name of readdirSync(right)) writeFileSync(join(left, name), readFileSync(join(right, name)));
    await openLedger(left).add(reading({ artifact: 'a3' }));
    const { entries } = await openLedger(left).read();
    expect(entries.find(e => e.artifact === 'a3')?.parents).toHaveLength(2);
  });

  it('finds an entry that was changed', async () => {
    const path = join(folder(), 'ledger');
    await openLedger(path).add(reading({}));
    const [name = ''] = readdirSync(path);
    writeFileSync(join(path, name), readFileSync(join(path, name), 'utf8').replace('"a1"', '"a9"'));
    expect(await openLedger(path).read()).toMatchObject({ entries: [], damaged: [name] });
  });

  it('holds what a reading gave, once', async () => {
    const path = join(folder(), 'ledger');
    const ledger = openLedger(path);
    await ledger.add(reading({}));
    const auc = { value: 0.8, low: 0.7, high: 0.9 };
    await ledger.addFigures({ rows: 'r1', artifact: 'a1' }, { auc });
    await ledger.addFigures({ rows: 'r1', artifact: 'a1' }, { auc: { ...auc, value: 0.9 } });
    await ledger.addFigures({ rows: 'r1', artifact: 'nobody' }, { auc });
    expect(readdirSync(path)).toHaveLength(2);
    await ledger.addFigures({ rows: 'r1', artifact: 'a1' }, { auc, brier: { value: 0.1, low: null, high: null } });
    const { entries, figures } = await ledger.read();
    expect(entries.map(e => figures.get(e))).toEqual([{ auc, brier: { value: 0.1, low: null, high: null } }]);
    await ledger.add(reading({ artifact: 'a2' }));
    expect((await ledger.read()).entries.find(e => e.artifact === 'a2')?.parents).toHaveLength(2);
  });

  it('misses an entry that was taken out', async () => {
    const path = join(folder(), 'ledger');
    await openLedger(path).add(reading({}));
    const [name = ''] = readdirSync(path);
    await openLedger(path).add(reading({ artifact: 'a2' }));
    rmSync(join(path, name));
    expect(await openLedger(path).read()).toMatchObject({ damaged: [], missing: [name.replace('.json', '')] });
  });

  it('is the same entry after a checkout that changed its line ends', async () => {
    const path = join(folder(), 'ledger');
    await openLedger(path).add(reading({}));
    const [name = ''] = readdirSync(path);
    writeFileSync(join(path, name), readFileSync(join(path, name), 'utf8').replace('\n', '\r\n'));
    expect((await openLedger(path).read()).entries).toHaveLength(1);
  });
});

describe('hashes of sources', () => {
  const old = new Date('2020-01-01');

  it('follow the content and are reused only while nothing about the file changed', async () => {
    const root = folder();
    const file = join(root, 'a.csv');
    writeFileSync(file, 'a\n1\n');
    const later = () => BigInt(Date.now()) * 1_000_000n + 10_000_000_000n;
    const hashes = openSourceHashes(join(root, 'sources'), later);
    const first = await hashes.of(file);
    expect(first?.sha256).toMatch(/^[0-9a-f]{64}$/);
    const [memory = ''] = readdirSync(join(root, 'sources'));
    const stored = { sha256: 'remembered', stamp: first?.stamp };
    writeFileSync(join(root, 'sources', memory), JSON.stringify({ ...stored, check: sha256(`remembered ${first?.stamp}`) }));
    expect((await hashes.of(file))?.sha256).toBe('remembered');
    // Somebody wrote into it.
    writeFileSync(join(root, 'sources', memory), JSON.stringify({ ...stored, check: sha256(`first ${first?.stamp}`) }));
    expect((await hashes.of(file))?.sha256).toBe(first?.sha256);
    writeFileSync(file, 'a\n2\n');
    utimesSync(file, old, old);
    expect((await hashes.of(file))?.sha256).not.toBe('remembered');
    expect(await hashes.of(join(root, 'none.csv'))).toBeNull();
  });

  it('of a file that was written just now are taken each time', async () => {
    const root = folder();
    writeFileSync(join(root, 'a.csv'), 'a');
    const changed = statSync(join(root, 'a.csv'), { bigint: true }).ctimeNs;
    await openSourceHashes(join(root, 'sources'), () => changed + 1n).of(join(root, 'a.csv'));
    expect(existsSync(join(root, 'sources'))).toBe(false);
  });

  it('tell when a file changed while it was read', async () => {
    const root = folder();
    const file = join(root, 'a.csv');
    writeFileSync(file, 'a');
    const hashed = await openSourceHashes(join(root, 'sources')).of(file);
    if (!hashed) throw new Error('no hash');
    await assertUnchanged(hashed);
    writeFileSync(file, 'ab');
    await expect(assertUnchanged(hashed)).rejects.toThrow('changed while it was read');
  });
});

describe('errors of the disk', () => {
  it('say what could not be done and what to do', () => {
    const full = asStoreError(Object.assign(new Error('x'), { code: 'ENOSPC' }), 'write the run');
    expect(full).toBeInstanceOf(StoreError);
    expect(full).toMatchObject({ code: 'disk-full', message: 'Could not write the run: the disk is full' });
    const bug = new TypeError('x');
    expect(asStoreError(bug, 'write the run')).toBe(bug);
  });

  it('a store in the place of a file is refused', async () => {
    const root = folder();
    writeFileSync(join(root, 'file'), '');
    await expect(openStore(join(root, 'file'))).rejects.toBeInstanceOf(StoreError);
    symlinkSync('loop', join(root, 'loop'));
    await expect(openStore(join(root, 'loop'))).rejects.toBeInstanceOf(StoreError);
  });

  it.each(['/proc/cupel', '/proc/cupel/store', '/sys/cupel/store', '/dev/null/store'])('a store at %s is refused, and soon', async path => {
    await expect(openStore(path)).rejects.toMatchObject({ name: 'StoreError', message: expect.stringContaining('Could not open the store: ') });
  });

  it('folders are made one in the other, and may be there already', async () => {
    const root = folder();
    mkdirSync(join(root, 'a'));
    symlinkSync('a', join(root, 'link'));
    await makeFolders(join(root, 'link/b/c'));
    await makeFolders(join(root, 'a/b/c'));
    expect(statSync(join(root, 'a/b/c')).isDirectory()).toBe(true);
  });
});

/** Runs TypeScript in a process of its own: bundled first, since Node alone may not read it. */
function runTypeScript(source: string) {
  const root = folder();
  const bundle = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import * as esbuild from 'esbuild'; await esbuild.build({ stdin: { contents: ${JSON.stringify(source)}, resolveDir: ${JSON.stringify(root)}, loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', outfile: ${JSON.stringify(join(root, 'out.mjs'))} });`,
    ],
    { encoding: 'utf8' },
  );
  if (bundle.status !== 0) throw new Error(bundle.stderr);
  return spawnSync(process.execPath, [join(root, 'out.mjs')], { encoding: 'utf8' });
}
