/** `cupel drift`: new data against what a model was trained on. Claims of the program decide, or thresholds that know the sizes. */
import { countOf } from '../language/report/report.ts';
import { padEnd, printable, truncate } from '../language/report/width.ts';
import type { ClaimRecord, NewDrift, NewDriftRecord, RunRecord } from '../runner/index.ts';
import { type Call, optionOf } from './arguments.ts';
import { CallError, exit, type Host } from './host.ts';
import { hasChanged, momentText, newDataCall, refused, resultOptions, tellFindings, tellPassedOver } from './newData.ts';
import { figure } from './screen/figures.ts';
import { claimLine, driftLines } from './screen/results.ts';
import type { Settings } from './settings.ts';
import { styleOf } from './terminal.ts';
import { tool } from './version.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const asked = newDataCall(call, host, 'current');
  const { settings, program, options, paths, at } = asked;
  const { driftTests, newDrift, presetNames } = await import('../runner/index.ts');
  const test = driftTests.find(name => name === optionOf(call, 'test')) ?? null;
  const preset = presetNames.find(name => name === optionOf(call, 'preset')) ?? null;
  const level = shareOf(call, 'level', 1);
  const floor = shareOf(call, 'floor', Number.POSITIVE_INFINITY);
  if (preset !== null && (test !== null || level !== null)) throw new CallError('A preset has its own tests and levels', `--preset ${preset}`);
  if (preset === 'tfdv' && floor === null) throw new CallError('tfdv has no threshold of its own', '--preset tfdv --floor 0.1');
  host.willEndItself();
  try {
    const rule = { ...(level !== null && { level }), ...(floor !== null && { floor }) };
    const found = await newDrift({ program, model: optionOf(call, 'model'), paths, at, test, rule, preset }, options);
    const changed = hasChanged(found.program, settings);
    // What the call asks for goes before what the program claims.
    const byClaims = found.claims.length > 0 && test === null && level === null && floor === null && preset === null;
    const drifted = byClaims ? found.claims.some(claim => !claim.passed && counts(claim, settings)) : found.drifted;
    if (settings.format === 'json')
      host.out(`${JSON.stringify(reportOf(found, changed, byClaims ? 'claims' : preset === null ? 'thresholds' : 'preset', drifted), null, 2)}\n`);
    else host.out(`${linesOf(found, asked.shown, byClaims, settings, host).join('\n')}\n`);
    if (changed && !settings.quiet)
      host.err(`  ${styleOf(host.stderr).dim('The program has changed since the run; features are made as they were then.')}\n`);
    tellPassedOver(found.passedOver, settings, host);
    tellFindings(found.findings, settings, host);
    return drifted ? exit.findings : exit.done;
  } catch (error) {
    return refused(error, settings, host);
  }
}

const counts = ({ severity }: ClaimRecord, { failOn }: Settings): boolean => severity !== 'warn' || failOn !== 'error';

/** `5%` or `0.05`. */
function shareOf(call: Call, name: string, most: number): number | null {
  const text = optionOf(call, name);
  if (text === null) return null;
  const value = /^\d+(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= most) || (name === 'level' && value === 0)) {
    throw new CallError(
      `--${name} is a number${most === 1 ? ' above 0 up to 1, or a percentage' : ' from 0'}, not \`${text}\``,
      `--${name} ${most === 1 ? '1%' : '0.1'}`,
    );
  }
  return value;
}

function reportOf({ run, model, cutoff, drift, claims, findings }: NewDrift, programChanged: boolean, decidedBy: string, drifted: boolean): object {
  return {
    version: 1,
    tool,
    run,
    model,
    programChanged,
    cutoff: cutoff === null ? null : new Date(Math.floor(cutoff / 1000)).toISOString(),
    decidedBy,
    drifted,
    expectedFalseAlarms: drift.some(d => d.expectedFalseAlarms === null) ? null : drift.reduce((total, d) => total + (d.expectedFalseAlarms ?? 0), 0),
    drift: drift.map(({ evaluation: _, ...rest }) => rest),
    claims,
    findings: findings.map(({ severity, rule, message, help, count }) => ({ severity, rule, message, help, count })),
  };
}

function linesOf({ run, model, cutoff, drift, claims }: NewDrift, shown: string, byClaims: boolean, settings: Settings, host: Host): string[] {
  const options = resultOptions(settings, host);
  const named = drift.map(d => ({ ...d, current: { ...d.current, name: shown } }));
  const as = cutoff === null ? '' : ` as of ${momentText(cutoff)}`;
  const rows = drift[0]?.current.n ?? 0;
  return [
    ...(named.every(isOfRun) ? driftLines(named, options) : presetLines(named, options)),
    ...(byClaims ? claims.map(claim => claimLine(claim, options)) : []),
    options.style.dim(`  ${countOf(rows, 'row')}${as}, against what ${model} of run ${run} learned from`),
  ];
}

type RunDrift = RunRecord['drift'][number];

/** By thresholds that know the sizes, as a run has them. */
const isOfRun = (d: NewDriftRecord): d is RunDrift => d.expectedFalseAlarms !== null;

/** By fixed thresholds: every subject, for each has a test of its own. */
function presetLines(drift: readonly NewDriftRecord[], { style, width }: ReturnType<typeof resultOptions>): string[] {
  const features = drift.filter(d => d.kind === 'feature');
  const moved = features.filter(d => d.drifted).length;
  const names = Math.max(18, ...drift.map(d => d.subject.length));
  return [
    style.strong(
      truncate(`  drift ${drift[0]?.reference.name} → ${drift[0]?.current.name}    ${moved} of ${countOf(features.length, 'feature')} moved`, width),
    ),
    ...drift.map(d => {
      const mark = d.drifted ? style.warning('!') : style.good('✓');
      const compared =
        d.p === null ? `${figure(d.statistic)}, alarm from ${figure(d.threshold)}` : `p = ${figure(d.p)}, alarm below ${figure(d.threshold)}`;
      return truncate(`    ${mark} ${padEnd(printable(d.subject), names)}  ${d.test} ${compared}`, width);
    }),
  ];
}
