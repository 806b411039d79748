/** Diagnostics for other programs: `docs/schemas/diagnostics.schema.json`. Lines and characters count from 0, in UTF-16 units. */
import type { Diagnostic } from '../diagnostic.ts';
import type { Waived } from '../rules/waive.ts';
import { type CheckReport, countBySeverity } from './report.ts';

const diagnosticsVersion = 1;

export function jsonReport(report: CheckReport): string {
  return JSON.stringify(
    {
      version: diagnosticsVersion,
      tool: report.tool,
      files: report.files,
      diagnostics: report.diagnostics.map(jsonDiagnostic),
      waived: report.waived.map(jsonWaived),
      verdicts: report.verdicts,
      summary: countBySeverity(report.diagnostics),
    },
    null,
    2,
  );
}

/** One object a line: the diagnostics, those that comments allow, the verdicts, then the summary; `kind` tells them apart. */
export function jsonLines(report: CheckReport): string[] {
  const line = (kind: string, value: object) => JSON.stringify({ version: diagnosticsVersion, kind, ...value });
  return [
    ...report.diagnostics.map(d => line('diagnostic', jsonDiagnostic(d))),
    ...report.waived.map(w => line('waived', jsonWaived(w))),
    ...report.verdicts.map(v => line('verdict', v)),
    line('summary', { tool: report.tool, files: report.files, summary: countBySeverity(report.diagnostics) }),
  ];
}

const jsonWaived = (waived: Waived): object => ({ ...jsonDiagnostic(waived), reason: waived.reason });

/** `type` and `verdict` are there where the rule has them, `help` and `label` where there is one. */
export function jsonDiagnostic(d: Diagnostic): object {
  return {
    file: d.file,
    range: d.range,
    severity: d.severity,
    code: d.code,
    rule: d.rule,
    group: d.group,
    ...(d.type !== null && { type: d.type }),
    ...(d.verdict !== null && { verdict: d.verdict }),
    message: d.message,
    why: d.why,
    ...(d.help !== null && { help: d.help }),
    ...(d.label !== null && { label: d.label }),
    related: d.related.map(r => ({ file: r.file, range: r.range, message: r.message })),
    fixes: d.fixes.map(f => ({ title: f.title, safe: f.safe, edits: f.edits.map(e => ({ file: e.file, range: e.range, text: e.text })) })),
    url: d.url,
    fingerprint: d.fingerprint,
  };
}
