/** What a run would stand on here: engine, tensor backends, store; each with the reason where it cannot be used. */
import { access, constants, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asStoreError } from './store/files.ts';
import { openRuns } from './store/runs.ts';

export interface SystemReport {
  readonly relational: { readonly name: string | null; readonly why: string | null };
  readonly store: { readonly folder: string; readonly runs: number; readonly why: string | null };
}

export async function systemReport(options: { readonly storeDir: string }): Promise<SystemReport> {
  return { relational: await relational(), store: await storeReport(options.storeDir) };
}

async function relational(): Promise<SystemReport['relational']> {
  try {
    const { engineName } = await import('./engine/duckdb.ts');
    return { name: engineName, why: null };
  } catch (error) {
    return { name: null, why: messageOf(error) };
  }
}

async function storeReport(folder: string): Promise<SystemReport['store']> {
  try {
    const runs = (await openRuns(join(folder, 'runs')).list()).length;
    const probe = join(folder, `.probe-${process.pid}`);
    await mkdir(probe, { recursive: true });
    await access(probe, constants.W_OK);
    await rm(probe, { recursive: true, force: true });
    return { folder, runs, why: null };
  } catch (error) {
    return { folder, runs: 0, why: messageOf(asStoreError(error, 'use the store')) };
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
