/** The `.cupel/` folder of a project: cache, runs, ledger, quarantine. Several processes may use it at once. */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cache, openCache } from './cache.ts';
import { makeFolders, storing } from './files.ts';
import { makeStoreFolder } from './folder.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { own, removeAbandoned } from './owner.ts';
import { openRuns, type Runs } from './runs.ts';
import { openSourceHashes, type SourceHashes } from './sources.ts';

export interface Store {
  readonly folder: string;
  readonly cache: Cache;
  readonly runs: Runs;
  readonly ledger: Ledger;
  readonly sources: SourceHashes;
  /** Where rows that were taken out are kept. */
  readonly quarantine: string;
  /** A new folder of this process alone, which it removes at its end. */
  readonly scratch: () => Promise<string>;
}

export async function openStore(folder: string): Promise<Store> {
  const quarantine = join(folder, 'quarantine');
  await storing('open the store', async () => {
    await makeFolders(quarantine);
    await makeStoreFolder(folder);
  });
  return {
    folder,
    cache: openCache(join(folder, 'cache')),
    runs: openRuns(join(folder, 'runs')),
    ledger: openLedger(join(folder, 'ledger')),
    sources: openSourceHashes(join(folder, 'cache', 'sources')),
    quarantine,
    scratch: () => storing('make room for the run', () => newScratch(join(folder, 'scratch'))),
  };
}

async function newScratch(parent: string): Promise<string> {
  await makeFolders(parent);
  await removeAbandoned(parent, () => true);
  const path = join(parent, randomUUID());
  await mkdir(path);
  await own(path);
  return path;
}
