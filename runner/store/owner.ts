/** Who works in a folder: so that what a killed process leaves is cleared up by the next, and nothing of one that is still going. */
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isMissing, readOrNull, writeSynced } from './files.ts';

const ownerFile = '.owner';
const weekMs = 7 * 24 * 3600 * 1000;

export function own(folder: string): Promise<void> {
  return writeSynced(join(folder, ownerFile), JSON.stringify({ host: hostname(), pid: process.pid }));
}

export function disown(folder: string): Promise<void> {
  return rm(join(folder, ownerFile), { force: true });
}

/** Removes what is inside `folder`, is named by `chosen`, and was left: folders whose process is gone; files, which have no owner, when old. */
export async function removeAbandoned(folder: string, chosen: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (chosen(name) && (await isAbandoned(path))) await rm(path, { recursive: true, force: true });
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const age = await ageOf(path);
  if (age === null) return false;
  const owner = ownerOf(await readOrNull(join(path, ownerFile)));
  // Without an owner it was made a moment ago or is about to be renamed, unless it is old.
  if (owner === null || owner.host !== hostname()) return age > weekMs;
  return owner.pid !== process.pid && !isAlive(owner.pid);
}

async function ageOf(path: string): Promise<number | null> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function ownerOf(bytes: Buffer | null): { host: string; pid: number } | null {
  if (bytes === null) return null;
  try {
    const owner = JSON.parse(bytes.toString('utf8'));
    return typeof owner?.host === 'string' && Number.isInteger(owner?.pid) ? owner : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
