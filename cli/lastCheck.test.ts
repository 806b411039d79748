import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { FileInput } from '../language/analysis.ts';
import type { CheckedFile } from './checkParts.ts';
import { survey } from './checkSurvey.ts';
import { lastCheck } from './lastCheck.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** A project of these files, and what is known of it. */
function project(texts: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'cupel-last-'));
  folders.push(root);
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(root, path), text);
  return {
    root,
    /** Of these files, with some texts changed; `under` what it is checked. */
    last(changed: Readonly<Record<string, string>> = {}, under: { checker?: string; severities?: Record<string, 'off'>; files?: string[] } = {}) {
      const all: Readonly<Record<string, string>> = { ...texts, ...changed };
      const read = (path: string): FileInput => {
        const text = all[path];
        return text === undefined ? { kind: 'absent' } : { kind: 'text', text };
      };
      const surveyed = survey(under.files ?? Object.keys(all), read);
      return lastCheck(join(root, '.cupel'), under.checker ?? 'one', { root, parameters: {}, severities: under.severities ?? {} }, surveyed);
    },
  };
}

const found = (file: string, verdicts: CheckedFile['verdicts'] = []): CheckedFile => ({ file, reach: [], diagnostics: [], waived: [], verdicts });
const three = { a: 'import { x } from "./b"', b: 'def x() = 1', c: 'def y() = 2' };
const all = ['a', 'b', 'c'];

async function remembered(last: Awaited<ReturnType<ReturnType<typeof project>['last']>>, files = all): Promise<string[]> {
  return files.filter(file => last.of(file, true) !== null);
}

it('knows what it kept as long as the texts that it rests on stay what they are', async () => {
  const { last } = project(three);
  await (await last()).keep(all.map(file => found(file)));
  expect((await last()).of('a', true)).toEqual(found('a'));
  expect(await remembered(await last())).toEqual(all);
  expect(await remembered(await last({ c: 'def y() = 3' }))).toEqual(['a', 'b']);
  expect(await remembered(await last({ b: 'def x() = 3' }))).toEqual(['c']);
  expect(await remembered(await last({ a: '' }))).toEqual(['c']);
  expect(await remembered(await last({ d: 'import { y } from "./c"' }))).toEqual(['a', 'b']);
});

it('knows nothing of what another checker found, or under other settings', async () => {
  const { last } = project(three);
  await (await last()).keep(all.map(file => found(file)));
  expect(await remembered(await last({}, { checker: 'two' }))).toEqual([]);
  expect(await remembered(await last({}, { severities: { 'unused-declaration': 'off' } }))).toEqual([]);
});

it('checks again whatever imports a file that is not there once other files are there, of which one may be meant', async () => {
  const { last } = project({ a: 'import { x } from "./bb"', b: '' });
  await (await last()).keep(['a', 'b'].map(file => found(file)));
  expect(await remembered(await last(), ['a', 'b'])).toEqual(['a', 'b']);
  expect(await remembered(await last({ bbb: '' }), ['a', 'b'])).toEqual([]);
});

it('keeps nothing of files whose imports the survey took for none, nor of what these lead to', async () => {
  const { last } = project({ a: 'import { x }', b: '', c: '' });
  await (await last()).keep([
    { ...found('a'), reach: ['a', 'b'] },
    { ...found('b'), reach: ['b'] },
    { ...found('c'), reach: ['c'] },
  ]);
  expect(await remembered(await last())).toEqual(['c']);
});

it('counts the verdicts where they are asked for', async () => {
  const { last } = project(three);
  await (await last()).keep([found('a', null), found('b')]);
  const again = await last();
  expect([again.of('a', true), again.of('a', false), again.of('b', false)]).toEqual([null, found('a', null), found('b')]);
});

it('keeps what it knows of files that are not checked now, while they are there', async () => {
  const { root, last } = project(three);
  await (await last()).keep(all.map(file => found(file)));
  rmSync(join(root, 'b'));
  await (await last({}, { files: ['c'] })).keep([found('c')]);
  const notes = readFileSync(join(root, '.cupel', 'cache', 'check.notes'), 'utf8');
  expect(Object.keys(JSON.parse(notes.slice(notes.indexOf('\n'))))).toEqual(['a', 'c']);
});

it('knows nothing where the notes are damaged, and keeps nothing where nothing can be written', async () => {
  const { root, last } = project(three);
  await (await last()).keep(all.map(file => found(file)));
  const path = join(root, '.cupel', 'cache', 'check.notes');
  const notes = readFileSync(path, 'utf8');
  for (const damaged of ['', '\n', notes.slice(0, -1), notes.replace('"a"', '"e"'), notes.slice(notes.indexOf('\n'))]) {
    writeFileSync(path, damaged);
    expect(await remembered(await last())).toEqual([]);
  }
  rmSync(path);
  mkdirSync(path);
  const blocked = await last();
  await blocked.keep(all.map(file => found(file)));
  expect(await remembered(await last())).toEqual([]);
});
