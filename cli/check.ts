/** `cupel check`: every diagnostic of every program, all at once, without touching data unless asked to. */
import type { Diagnostic } from '../language/diagnostic.ts';
import { conciseLine } from '../language/report/concise.ts';
import { jsonLines, jsonReport } from '../language/report/json.ts';
import { prettySummary, prettyVerdicts } from '../language/report/pretty.ts';
import type { CheckReport } from '../language/report/report.ts';
import { type Call, optionOf } from './arguments.ts';
import { checkAll } from './checkMany.ts';
import type { Project } from './checkParts.ts';
import { exit, type Host } from './host.ts';
import { rest } from './loadRest.ts';
import { findPrograms, relativePath } from './programs.ts';
import { isAtLeast, prettyDiagnostics, reportOf } from './reported.ts';
import { parametersSet, type Settings, settingsOf } from './settings.ts';
import { styleOf, widthOf } from './terminal.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const settings = settingsOf(call, host, call.arguments);
  const started = host.now();
  const files = findPrograms(settings.cwd, call.arguments).map(path => relativePath(settings.root, path));
  const { root, parameters, severities } = settings;
  const project = { root, parameters, severities };
  const set = parametersSet(call);
  if (Object.keys(severities).length > 0) (await rest('analyse')).assertSeverities(project);
  if (set.length > 0) {
    const { analyse, assertParameters } = await rest('analyse');
    assertParameters(analyse(project, files), files, set);
  }
  const showsVerdicts = settings.format === 'pretty' ? !settings.quiet : settings.format !== 'concise';
  const checked = await checkAll(project, files, showsVerdicts, settings);
  const actual = optionOf(call, 'schema') === 'auto' ? await inFiles(project, checked.files, settings, host) : { diagnostics: [], waived: [] };
  if (actual === null) return exit.cancelled;
  const found = inOrder([...checked.diagnostics, ...actual.diagnostics], checked.files, actual.diagnostics.length > 0);
  const report = reportOf(settings, checked.files.length, found, {
    verdicts: checked.verdicts,
    waived: [...checked.waived, ...actual.waived],
  });
  switch (settings.format) {
    case 'json':
      host.out(`${jsonReport(report)}\n`);
      break;
    case 'jsonl':
      for (const line of jsonLines(report)) host.out(`${line}\n`);
      break;
    case 'sarif':
      host.out(`${(await rest('sarif')).sarifReport(report)}\n`);
      break;
    case 'concise':
      for (const d of report.diagnostics) host.out(`${conciseLine(d)}\n`);
      break;
    default:
      host.out(prettyReport(report, settings, host, host.now() - started));
  }
  return isAtLeast(report.diagnostics, settings.failOn) ? exit.findings : exit.done;
}

/** What the files behind the sources have, and what their rows show; null when cancelled. */
async function inFiles(
  project: Project,
  files: readonly string[],
  settings: Settings,
  host: Host,
): Promise<Pick<CheckReport, 'diagnostics' | 'waived'> | null> {
  host.willEndItself();
  const schema = await (await rest('schemas')).schemaDiagnostics(project, files);
  const sampled = await (await rest('sampled')).sampledDiagnostics(project, files, settings, host);
  return sampled && { diagnostics: [...schema, ...sampled.diagnostics], waived: sampled.waived };
}

/** What was found in files of data stands among what was found in the text. */
function inOrder(diagnostics: readonly Diagnostic[], files: readonly string[], sorts: boolean): readonly Diagnostic[] {
  if (!sorts) return diagnostics;
  const order = new Map(files.map((file, index) => [file, index]));
  const place = (d: Diagnostic): number => order.get(d.file) ?? 0;
  return [...diagnostics].sort(
    (a, b) => place(a) - place(b) || a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
}

/** Quiet leaves out what is below the bar, and the figures. */
function prettyReport(report: CheckReport, settings: Settings, host: Host, milliseconds: number): string {
  const style = styleOf(host.stdout);
  const shown = settings.quiet ? report.diagnostics.filter(d => isAtLeast([d], settings.failOn)) : report.diagnostics;
  const blocks = prettyDiagnostics(shown, settings, host);
  if (settings.quiet) return blocks;
  const verdicts = prettyVerdicts(report.verdicts, { style, width: widthOf(host.stdout) });
  return `${blocks}${verdicts.map(line => `${line}\n`).join('')}${prettySummary(report, milliseconds, style)}\n`;
}
