/** What `score` and `drift` have in common: a program with a run, data by source, a moment, and what is said when it cannot be done. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import { printable } from '../language/report/width.ts';
import type { FindingRecord, RunOptions, RunRecord, StoredEvidence } from '../runner/index.ts';
import { type Call, optionOf, optionsOf } from './arguments.ts';
import { CallError, exit, type Host, ResourceError } from './host.ts';
import { programFile, readProgram, relativePath } from './programs.ts';
import { shownFrom } from './reported.ts';
import { findingLines, type ResultOptions } from './screen/results.ts';
import { type Settings, settingsOf } from './settings.ts';
import { styleOf, widthOf } from './terminal.ts';

export interface NewDataCall {
  readonly settings: Settings;
  /** Relative to the project. */
  readonly program: string;
  readonly options: RunOptions;
  readonly paths: ReadonlyMap<string | null, string>;
  /** The files as the call names them. */
  readonly shown: string;
  readonly at: number | null;
}

/** `option`: the one that names the data. */
export function newDataCall(call: Call, host: Host, option: 'data' | 'current'): NewDataCall {
  const [path = ''] = call.arguments;
  const settings = settingsOf(call, host, [path]);
  const program = relativePath(settings.root, programFile(settings.cwd, path));
  const written = optionsOf(call, option);
  if (written.length === 0) throw new CallError(`--${option} names the new data, and is missing`, `--${option} new.csv`);
  const paths = new Map<string | null, string>();
  const shown: string[] = [];
  for (const text of written) {
    const { name, path: file } = sourceAndPath(text, settings.cwd);
    if (paths.has(name)) throw new CallError(`--${option} is given twice for the same source`, `Name each source: --${option} orders=new.csv`);
    paths.set(name, isAbsolute(file) ? file : resolve(settings.cwd, file));
    shown.push(basename(file));
  }
  return { settings, program, options: runOptions(settings, host), paths, shown: shown.join(', '), at: momentOf(optionOf(call, 'at')) };
}

/** Of commands that run nothing of a program's own data. */
export function runOptions(settings: Settings, host: Host): RunOptions {
  return {
    projectDir: settings.root,
    storeDir: settings.store,
    threads: settings.threads,
    memory: settings.memory,
    backend: settings.backend,
    force: false,
    signal: host.signal,
    program: [],
    call: null,
    clock: { now: host.now, date: host.date },
  };
}

/** `orders=new.csv` gives one source its data; a file may itself have such a name. */
function sourceAndPath(text: string, cwd: string): { readonly name: string | null; readonly path: string } {
  const [, name = '', path = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=(.+)$/.exec(text) ?? [];
  return name === '' || existsSync(resolve(cwd, text)) ? { name: null, path: text } : { name, path };
}

/** A day begins in UTC. */
function momentOf(text: string | null): number | null {
  if (text === null) return null;
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
  const zoned = /T/.test(text) && !/(Z|[+-]\d{2}:\d{2})$/.test(text) ? `${text}Z` : text;
  const millis = form.test(text) ? Date.parse(zoned.replace(/(\.\d{3})\d+/, '$1')) : Number.NaN;
  const [, micros = ''] = /\.\d{3}(\d{1,3})/.exec(text) ?? [];
  if (Number.isNaN(millis) || new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() !== Number(text.slice(8, 10)))
    throw new CallError(`--at is a day or a moment, not \`${text}\``, '--at 2024-12-01');
  return millis * 1000 + Number(micros.padEnd(3, '0'));
}

/** A moment in microseconds as people write it; whole days without their time. */
export function momentText(micros: number): string {
  const text = new Date(Math.floor(micros / 1000)).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : `${text.slice(0, 19)}Z`;
}

/** Whether a program of the run reads otherwise today. */
export function hasChanged(program: RunRecord['program'], { root }: Settings): boolean {
  return program.some(({ path, sha256 }) => {
    const input = readProgram(root, path);
    return input.kind !== 'text' || createHash('sha256').update(input.text).digest('hex') !== sha256;
  });
}

export const resultOptions = (settings: Settings, host: Host, screen = host.stdout): ResultOptions => ({
  width: widthOf(screen),
  style: styleOf(screen),
  shown: shownFrom(settings),
  verbose: settings.verbose,
  quiet: settings.quiet,
  folder: '',
  quarantine: [],
});

export function tellFindings(findings: readonly FindingRecord[], settings: Settings, host: Host): void {
  const told = findings.filter(f => f.severity === 'error' || (!settings.quiet && (f.severity === 'warning' || settings.verbose)));
  for (const line of told.flatMap(f => findingLines(f, resultOptions(settings, host, host.stderr)))) host.err(`${line}\n`);
}

/** A record of a run that cannot be read may be of any program; what this one rests on is in others, or it is said that it has not run. */
export function tellPassedOver(runs: StoredEvidence['passedOver'], settings: Settings, host: Host): void {
  const style = styleOf(host.stderr);
  for (const { message, help } of runs) {
    const text = `${message.replaceAll(`${settings.cwd}/`, '').replace(/\.$/, '')}; the run is passed over.`;
    host.err(`${style.warning('warning')}: ${printable(text)}\n   ${style.dim('fix')}   ${printable(help)}\n`);
  }
}

/** The exit code of what the runner could not do; other errors are not for here. */
export async function refused(error: unknown, settings: Settings, host: Host): Promise<number> {
  const { RunFailed } = await import('../runner/index.ts');
  if (!(error instanceof RunFailed)) throw error;
  if (error.code === 'cancelled') return exit.cancelled;
  if (error.code === 'resources') throw new ResourceError(error.message, error.help ?? 'Run `cupel doctor`.');
  const style = styleOf(host.stderr);
  tellFindings(
    error.findings.filter(f => f.message !== error.message),
    settings,
    host,
  );
  // The path is the call's own, not that of a declaration.
  const isMissing = error.findings.some(f => f.rule === 'missing-file' && f.message === error.message);
  const remedy = isMissing && !error.help?.startsWith('Did you mean') ? 'Relative paths start at the current folder.' : error.help;
  const help = remedy === null ? '' : `   ${style.dim('fix')}   ${printable(remedy)}\n`;
  host.err(`${style.error('error')}: ${printable(error.message.replaceAll(`${settings.cwd}/`, ''))}\n${help}`);
  return exit.findings;
}
