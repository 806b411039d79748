/** `cupel run`: checks, executes what changed, shows it happening, and ends with the figures. */
import { relative, resolve } from 'node:path';
import type { Diagnostic } from '../language/diagnostic.ts';
import { countBySeverity, countOf } from '../language/report/report.ts';
import { printable } from '../language/report/width.ts';
import type { FindingRecord, RecordPlace, RunEvent, RunRecord } from '../runner/index.ts';
import type { Call } from './arguments.ts';
import { exit, type Host } from './host.ts';
import { type Planned, planned, refuse } from './planned.ts';
import { isAtLeast, prettyDiagnostics, shownFrom } from './reported.ts';
import { liveSteps } from './screen/live.ts';
import { failedGates, findingLines, type ResultOptions, resultLines } from './screen/results.ts';
import { styleOf, widthOf } from './terminal.ts';

/** What events told, for the end. */
interface Seen {
  readonly findings: FindingRecord[];
  readonly quarantine: string[];
}

type Failure = Extract<RunEvent, { readonly event: 'run-failed' }>;

export async function command(call: Call, host: Host): Promise<number> {
  const ready = planned(call, host);
  if ('refused' in ready) {
    if (ready.settings.format === 'jsonl') host.out(`${JSON.stringify(refusal(ready.refused))}\n`);
    return refuse(ready, host);
  }
  host.willEndItself();
  const { run, RunFailed } = await import('../runner/index.ts');
  const screen = screenFor(ready, host);
  let failure: Failure | null = null;
  const seen: Seen = { findings: [], quarantine: [] };
  const emit = (event: RunEvent) => {
    if (event.event === 'run-failed') failure = event;
    if (event.event === 'finding' && event.finding.waived === undefined) seen.findings.push(event.finding);
    if (event.event === 'artifact' && event.kind === 'quarantine')
      seen.quarantine.push(relative(ready.settings.cwd, resolve(ready.settings.root, event.path)));
    if (ready.settings.format === 'jsonl') host.out(`${JSON.stringify(event)}\n`);
    screen.show(event);
  };
  try {
    const record = await run(ready.plan, ready.options, emit);
    screen.end();
    finish(record, ready, seen, host);
    return failedGates(record).length > 0 || isAtLeast(found(record), ready.settings.failOn) ? exit.findings : exit.done;
  } catch (error) {
    screen.end();
    if (!(error instanceof RunFailed) || failure === null) throw error;
    return failed(failure, { ...seen, findings: [...seen.findings, ...error.findings] }, ready, host);
  }
}

function screenFor({ settings }: Planned, host: Host) {
  const live = host.stderr.tty;
  const shows = !settings.quiet && (live || settings.format === 'pretty');
  const screen = live ? host.stderr : host.stdout;
  const write = !shows ? () => {} : live ? host.err : host.out;
  const steps = liveSteps({ live, width: widthOf(screen), style: styleOf(screen), write, now: host.now });
  const timer = live && shows ? setInterval(steps.redraw, 100) : null;
  timer?.unref();
  return {
    show: steps.show,
    end: () => {
      if (timer !== null) clearInterval(timer);
      steps.end();
    },
  };
}

/** What does not hold counts as what it was declared to be: what only warns is a warning. */
function found({ findings, checks, claims }: RunRecord): { readonly severity: FindingRecord['severity'] }[] {
  const broken = [...checks, ...claims].filter(c => !c.passed && (c.severity === 'warn' || c.severity === 'quarantine'));
  return [...findings.filter(f => f.waived === undefined), ...broken.map(() => ({ severity: 'warning' as const }))];
}

function finish(record: RunRecord, ready: Planned, seen: Seen, host: Host): void {
  const { settings, diagnostics } = ready;
  if (settings.format === 'json') host.out(`${JSON.stringify(record, null, 2)}\n`);
  if (settings.format !== 'pretty') return;
  const lines = resultLines(record, resultOptions(ready, host, record.id, seen));
  const counts = countBySeverity(diagnostics);
  const remarks = (['warning', 'info'] as const).filter(s => counts[s] > 0).map(s => countOf(counts[s], s));
  if (!settings.quiet && remarks.length > 0) host.err(`  ${styleOf(host.stderr).dim(`${remarks.join(', ')} in the program: cupel check`)}\n`);
  if (lines.length > 0) host.out(`${settings.quiet ? '' : '\n'}${lines.join('\n')}\n`);
}

/** What was found on the way often explains the failure, so it stands above it. */
function failed(failure: Failure, seen: Seen, ready: Planned, host: Host): number {
  const style = styleOf(host.stderr);
  if (ready.settings.format === 'json') host.out(`${JSON.stringify(failure, null, 2)}\n`);
  if (failure.code === 'cancelled') {
    host.err(`${style.dim('Cancelled. What was finished is kept; the next run goes on from there.')}\n`);
    return exit.cancelled;
  }
  const others = new Map(seen.findings.filter(f => f.message !== failure.message && f.severity !== 'info').map(f => [f.message, f]));
  const options = { ...resultOptions(ready, host, failure.id, seen), style };
  for (const line of [...others.values()].flatMap(f => findingLines(f, options))) host.err(`${line}\n`);
  for (const path of seen.quarantine) host.err(`  taken out: ${printable(path)}\n`);
  const rule = seen.findings.find(f => f.message === failure.message)?.rule ?? 'run-failed';
  const plain = `${style.error(`✗ ${printable(failure.message)}`)}\n${failure.help === null ? '' : `   ${style.dim('fix')}   ${printable(failure.help)}\n`}`;
  host.err(failure.place === null ? plain : prettyFailure(failure.place, failure, rule, ready, host));
  return failure.code === 'findings' ? exit.findings : exit.resources;
}

/** A failure with a place looks like a finding of `check`. */
function prettyFailure(place: RecordPlace, failure: Failure, rule: string, { settings }: Planned, host: Host): string {
  const shown = shownFrom(settings);
  return prettyDiagnostics(
    [
      {
        file: shown(place.file),
        range: place.range,
        severity: 'error',
        code: '',
        rule,
        group: 'schema',
        type: null,
        verdict: null,
        message: failure.message,
        why: '',
        help: failure.help,
        label: null,
        related: [],
        fixes: [],
        url: '',
        fingerprint: '',
      },
    ],
    settings,
    host,
    host.stderr,
  ).replace(/\n+$/, '\n');
}

function resultOptions({ settings }: Planned, host: Host, id: string, seen: Seen): ResultOptions {
  const folder = relative(settings.cwd, `${settings.store}/runs/${id}`);
  return {
    width: widthOf(host.stdout),
    style: styleOf(host.stdout),
    shown: shownFrom(settings),
    verbose: settings.verbose,
    quiet: settings.quiet,
    folder,
    quarantine: seen.quarantine,
  };
}

function refusal(diagnostics: readonly Diagnostic[]): Failure {
  const first = diagnostics.find(d => d.severity === 'error') ?? diagnostics[0];
  return {
    event: 'run-failed',
    id: '',
    node: null,
    code: 'findings',
    message: first === undefined ? 'The program has errors' : first.message,
    help: first?.help ?? null,
    place: first === undefined ? null : { file: first.file, range: first.range },
  };
}
