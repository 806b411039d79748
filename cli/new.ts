/** `cupel new`: writes the starter project; never over a file that is there. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Call } from './arguments.ts';
import { CallError, exit, type Host, ResourceError } from './host.ts';
import { settingsOf } from './settings.ts';
import { starterFiles } from './starter.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const { cwd, quiet } = settingsOf(call, host, []);
  const folder = resolve(cwd, call.arguments[0] ?? '.');
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isDirectory()) throw new CallError(`${folder} is a file`, 'Name a folder: cupel new shop');
  const files = starterFiles(programName(folder));
  const taken = files.find(f => existsSync(join(folder, f.path)));
  if (taken) throw new CallError(`${join(folder, taken.path)} is already there`, 'Start in an empty folder: cupel new shop');
  try {
    for (const f of files) {
      mkdirSync(dirname(join(folder, f.path)), { recursive: true });
      writeFileSync(join(folder, f.path), f.text, { flag: 'wx' });
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new ResourceError(`Could not write ${folder}: ${error.message}`, 'Free some space, or start in a folder that you may write to.');
    throw error;
  }
  if (quiet) return exit.done;
  const shown = relative(cwd, folder);
  const program = files[0]?.path ?? '';
  host.out(
    [
      ...files.map(f => `  + ${join(shown, f.path)}`),
      '',
      ...(shown === '' ? [] : [`  cd ${shown}`]),
      '  cupel check',
      `  cupel run ${program}`,
      '',
    ].join('\n'),
  );
  return exit.done;
}

/** A folder's name as a file's name; a name that says nothing becomes `start`. */
function programName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return name === '' ? 'start' : name;
}
