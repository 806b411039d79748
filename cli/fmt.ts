/** `cupel fmt`: the one layout, written back, checked or shown. */
import { randomUUID } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileInput } from '../language/analysis.ts';
import { format, lineIndex, positionAt, unreadable } from '../language/index.ts';
import { countOf } from '../language/report/report.ts';
import type { Style } from '../language/report/style.ts';
import { type Call, flag } from './arguments.ts';
import { unifiedDiff } from './diff.ts';
import { CallError, exit, type Host, ResourceError } from './host.ts';
import { findPrograms, readProgram, relativePath } from './programs.ts';
import { settingsOf } from './settings.ts';
import { styleOf } from './terminal.ts';
import { tool } from './version.ts';

interface Formatted {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly write: (text: string) => void;
}

interface Unread {
  readonly name: string;
  readonly why: string;
}

export async function command(call: Call, host: Host): Promise<number> {
  const settings = settingsOf(call, host, []);
  const looksOnly = flag(call, 'check') || flag(call, 'diff');
  const piped = call.arguments.includes('-');
  const asJson = settings.format === 'json';
  const { files, unread } = piped ? await fromStdin(call, host) : fromDisk(settings.cwd, call);
  const changed = files.filter(f => f.before !== f.after);
  if (!looksOnly && !(piped && asJson)) for (const f of piped ? files : changed) f.write(f.after);
  if (asJson) host.out(`${JSON.stringify(report(files, unread, { written: !looksOnly && !piped, piped, diff: flag(call, 'diff') }), null, 2)}\n`);
  else if (looksOnly) for (const line of shown(changed, flag(call, 'diff'), styleOf(host.stdout))) host.out(`${line}\n`);
  const style = styleOf(host.stderr);
  for (const { name, why } of unread) host.err(`${style.warning('left as it is')}: ${name}: ${why}\n`);
  if (!settings.quiet) host.err(`${summary(changed.length, files.length, unread.length, looksOnly)}\n`);
  return (looksOnly && changed.length > 0) || unread.length > 0 ? exit.findings : exit.done;
}

/** What `docs/schemas/fmt.schema.json` describes. The text itself is there for standard input only: a file has it. */
function report(files: readonly Formatted[], unread: readonly Unread[], how: { written: boolean; piped: boolean; diff: boolean }): object {
  const entries = files.map(({ name, before, after }) => ({
    file: how.piped ? null : name,
    changed: before !== after,
    ...(how.diff ? { diff: unifiedDiff(name, before, after) } : {}),
    ...(how.piped ? { text: after } : {}),
  }));
  return {
    version: 1,
    tool,
    written: how.written,
    files: entries,
    unread: unread.map(({ name, why }) => ({ file: name, why })),
    summary: { files: files.length, changed: entries.filter(e => e.changed).length, unread: unread.length },
  };
}

function shown(changed: readonly Formatted[], diff: boolean, style: Style): string[] {
  if (!diff) return changed.map(f => f.name);
  return changed.flatMap(f => unifiedDiff(f.name, f.before, f.after)).map(line => paintDiff(line, style));
}

function summary(changed: number, all: number, left: number, looksOnly: boolean): string {
  if (changed === 0) return left > 0 ? `nothing ${looksOnly ? 'would change' : 'changed'}` : `${countOf(all, 'file')} already in the one layout`;
  return `${countOf(changed, 'file')} of ${all} ${looksOnly ? 'would change' : 'changed'}`;
}

async function fromStdin(call: Call, host: Host): Promise<{ files: Formatted[]; unread: Unread[] }> {
  if (call.arguments.length > 1) throw new CallError('Standard input (-) and files do not go together', 'cupel fmt - < churn.cupel');
  const before = await host.stdin();
  const name = 'standard input';
  return { files: [{ name, before, after: format(before), write: host.out }], unread: damagedIn(name, before) };
}

/** Declarations that cannot be read stay as they are, and with them what is wrong: that is no layout to be content with. */
function damagedIn(name: string, text: string): Unread[] {
  const [first, ...others] = unreadable(text);
  if (!first) return [];
  const line = positionAt(lineIndex(text), first.offset).line + 1;
  const more = others.length ? ` \`cupel check\` shows ${others.length} more.` : '';
  return [{ name, why: `line ${line}: ${first.message}${more}` }];
}

function fromDisk(cwd: string, call: Call): { files: Formatted[]; unread: Unread[] } {
  const files: Formatted[] = [];
  const unread: Unread[] = [];
  for (const path of findPrograms(cwd, call.arguments)) {
    const name = relativePath(cwd, path);
    const input = readProgram(dirname(path), path);
    if (input.kind === 'text') {
      files.push({ name, before: input.text, after: format(input.text), write: text => replace(realpathSync(path), text) });
      unread.push(...damagedIn(name, input.text));
    } else unread.push({ name, why: whyLeft(input) });
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

function paintDiff(line: string, style: Style): string {
  if (line.startsWith('@@') || line.startsWith('---') || line.startsWith('+++')) return style.dim(line);
  if (line.startsWith('+')) return style.good(line);
  return line.startsWith('-') ? style.error(line) : line;
}
