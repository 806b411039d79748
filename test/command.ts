/** The command as it is built, run on copies of examples. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../runner/index.ts';

const root = join(import.meta.dirname, '..');
const cli = join(root, 'dist/cli.mjs');

/** A fresh copy of an example without its store. */
export function copyOf(example: string): string {
  const folder = mkdtempSync(join(tmpdir(), `cupel-${example}-`));
  cpSync(join(root, 'examples', example), folder, { recursive: true, filter: path => !/[\\/]\.cupel([\\/]|$)/.test(path) });
  return folder;
}

export interface Told {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function cupel(folder: string, ...args: readonly string[]): Told {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

export function recordOf(folder: string, ...args: readonly string[]): RunRecord {
  const { status, stdout, stderr } = cupel(folder, 'run', ...args, '--format', 'json');
  if (status === null || status > 1) throw new Error(`cupel run ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout) as RunRecord;
}
