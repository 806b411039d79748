/** `cupel new`: writes the starter project; never over a file that is there. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Call } from './arguments.ts';
import { CallError, exit, type Host, ResourceError } from './host.ts';
import { settingsOf } from './settings.ts';
import { starterFiles } from './starter.ts';
import { tool } from './version.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const { cwd, quiet, format } = settingsOf(call, host, []);
  const folder = resolve(cwd, call.arguments[0] ?? '.');
  if (existsSync(folder) && !statSync(folder).isDirectory()) throw new CallError(`${folder} is a file`, 'Name a folder: cupel new shop');
  const files = starterFiles(programName(folder));
  const taken = files.find(f => existsSync(join(folder, f.path)));
  if (taken) throw new CallError(`${join(folder, taken.path)} is already there`, 'Start in an empty folder: cupel new shop');
  try {
    for (const f of files) {
      makeFolders(dirname(join(folder, f.path)));
      writeFileSync(join(folder, f.path), f.text, { flag: 'wx' });
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new ResourceError(`Could not write ${folder}: ${error.message}`, 'Free some space, or start in a folder that you may write to.');
    throw error;
  }
  const shown = relative(cwd, folder);
  const written = files.map(f => join(shown, f.path));
  const next = [...(shown === '' ? [] : [`cd ${shown}`]), 'cupel check', `cupel run ${files[0]?.path ?? ''}`];
  if (format === 'json') host.out(`${JSON.stringify({ version: 1, tool, folder: shown === '' ? '.' : shown, files: written, next }, null, 2)}\n`);
  else if (!quiet) host.out([...written.map(path => `  + ${path}`), '', ...next.map(line => `  ${line}`), ''].join('\n'));
  return exit.done;
}

/** One after the other: where no folder can be, as in `/proc`, Node's own recursive form never ends. */
function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  mkdirSync(folder);
}

/** A folder's name as a file's name; a name that says nothing becomes `start`. */
function programName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return name === '' ? 'start' : name;
}
