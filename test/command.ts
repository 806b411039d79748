/** The command as it is built, run on copies of examples. */
import { spawn } from 'node:child_process';
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

export async function cupel(folder: string, ...args: readonly string[]): Promise<Told> {
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env: { ...process.env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const told = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      told[name] += text;
    });
  }
  const status = await new Promise<number | null>(resolve => child.once('close', resolve));
  return { status, ...told };
}

export async function recordOf(folder: string, ...args: readonly string[]): Promise<RunRecord> {
  const { status, stdout, stderr } = await cupel(folder, 'run', ...args, '--format', 'json');
  if (status === null || status > 1) throw new Error(`cupel run ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout) as RunRecord;
}
