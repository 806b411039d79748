/**
 * Notes that a command keeps in the store between two calls, so that the second need not find out again: one file of values by key. Notes
 * are read as a whole or not at all; those that are damaged, or were taken under other conditions, are as if there were none.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asideOf, isAside, makeFolders, readOrNull, sha256 } from './files.ts';
import { makeStoreFolder } from './folder.ts';
import { removeAbandoned } from './owner.ts';

export const notesPath = (store: string, name: string): string => join(store, 'cache', `${name}.notes`);

/** `under` is all that the values depend on beside their keys; a change of it empties the notes. */
export async function readNotes(store: string, name: string, under: string): Promise<ReadonlyMap<string, unknown>> {
  const bytes = await readOrNull(notesPath(store, name)).catch(() => null);
  const line = bytes?.indexOf(10) ?? -1;
  if (bytes === null || line < 0) return new Map();
  const body = bytes.subarray(line + 1);
  if (bytes.toString('latin1', 0, line) !== headOf(under, body)) return new Map();
  return new Map(Object.entries(JSON.parse(body.toString('utf8'))));
}

/** Where notes go. What killed processes left aside a week ago goes. Throws what the file system throws. */
export async function makeNotesFolder(store: string): Promise<void> {
  await makeStoreFolder(store);
  const folder = dirname(notesPath(store, ''));
  await makeFolders(folder);
  await removeAbandoned(folder, isAside);
}

/** In place of the notes before, at once, in the folder made for them; a machine that fails may lose them. Throws what the file system throws. */
export async function writeNotes(store: string, name: string, under: string, values: ReadonlyMap<string, unknown>): Promise<void> {
  const body = Buffer.from(jsonOf(values));
  const path = notesPath(store, name);
  const aside = asideOf(path);
  try {
    await writeFile(aside, Buffer.concat([Buffer.from(`${headOf(under, body)}\n`), body]));
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** As of an object with these properties, which takes long to make of many: each would give it another form. */
const jsonOf = (values: ReadonlyMap<string, unknown>): string =>
  `{${Array.from(values, ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;

/** A change of either makes another. */
const headOf = (under: string, body: Uint8Array): string => `${sha256(under)} ${sha256(body)}`;
