/** What a run would stand on here: engine, tensor backends, store; each with the reason where it cannot be used. */
import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BackendName, backendNames, loadTensor } from './learn/tensor/backend.ts';
import { asStoreError, isMissing } from './store/files.ts';
import { openRuns } from './store/runs.ts';

export interface SystemReport {
  readonly relational: { readonly name: string | null; readonly why: string | null };
  readonly tensor: {
    /** Null: none can be used. */
    readonly chosen: BackendName | null;
    readonly backends: readonly { readonly name: BackendName; readonly version: string | null; readonly why: string | null }[];
  };
  readonly store: { readonly folder: string; readonly runs: number; readonly why: string | null };
}

export interface SystemOptions {
  readonly storeDir: string;
  readonly backend: 'auto' | BackendName;
}

export async function systemReport({ storeDir, backend }: SystemOptions): Promise<SystemReport> {
  return { relational: await relational(), tensor: await tensor(backend), store: await storeReport(storeDir) };
}

async function relational(): Promise<SystemReport['relational']> {
  try {
    const { engineName } = await import('./engine/duckdb.ts');
    return { name: engineName, why: null };
  } catch (error) {
    return { name: null, why: messageOf(error) };
  }
}

/** Loads each backend, for only that shows that it can be used. */
async function tensor(choice: 'auto' | BackendName): Promise<SystemReport['tensor']> {
  const backends: SystemReport['tensor']['backends'][number][] = [];
  for (const name of backendNames) {
    try {
      backends.push({ name, version: (await loadTensor(name)).version, why: null });
    } catch (error) {
      backends.push({ name, version: null, why: messageOf(error) });
    }
  }
  const usable = backends.filter(b => b.why === null && (choice === 'auto' || b.name === choice));
  return { chosen: usable[0]?.name ?? null, backends };
}

async function storeReport(folder: string): Promise<SystemReport['store']> {
  try {
    const runs = (await openRuns(join(folder, 'runs')).list()).length;
    await access(await nearestFolder(folder), constants.W_OK);
    return { folder, runs, why: null };
  } catch (error) {
    return { folder, runs: 0, why: messageOf(asStoreError(error, 'use the store')) };
  }
}

/** The folder itself, or the nearest above it that is there: asking leaves nothing behind. */
async function nearestFolder(folder: string): Promise<string> {
  try {
    await access(folder);
    return folder;
  } catch (error) {
    if (!isMissing(error) || dirname(folder) === folder) throw error;
    return nearestFolder(dirname(folder));
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
