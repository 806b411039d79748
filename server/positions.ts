/** Diagnostics, fixes and ranges in the protocol's words. Positions need no conversion: both sides count lines and UTF-16 units from 0. */
import { DiagnosticSeverity, type Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import type { Diagnostic } from '../language/index.ts';
import type { FindingRecord } from '../runner/index.ts';

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

export function toLsp(diagnostic: Diagnostic, uriOf: (file: string) => string): LspDiagnostic {
  const { range, severity, rule, message, help, why, related, fingerprint } = diagnostic;
  return {
    range,
    severity: severities[severity],
    code: rule,
    source: 'cupel',
    message: [message, why, help ? `Fix: ${help}` : null].filter(line => line !== null && line !== '').join('\n'),
    relatedInformation: related.map(({ file, range: at, message: text }) => ({ location: { uri: uriOf(file), range: at }, message: text })),
    data: { fingerprint },
  };
}

/** What a run found in the data. */
export const findingToLsp = ({ range, severity, rule, message, help }: FindingRecord): LspDiagnostic => ({
  range,
  severity: severities[severity],
  code: rule,
  source: 'cupel run',
  message: help === null ? message : `${message}\nFix: ${help}`,
});
