/** From the words of a call to a plan: `run` and `plan` check first, with the parameters in force, and refuse on errors. */
import { createHash } from 'node:crypto';
import type { Diagnostic } from '../language/diagnostic.ts';
import type { DeclarationModel, Plan, Program } from '../language/index.ts';
import { jsonReport } from '../language/report/json.ts';
import { prettySummary } from '../language/report/pretty.ts';
import { nearest } from '../language/text/nearest.ts';
import type { RunOptions } from '../runner/index.ts';
import { analysed, projectIn } from './analyse.ts';
import type { Call } from './arguments.ts';
import { CallError, exit, type Host } from './host.ts';
import { judged } from './judged.ts';
import { programFile, relativePath } from './programs.ts';
import { isAtLeast, prettyDiagnostics, reportOf } from './reported.ts';
import { parametersSet, type Settings, settingsOf } from './settings.ts';
import { styleOf } from './terminal.ts';
import { tool } from './version.ts';

export interface Planned {
  readonly plan: Plan;
  readonly settings: Settings;
  readonly options: RunOptions;
  readonly diagnostics: readonly Diagnostic[];
}

export type Refused = { readonly refused: readonly Diagnostic[]; readonly settings: Settings };

export function planned(call: Call, host: Host): Planned | Refused {
  const [path = '', ...names] = call.arguments;
  const settings = settingsOf(call, host, [path]);
  const file = relativePath(settings.root, programFile(settings.cwd, path));
  const analysis = analysed(projectIn(settings), [file], parametersSet(call));
  assertDeclared(analysis.program(), file, names);
  const result = analysis.plan(file, names);
  const diagnostics = distinct([...analysis.diagnostics(file), ...result.diagnostics]);
  if (result.plan === null || isAtLeast(diagnostics, settings.failOn)) return { refused: diagnostics, settings };
  const program = result.plan.program.map(p => ({
    path: p,
    sha256: createHash('sha256')
      .update(analysis.tree(p)?.text ?? '')
      .digest('hex'),
  }));
  const options: RunOptions = {
    projectDir: settings.root,
    storeDir: settings.store,
    threads: settings.threads,
    memory: settings.memory,
    backend: settings.backend,
    leakage: settings.leakage,
    force: settings.force,
    signal: host.signal,
    program,
    call: { tool, file, names, parameters: settings.parameters },
    judge: finding => judged(finding, analysis, settings),
    clock: { now: host.now, date: host.date },
  };
  return { plan: result.plan, settings, options, diagnostics };
}

/** Says why nothing ran; programs that read the output get the report of `check`. */
export function refuse({ refused, settings }: Refused, host: Host): number {
  const report = reportOf(settings, 1, refused, { verdicts: [], waived: [] });
  const blocking = report.diagnostics.filter(d => isAtLeast([d], settings.failOn));
  const shown = blocking.length > 0 ? blocking : report.diagnostics;
  host.err(
    `${prettyDiagnostics(shown, settings, host, host.stderr)}${prettySummary({ ...report, diagnostics: shown }, null, styleOf(host.stderr))}: nothing was run\n`,
  );
  if (settings.format === 'json') host.out(`${jsonReport(report)}\n`);
  return exit.findings;
}

/** A name that the program does not declare is a wrong call, not an empty run. */
function assertDeclared(program: Program, file: string, names: readonly string[]): void {
  const declared = [...new Set(program.declarations(file).map(({ model }) => nameOf(model)))];
  const unknown = names.find(name => !declared.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, declared);
  throw new CallError(`${file} declares no \`${unknown}\``, meant === null ? `It declares ${declared.join(', ')}.` : `Did you mean \`${meant}\`?`);
}

function nameOf(model: DeclarationModel): string {
  if (model.kind === 'source' || model.kind === 'table') return model.relation.name;
  return model.kind === 'check' ? model.table : model.name;
}

function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map(diagnostics.map(d => [JSON.stringify([d.file, d.range, d.rule, d.message]), d]));
  return [...seen.values()];
}
