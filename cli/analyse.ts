/** The host of an analysis: fetches the files it needs until it needs no more, and holds the parameters that are set against those declared. */
import type { Analysis } from '../language/analysis.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { createAnalysis } from '../language/index.ts';
import type { VerdictCount } from '../language/report/report.ts';
import { nearest } from '../language/text/nearest.ts';
import { CallError } from './host.ts';
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

/** A `--param` that no program declares would change nothing, while its author believes that it does. */
export function assertParameters(analysis: Analysis, files: readonly string[], names: readonly string[]): void {
  const all = new Set([...files, ...analysis.needs().map(need => need.path)]);
  const declared = [...all].flatMap(file =>
    (analysis.tree(file)?.chunks ?? []).flatMap(({ parsed }) => (parsed.declaration?.kind === 'param' ? parsed.declaration.name.text : [])),
  );
  const unknown = names.find(name => !declared.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, declared);
  const help = declared.length === 0 ? `Declare it: param ${unknown} = …` : `There is ${declared.join(', ')}.`;
  throw new CallError(`There is no parameter \`${unknown}\``, meant === null ? help : `Did you mean \`--param ${meant}=…\`?`);
}

/** Verdicts take a tenth of the time, so they are left out where nobody sees them. */
export function checkFiles(project: Project, files: readonly string[], withVerdicts: boolean): Checked {
  const analysis = analyse(project, files);
  return { diagnostics: files.flatMap(f => analysis.diagnostics(f)), verdicts: withVerdicts ? files.flatMap(f => analysis.verdicts(f)) : [] };
}
