/**
 * Folders of runs: all or nothing. A run writes into a folder beside its place, which reserves its id, and takes its place by one rename
 * when it is complete. What a killed run leaves is never read and is removed once its process is gone.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { isMissing, readOrNull, storing, syncFile, syncFolder, writeSynced } from './files.ts';

export interface OpenRun {
  readonly id: string;
  /** A path in the run's folder, whose own folder exists. */
  path(name: string): Promise<string>;
  /** The folder of the finished run. */
  readonly folder: string;
  /** Writes `run.json` and puts the run in its place. */
  commit(record: string): Promise<void>;
  abandon(): Promise<void>;
}

export interface Runs {
  begin(stem: string): Promise<OpenRun>;
  /** Ids of finished runs. */
  list(): Promise<string[]>;
  /** `run.json` of a finished run; null where there is none. */
  read(id: string): Promise<string | null>;
}

const partial = (id: string) => `.${id}.partial`;
const weekMs = 7 * 24 * 3600 * 1000;

export function openRuns(folder: string): Runs {
  return {
    begin: stem =>
      storing('start a run in the store', async () => {
        await mkdir(folder, { recursive: true });
        await removeLeftovers(folder);
        for (let n = 1; ; n++) {
          const id = n === 1 ? stem : `${stem}-${n}`;
          if (await exists(join(folder, id))) continue;
          const aside = join(folder, partial(id));
          if (!(await makeFolder(aside))) continue;
          await writeSynced(join(aside, '.owner'), JSON.stringify({ host: hostname(), pid: process.pid }));
          return openRun(folder, id, aside);
        }
      }),
    list: () =>
      storing('read the runs', async () => {
        try {
          return (await readdir(folder)).filter(name => !name.startsWith('.')).sort();
        } catch (error) {
          if (isMissing(error)) return [];
          throw error;
        }
      }),
    read: id =>
      storing('read a run', async () => {
        const bytes = await readOrNull(join(folder, id, 'run.json'));
        return bytes === null ? null : bytes.toString('utf8');
      }),
  };
}

function openRun(folder: string, id: string, aside: string): OpenRun {
  return {
    id,
    folder: join(folder, id),
    path: name =>
      storing('write the run', async () => {
        const path = join(aside, name);
        await mkdir(dirname(path), { recursive: true });
        return path;
      }),
    commit: record =>
      storing('write the run', async () => {
        await writeSynced(join(aside, 'run.json'), record);
        await rm(join(aside, '.owner'), { force: true });
        await syncTree(aside);
        await rename(aside, join(folder, id));
        await syncFolder(folder);
      }),
    abandon: () => storing('clear up the run', () => rm(aside, { recursive: true, force: true })),
  };
}

/** Everything in the folder is on the disk before the folder takes its place. */
async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else await syncFile(path);
  }
  await syncFolder(folder);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Making a folder is the one atomic step that two processes cannot both succeed in. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.partial')) continue;
    const path = join(folder, name);
    if (await isAbandoned(path)) await rm(path, { recursive: true, force: true });
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const age = await ageOf(path);
  if (age === null) return false;
  const owner = ownerOf(await readOrNull(join(path, '.owner')));
  // Without an owner the folder was made a moment ago or is about to be renamed, unless it is old.
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
