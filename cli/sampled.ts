/** `check --schema auto`: what the leakage rules that are decided on data find in the files, or in a sample of their rows, without a run. */
import type { Diagnostic } from '../language/diagnostic.ts';
import { findRule } from '../language/index.ts';
import type { CheckReport } from '../language/report/report.ts';
import { leaksOnSample, RunFailed } from '../runner/index.ts';
import { analyse } from './analyse.ts';
import type { Project } from './checkParts.ts';
import { type Host, ResourceError } from './host.ts';
import { judged } from './judged.ts';
import { asDiagnostic } from './schemas.ts';
import type { Settings } from './settings.ts';

type Found = Pick<CheckReport, 'diagnostics' | 'waived'>;
type Means = Pick<Settings, 'root' | 'threads' | 'memory' | 'leakage'>;

/** Of the tasks, splits and feature sets that are declared in these files; a file with errors is left to its errors. Null when cancelled. */
export async function sampledDiagnostics(
  project: Project,
  files: readonly string[],
  { root, threads, memory, leakage }: Means,
  host: Host,
): Promise<Found | null> {
  const analysis = analyse(project, files);
  const options = { projectDir: root, threads, memory, leakage, signal: host.signal, clock: { now: host.now, date: host.date } };
  const found = new Map<string, Diagnostic & { readonly reason: string | null }>();
  try {
    for (const file of files) {
      const names = analysis
        .program()
        .declarations(file)
        .flatMap(({ model }) => (model.kind === 'task' || model.kind === 'split' || model.kind === 'features' ? [model.name] : []));
      const { plan } = names.length > 0 ? analysis.plan(file, [...new Set(names)]) : { plan: null };
      if (!plan) continue;
      for (const finding of (await leaksOnSample(plan, options)).findings) {
        const shown = judged(finding, analysis, project);
        const rule = findRule(finding.rule);
        if (shown === null || rule === null) continue;
        const diagnostic = asDiagnostic(shown, rule);
        found.set(JSON.stringify([diagnostic.file, diagnostic.range, diagnostic.fingerprint]), { ...diagnostic, reason: shown.waived ?? null });
      }
    }
  } catch (error) {
    if (host.signal.aborted) return null;
    if (error instanceof RunFailed) throw new ResourceError(error.message, error.help ?? 'Run `cupel doctor`.');
    throw error;
  }
  const all = [...found.values()].filter(({ file }) => files.includes(file));
  return {
    diagnostics: all.flatMap(({ reason, ...of }) => (reason === null ? [of] : [])),
    waived: all.flatMap(({ reason, ...of }) => (reason === null ? [] : [{ ...of, reason }])),
  };
}
