/**
 * How the store writes: aside, synced, then renamed, so that a reader finds the old content or the new one and never a half. Failures of
 * disk and permissions become `StoreError`s with a remedy.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type StoreCode = 'disk-full' | 'no-permission' | 'vanished' | 'unusable';

/** The store cannot do what it must: the run ends as "could not finish". */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreCode;
  readonly help: string;

  constructor(code: StoreCode, message: string, help: string) {
    super(message);
    this.code = code;
    this.help = help;
  }
}

const reasons = {
  ENOTDIR: 'a file is where a folder should be',
  EISDIR: 'a folder is where a file should be',
  EEXIST: 'something else is in its place',
  EIO: 'the disk failed',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENAMETOOLONG: 'its path is too long',
  EFBIG: 'the file would be too large for the disk',
  ELOOP: 'links go round in a circle',
  /** Ours: the system says that the folder is not there while the one above it is. */
  ENOFOLDER: 'no folder can be made there',
} as const;

/** `doing` completes "Could not …". Errors that are not the file system's stay as they are. */
export function asStoreError(error: unknown, doing: string): unknown {
  if (error instanceof StoreError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const path = error instanceof Error && 'path' in error && typeof error.path === 'string' ? ` (${error.path})` : '';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new StoreError('disk-full', `Could not ${doing}: the disk is full${path}`, 'Free some space, or name another folder with --store.');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StoreError(
        'no-permission',
        `Could not ${doing}: this user may not write there${path}`,
        'Give the user access to the folder, or name another folder with --store.',
      );
    case 'ENOENT':
      return new StoreError('vanished', `Could not ${doing}: it is not there any more${path}`, 'Run again; another process may have removed it.');
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
    case 'EIO':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENAMETOOLONG':
    case 'EFBIG':
    case 'ELOOP':
    case 'ENOFOLDER':
      return new StoreError(
        'unusable',
        `Could not ${doing}: ${reasons[code]}${path}`,
        'Look at what is in that place, or name another folder with --store.',
      );
    default:
      return error;
  }
}

export async function storing<T>(doing: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw asStoreError(error, doing);
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/**
 * The folder and those above it that are missing, one after the other: Node's own recursive form asks for ever where the system says of a
 * place such as `/proc/x` that it is not there, whatever is above it.
 */
export async function makeFolders(path: string): Promise<void> {
  if (await madeFolder(path)) return;
  if (dirname(path) === path) throw notMade(path);
  await makeFolders(dirname(path));
  if (!(await madeFolder(path))) throw notMade(path);
}

/** False where the folder above is missing. */
async function madeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') return false;
    // Some systems say that they may not write before they say that the folder is there.
    const isThere = await stat(path).then(
      found => found.isDirectory(),
      () => false,
    );
    if (isThere) return true;
    throw error;
  }
}

const notMade = (path: string): Error => Object.assign(new Error(`No folder can be made at ${path}`), { code: 'ENOFOLDER', path });

const asideStart = '.aside-';

export const isAside = (name: string): boolean => name.startsWith(asideStart);

/** A name in the same folder that nobody else uses, so that renaming stays within one file system. */
export function asideOf(path: string): string {
  return join(dirname(path), `${asideStart}${process.pid}-${randomUUID()}`);
}

/** Whole or not at all, and on the disk when this returns. */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const aside = asideOf(path);
  try {
    await writeSynced(aside, content);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

export async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  await makeFolders(dirname(path));
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename durable. Where folders cannot be synced (Windows) the rename itself has to do. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'EPERM' && code !== 'EISDIR' && code !== 'EINVAL' && code !== 'EACCES') throw error;
  }
}

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
