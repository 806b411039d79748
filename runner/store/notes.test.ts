/** Notes: what they give back, and what a process that was killed leaves of them. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { asideOf } from './files.ts';
import { makeNotesFolder, notesPath, readNotes, writeNotes } from './notes.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

function cacheWith(...ages: readonly number[]): { readonly store: string; readonly left: readonly string[] } {
  const store = mkdtempSync(join(tmpdir(), 'cupel-notes-'));
  folders.push(store);
  const path = notesPath(store, 'check');
  mkdirSync(dirname(path), { recursive: true });
  const left = ages.map(days => {
    const aside = asideOf(path);
    writeFileSync(aside, 'half');
    const then = Date.now() / 1000 - days * 24 * 3600;
    utimesSync(aside, then, then);
    return aside;
  });
  return { store, left };
}

it('clears up what a killed process left beside the notes, and nothing that may be being written', async () => {
  const { store, left } = cacheWith(8, 6, 0);
  const cache = dirname(notesPath(store, 'check'));
  const old = join(cache, 'ab');
  mkdirSync(old);
  utimesSync(old, 0, 0);
  const names = left.map(path => path.slice(cache.length + 1));
  await makeNotesFolder(store);
  await writeNotes(store, 'check', 'code', new Map([['a.cupel', 1]]));
  expect(readdirSync(cache).sort()).toEqual([...names.slice(1), 'ab', 'check.notes'].sort());
  expect(await readNotes(store, 'check', 'code')).toEqual(new Map([['a.cupel', 1]]));
});

it('gives back every value under its key, whatever the key', async () => {
  const { store } = cacheWith();
  const values = new Map<string, unknown>(['b"\\.cupel', '12', '2', '__proto__', '', 'é\n'].map((key, i) => [key, { found: [i, null] }]));
  await makeNotesFolder(store);
  await writeNotes(store, 'check', 'code', values);
  expect(await readNotes(store, 'check', 'code')).toEqual(values);
  await writeNotes(store, 'check', 'code', new Map());
  expect(await readNotes(store, 'check', 'code')).toEqual(new Map());
});
