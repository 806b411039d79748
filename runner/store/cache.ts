/**
 * Results of finished steps, by the key of everything they were made from. An entry carries the hash of its content and of each file it
 * names: a damaged entry is found when it is read, set aside and computed again. Entries are only ever added, so runs can share a cache.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { asideOf, makeFolders, readOrNull, sha256, storing, syncFile, writeAtomic } from './files.ts';

export interface CacheEntry {
  readonly value: unknown;
  /** Of the entry's files. */
  readonly names: readonly string[];
  /** Where the file is, its content verified; null where it is not what was written, and then the whole entry is set aside. */
  readonly file: (name: string) => Promise<string | null>;
}

export interface Cache {
  /** Null: nothing there, or not what was written. */
  get(key: string): Promise<CacheEntry | null>;
  has(key: string): Promise<boolean>;
  /** Files are copied into the cache. */
  put(key: string, value: unknown, files: ReadonlyMap<string, string>): Promise<void>;
  /** Keys of entries that were found damaged since the store was opened. */
  readonly damaged: readonly string[];
}

interface Envelope {
  readonly version: 1;
  readonly sha256: string;
  readonly body: string;
}

interface Body {
  readonly value: unknown;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

export function openCache(folder: string): Cache {
  const damaged: string[] = [];
  const entryPath = (key: string) => join(folder, key.slice(0, 2), `${key}.json`);
  const filePath = (hash: string) => join(folder, 'files', hash);

  async function read(key: string): Promise<CacheEntry | null> {
    const bytes = await readOrNull(entryPath(key));
    if (bytes === null) return null;
    const body = bodyOf(bytes.toString('utf8'));
    if (body === null) return discard(key);
    return {
      value: body.value,
      names: body.files.map(f => f.name),
      file: name => storing('read the cache', () => verified(key, body.files.find(f => f.name === name)?.sha256 ?? null)),
    };
  }

  async function verified(key: string, hash: string | null): Promise<string | null> {
    if (hash === null) return null;
    const path = filePath(hash);
    if ((await hashOfFile(path)) === hash) return path;
    await rm(path, { force: true });
    return discard(key);
  }

  async function discard(key: string): Promise<null> {
    damaged.push(key);
    await rm(entryPath(key), { force: true });
    return null;
  }

  return {
    damaged,
    get: key => storing('read the cache', () => read(key)),
    has: key =>
      storing('read the cache', async () => {
        const bytes = await readOrNull(entryPath(key));
        return bytes !== null && bodyOf(bytes.toString('utf8')) !== null;
      }),
    put: (key, value, files) =>
      storing('write the cache', async () => {
        await makeFolders(join(folder, key.slice(0, 2)));
        await makeFolders(join(folder, 'files'));
        const kept: Body['files'][number][] = [];
        for (const [name, path] of files) {
          const hash = await hashOfFile(path);
          if (hash === null) throw new Error(`A step's file is gone before it was kept: ${path}`);
          await keepFile(path, filePath(hash));
          kept.push({ name, sha256: hash });
        }
        const body = JSON.stringify({ value, files: kept } satisfies Body);
        const envelope: Envelope = { version: 1, sha256: sha256(body), body };
        await writeAtomic(entryPath(key), JSON.stringify(envelope));
      }),
  };
}

function bodyOf(text: string): Body | null {
  try {
    const envelope: Partial<Envelope> = JSON.parse(text);
    if (envelope.version !== 1 || typeof envelope.body !== 'string' || sha256(envelope.body) !== envelope.sha256) return null;
    return JSON.parse(envelope.body);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

async function keepFile(from: string, to: string): Promise<void> {
  const aside = asideOf(to);
  try {
    await copyFile(from, aside);
    await syncFile(aside);
    await rename(aside, to);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Null where there is no such file. */
export async function hashOfFile(path: string): Promise<string | null> {
  let size = 0;
  try {
    const found = await stat(path);
    if (!found.isFile()) return null;
    size = found.size;
  } catch {
    return null;
  }
  return size >= large ? hashBeside(path) : hashOf(path);
}

/** From here on, a thread is started in less time than it takes to hash. */
const large = 32 * 1024 ** 2;

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** As text it needs no file to be found beside the program. */
const hasher = `
const { createHash } = require('node:crypto');
const { closeSync, openSync, readSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const hash = createHash('sha256');
const file = openSync(workerData, 'r');
const room = Buffer.allocUnsafe(1 << 20);
for (let read = readSync(file, room); read > 0; read = readSync(file, room)) hash.update(room.subarray(0, read));
closeSync(file);
parentPort.postMessage(hash.digest('hex'));
`;

/** While something else goes on here. */
function hashBeside(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(hasher, { eval: true, execArgv: [], env: {}, workerData: path });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', code => reject(new Error(`The thread that hashes ${path} ended early with code ${code}`)));
  });
}
