/** The host of an analysis: fetches the files it needs until it needs no more. */
import type { Analysis } from '../language/analysis.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { createAnalysis } from '../language/index.ts';
import type { VerdictCount } from '../language/report/report.ts';
import { readProgram } from './programs.ts';

export interface Project {
  readonly root: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly verdicts: readonly VerdictCount[];
}

/** `files` are relative to the root, with `/`. */
export function analyse(project: Project, files: readonly string[]): Analysis {
  const analysis = createAnalysis();
  analysis.setParameters(project.parameters);
  const given = new Set<string>();
  const give = (path: string) => {
    given.add(path);
    analysis.setFile(path, readProgram(project.root, path));
  };
  for (const file of files) give(file);
  for (;;) {
    for (const file of files) analysis.diagnostics(file);
    const wanted = analysis.needs().filter(need => !given.has(need.path));
    if (wanted.length === 0) return analysis;
    for (const need of wanted) give(need.path);
  }
}

export function checkFiles(project: Project, files: readonly string[]): Checked {
  const analysis = analyse(project, files);
  return { diagnostics: files.flatMap(f => analysis.diagnostics(f)), verdicts: files.flatMap(f => analysis.verdicts(f)) };
}
