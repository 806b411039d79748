/**
 * Folders of runs: all or nothing. A run writes into a folder beside its place, which reserves its id, and takes its place by one rename
 * when it is complete. What a killed run leaves is never read and is removed once its process is gone.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing, makeFolders, readOrNull, storing, syncFile, syncFolder, writeSynced } from './files.ts';
import { disown, own, removeAbandoned } from './owner.ts';

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

export function openRuns(folder: string): Runs {
  return {
    begin: stem =>
      storing('start a run in the store', async () => {
        await makeFolders(folder);
        await removeAbandoned(folder, name => name.endsWith('.partial'));
        for (let n = 1; ; n++) {
          const id = n === 1 ? stem : `${stem}-${n}`;
          if (await exists(join(folder, id))) continue;
          const aside = join(folder, partial(id));
          if (!(await makeFolder(aside))) continue;
          await own(aside);
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
        await makeFolders(dirname(path));
        return path;
      }),
    commit: record =>
      storing('write the run', async () => {
        await writeSynced(join(aside, 'run.json'), record);
        await disown(aside);
        await syncTree(aside);
        await rename(aside, join(folder, id));
        // In its place it is: that the machine may yet forget it in a crash makes no failure of the run.
        await syncFolder(folder).catch(() => undefined);
      }),
    abandon: () => storing('clear up the run', () => rm(aside, { recursive: true, force: true })),
  };
}

/** Everything in the folder is on the disk before the folder takes its place. */
async function syncTree(folder: string): Promise<void> {
  const synced = (await readdir(folder, { withFileTypes: true })).map(entry => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? syncTree(path) : syncFile(path);
  });
  await Promise.all(synced);
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
