/**
 * Content hashes of source files. A hash is reused while size, mtime, ctime and inode stay what they were when it was taken; a file that
 * changed within the last moments is hashed each time, since a second change could hide behind the same clock tick.
 */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOfFile } from './cache.ts';
import { isMissing, readOrNull, StoreError, sha256, storing, writeAtomic } from './files.ts';

export interface SourceFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Changes whenever the file may have changed. */
  readonly stamp: string;
}

const tick = 2_000_000_000n;

export interface SourceHashes {
  /** Null: there is no such file. */
  of(path: string): Promise<SourceFile | null>;
}

/** `now` in nanoseconds since 1970: only to tell whether a file is too young to trust its times. */
export function openSourceHashes(folder: string, now: () => bigint = () => BigInt(Date.now()) * 1_000_000n): SourceHashes {
  return {
    of: path =>
      storing(`read ${path}`, async () => {
        const before = await stampOf(path);
        if (before === null) return null;
        const memory = join(folder, `${sha256(path)}.json`);
        const known = parse(await readOrNull(memory));
        if (known !== null && known.stamp === before.stamp) return { path, bytes: before.bytes, ...known };
        const hash = await hashOfFile(path);
        const after = await stampOf(path);
        if (hash === null || after === null)
          throw new StoreError('vanished', `${path} vanished while it was read`, 'Put the file back and run again.');
        if (after.stamp !== before.stamp) throw changedWhileRead(path);
        const entry = { sha256: hash, stamp: before.stamp };
        if (now() - before.changed > tick) await writeAtomic(memory, JSON.stringify({ ...entry, check: checkOf(entry) }));
        return { path, bytes: before.bytes, ...entry };
      }),
  };
}

/** After a source was read: it must still be what was hashed. */
export async function assertUnchanged(file: SourceFile): Promise<void> {
  const now = await stampOf(file.path);
  if (now === null) throw new StoreError('vanished', `${file.path} vanished while it was read`, 'Put the file back and run again.');
  if (now.stamp !== file.stamp) throw changedWhileRead(file.path);
}

function changedWhileRead(path: string): StoreError {
  return new StoreError('vanished', `${path} changed while it was read`, 'Run again when nothing writes to the file.');
}

async function stampOf(path: string): Promise<{ stamp: string; bytes: number; changed: bigint } | null> {
  try {
    const s = await stat(path, { bigint: true });
    if (!s.isFile()) return null;
    return { stamp: `${s.size}-${s.mtimeNs}-${s.ctimeNs}-${s.ino}`, bytes: Number(s.size), changed: s.ctimeNs };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** An entry that somebody wrote into is no entry. */
const checkOf = (entry: { readonly sha256: string; readonly stamp: string }): string => sha256(`${entry.sha256} ${entry.stamp}`);

function parse(bytes: Buffer | null): { sha256: string; stamp: string } | null {
  if (bytes === null) return null;
  try {
    const entry = JSON.parse(bytes.toString('utf8'));
    if (typeof entry?.sha256 !== 'string' || typeof entry?.stamp !== 'string' || entry.check !== checkOf(entry)) return null;
    return { sha256: entry.sha256, stamp: entry.stamp };
  } catch {
    return null;
  }
}
