/** `cupel preview`: the first rows of a table, a feature set or a partition, as they are at that declaration. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { countOf } from '../language/report/report.ts';
import { printable } from '../language/report/width.ts';
import type { RunEvent } from '../runner/index.ts';
import { type Call, optionOf } from './arguments.ts';
import { CallError, exit, type Host, ResourceError } from './host.ts';
import { type Planned, planned, refuse } from './planned.ts';
import { shownFrom } from './reported.ts';
import { findingLines } from './screen/results.ts';
import { rowLines } from './screen/rows.ts';
import { styleOf, widthOf } from './terminal.ts';
import { tool } from './version.ts';

const first = 10;
const endings: Readonly<Record<string, string>> = { csv: '.csv', json: '.jsonl', parquet: '.parquet' };

export async function command(call: Call, host: Host): Promise<number> {
  const [path = '', written = ''] = call.arguments;
  const { name, partition } = partsOf(written);
  const ready = planned({ ...call, arguments: [path, name] }, host);
  if ('refused' in ready) return refuse(ready, host);
  const { rowsOf, stepNamed, RunFailed } = await import('../runner/index.ts');
  const step = stepNamed(ready.plan, name, partition);
  if (step === null) throw noRows(name, partition);
  const { settings } = ready;
  const limit = limitOf(optionOf(call, 'limit'), settings.format === 'pretty' ? first : null);
  const out = outOf(call, settings.format, settings.cwd);
  host.willEndItself();
  const scratch = await mkdtemp(join(tmpdir(), 'cupel-preview-'));
  const file = settings.format === 'pretty' ? null : (out ?? join(scratch, `rows${endings[settings.format]}`));
  const told = new Set<string>();
  try {
    const rows = await rowsOf(ready.plan, step, { name, partition, limit, path: file }, ready.options, event => tell(event, told, ready, host));
    if (file === null) host.out(`${rowLines(rows, { width: widthOf(host.stdout), style: styleOf(host.stdout) }).join('\n')}\n`);
    else if (out !== null) {
      if (!settings.quiet) host.err(`${countOf(limit === null ? rows.total : Math.min(limit, rows.total), 'row')} written to ${out}\n`);
    } else if (settings.format === 'json') await writeJson(file, { version: 1, tool, name: written, total: rows.total, columns: rows.columns }, host);
    else await pipe(file, host);
    return exit.done;
  } catch (error) {
    if (!(error instanceof RunFailed)) throw error;
    if (error.code === 'cancelled') return exit.cancelled;
    if (error.code === 'resources') throw new ResourceError(error.message, error.help ?? 'Run `cupel doctor`.');
    for (const finding of error.findings) if (!told.has(JSON.stringify(finding))) say(finding, ready, host);
    return exit.findings;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** `churn.test`: the partition of a task, split or feature set. */
function partsOf(written: string): { readonly name: string; readonly partition: string | null } {
  const [, name = written, partition = null] = /^(.+)\.(train|validate|test|none)$/.exec(written) ?? [];
  return { name, partition };
}

function noRows(name: string, partition: string | null): CallError {
  return partition === null
    ? new CallError(`\`${name}\` has no rows to show`, 'Name a source, a table, a task, a split or a feature set.')
    : new CallError(`\`${name}\` has no partitions`, 'Name a task that is split, a split or a feature set, such as `churn.test`.');
}

function limitOf(text: string | null, otherwise: number | null): number | null {
  if (text === null) return otherwise;
  if (text === 'all') return null;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new CallError(`--limit is a whole number from 1, or \`all\`, not \`${text}\``, '--limit 20');
  return Number(text);
}

/** Parquet is no text, so it goes to a file; the ending of the file says the format, as everywhere. */
function outOf(call: Call, format: string, cwd: string): string | null {
  const out = optionOf(call, 'out');
  if (out === null && format === 'parquet') throw new CallError('Parquet is written to a file', '--format parquet --out rows.parquet');
  if (out === null) return null;
  const wanted = endings[format];
  if (wanted === undefined) throw new CallError('--out writes a file in a format for other programs', `--format csv --out ${out}`);
  if (extname(out) !== wanted)
    throw new CallError(`--out ends in ${wanted} for --format ${format}`, `--out ${out.replace(/\.[a-z]+$/, '')}${wanted}`);
  return resolve(cwd, out);
}

async function pipe(file: string, host: Host): Promise<void> {
  for await (const text of createReadStream(file, 'utf8')) host.out(String(text));
}

/** One object, its rows written as they are read. */
async function writeJson(file: string, head: object, host: Host): Promise<void> {
  host.out(`${JSON.stringify(head).slice(0, -1)},"rows":[`);
  let comma = '';
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue;
    host.out(`${comma}\n${line}`);
    comma = ',';
  }
  host.out('\n]}\n');
}

/** Says a finding while the rows are made, and notes it among those `told`. */
function tell(event: RunEvent, told: Set<string>, ready: Planned, host: Host): void {
  if (event.event !== 'finding' || event.finding.severity === 'info' || ready.settings.quiet) return;
  told.add(JSON.stringify(event.finding));
  say(event.finding, ready, host);
}

function say(finding: Extract<RunEvent, { readonly event: 'finding' }>['finding'], { settings }: Planned, host: Host): void {
  const options = {
    width: widthOf(host.stderr),
    style: styleOf(host.stderr),
    shown: shownFrom(settings),
    verbose: false,
    quiet: false,
    folder: '',
    quarantine: [],
  };
  for (const line of findingLines(finding, options)) host.err(`${printable(line)}\n`);
}
