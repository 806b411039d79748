/** `cupel fmt`: the one layout, written back, checked or shown. */
import { randomUUID } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileInput } from '../language/analysis.ts';
import { format } from '../language/index.ts';
import { countOf } from '../language/report/report.ts';
import { type Call, flag } from './arguments.ts';
import { unifiedDiff } from './diff.ts';
import { CallError, exit, type Host, ResourceError } from './host.ts';
import { findPrograms, readProgram, relativePath } from './programs.ts';
import { settingsOf } from './settings.ts';
import { styleOf } from './terminal.ts';

interface Formatted {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly write: (text: string) => void;
}

export async function command(call: Call, host: Host): Promise<number> {
  const settings = settingsOf(call, host, []);
  const looksOnly = flag(call, 'check') || flag(call, 'diff');
  const { files, unread } = call.arguments.includes('-') ? await fromStdin(call, host) : fromDisk(settings.cwd, call);
  const changed = files.filter(f => f.before !== f.after);
  if (!looksOnly) for (const f of call.arguments.includes('-') ? files : changed) f.write(f.after);
  const style = styleOf(host.stdout);
  if (flag(call, 'diff')) {
    for (const line of changed.flatMap(f => unifiedDiff(f.name, f.before, f.after))) host.out(`${paintDiff(line, style)}\n`);
  } else if (looksOnly) {
    for (const f of changed) host.out(`${f.name}\n`);
  }
  for (const { name, why } of unread) host.err(`${style.warning('left as it is')}: ${name}: ${why}\n`);
  if (!settings.quiet) host.err(`${summary(changed.length, files.length, looksOnly)}\n`);
  return (looksOnly && changed.length > 0) || unread.length > 0 ? exit.findings : exit.done;
}

function summary(changed: number, all: number, looksOnly: boolean): string {
  if (changed === 0) return `${countOf(all, 'file')} already in the one layout`;
  return `${countOf(changed, 'file')} of ${all} ${looksOnly ? 'would change' : 'changed'}`;
}

async function fromStdin(call: Call, host: Host): Promise<{ files: Formatted[]; unread: { name: string; why: string }[] }> {
  if (call.arguments.length > 1) throw new CallError('Standard input (-) and files do not go together', 'cupel fmt - < churn.cupel');
  const before = await host.stdin();
  return { files: [{ name: 'standard input', before, after: format(before), write: host.out }], unread: [] };
}

function fromDisk(cwd: string, call: Call): { files: Formatted[]; unread: { name: string; why: string }[] } {
  const files: Formatted[] = [];
  const unread: { name: string; why: string }[] = [];
  for (const path of findPrograms(cwd, call.arguments)) {
    const name = relativePath(cwd, path);
    const input = readProgram(dirname(path), path);
    if (input.kind === 'text') files.push({ name, before: input.text, after: format(input.text), write: text => replace(realpathSync(path), text) });
    else unread.push({ name, why: whyLeft(input) });
  }
  return { files, unread };
}

function whyLeft(input: Exclude<FileInput, { readonly kind: 'text' }>): string {
  if ('why' in input) return input.why;
  return input.kind === 'absent' ? 'it is not there any more' : 'it is a link to another folder';
}

/** Written aside and renamed: a program is never half a program. */
function replace(path: string, text: string): void {
  const aside = join(dirname(path), `.${randomUUID()}.cupel-fmt`);
  try {
    writeFileSync(aside, text, { mode: statSync(path).mode, flag: 'wx' });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    if (error instanceof Error && 'code' in error)
      throw new ResourceError(`Could not write ${path}: ${error.message}`, 'Free some space, or give the user access to the folder.');
    throw error;
  }
}

function paintDiff(line: string, style: ReturnType<typeof styleOf>): string {
  if (line.startsWith('@@') || line.startsWith('---') || line.startsWith('+++')) return style.dim(line);
  if (line.startsWith('+')) return style.good(line);
  return line.startsWith('-') ? style.error(line) : line;
}
