/** Findings on data as the project and the text see them: of another severity, allowed with a reason, or not at all. */
import type { Analysis } from '../language/index.ts';
import type { FindingRecord } from '../runner/index.ts';
import type { Settings } from './settings.ts';

/** What a run finds goes by the same comments and severities as what a check finds. */
export function judged(finding: FindingRecord, analysis: Analysis, { severities }: Pick<Settings, 'severities'>): FindingRecord | null {
  const set = severities[finding.rule];
  if (set === 'off') return null;
  const reason = analysis.reasonAt(finding.file, finding.rule, finding.range.start.line);
  const severity = set === undefined ? finding.severity : set === 'hint' ? 'info' : set;
  return { ...finding, severity, ...(reason !== null && { waived: reason }) };
}
