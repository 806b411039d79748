/** What a thread does of a check: it takes one group of files after another, each with an analysis of its own, which is small and short-lived. */
import type { FileInput } from '../language/analysis.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { forgetTexts, type Waived } from '../language/index.ts';
import type { VerdictCount } from '../language/report/report.ts';
import { analyse, type Project } from './analyse.ts';
import type { Survey } from './checkParts.ts';
import { readProgram } from './programs.ts';

export type { Project } from './analyse.ts';

export interface Task extends Survey {
  readonly project: Project;
  readonly withVerdicts: boolean;
  /** How many groups have been taken by any thread: one number, in memory that all of them share. */
  readonly taken: Int32Array<SharedArrayBuffer>;
}

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly waived: readonly Waived[];
  readonly verdicts: readonly VerdictCount[];
}

/** Verdicts take a tenth of the time, so they are left out where nobody sees them. */
export function checkGroups({ project, inputs, groups, withVerdicts, taken }: Task): Checked {
  const texts = [...inputs].flatMap(([path, { kind }]) => (kind === 'text' ? [path] : []));
  const read = (path: string): FileInput => inputs.get(path) ?? readProgram(project.root, path);
  const diagnostics: Diagnostic[][] = [];
  const waived: Waived[][] = [];
  const verdicts: VerdictCount[][] = [];
  for (let group = groups[Atomics.add(taken, 0, 1)]; group; group = groups[Atomics.add(taken, 0, 1)]) {
    const analysis = analyse(project, group, { read, others: texts });
    for (const file of group) {
      diagnostics.push([...analysis.diagnostics(file)]);
      waived.push([...analysis.waived(file)]);
      if (withVerdicts) verdicts.push([...analysis.verdicts(file)]);
    }
    forgetTexts();
  }
  return { diagnostics: diagnostics.flat(), waived: waived.flat(), verdicts: verdicts.flat() };
}
