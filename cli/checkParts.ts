/** What a thread does of a check: it takes one part of the files after another, each with an analysis of its own, which is small and short-lived. */
import type { FileInput } from '../language/analysis.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { forgetKeys, forgetTexts, type Waived } from '../language/index.ts';
import type { VerdictCount } from '../language/report/report.ts';
import { analyse, type Project } from './analyse.ts';
import type { Survey } from './checkSurvey.ts';
import { readProgram } from './programs.ts';

export type { Project } from './analyse.ts';

export interface Task extends Pick<Survey, 'inputs' | 'parts'> {
  readonly project: Project;
  readonly withVerdicts: boolean;
  /** How many parts have been taken by any thread: one number, in memory that all of them share. */
  readonly taken: Int32Array<SharedArrayBuffer>;
}

export interface CheckedFile {
  readonly file: string;
  /** The file and every file that its imports lead to, as it was read. */
  readonly reach: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly waived: readonly Waived[];
  /** Null where nobody asked for them. */
  readonly verdicts: readonly VerdictCount[] | null;
}

/** File by file, as long as parts are left. Verdicts take a tenth of the time, so they are left out where nobody sees them. */
export function* checkParts({ project, inputs, parts, withVerdicts, taken }: Task): Generator<CheckedFile> {
  const others = [...inputs].flatMap(([path, { kind }]) => (kind === 'text' ? [path] : []));
  const read = (path: string): FileInput => inputs.get(path) ?? readProgram(project.root, path);
  for (let part = parts[Atomics.add(taken, 0, 1)]; part; part = parts[Atomics.add(taken, 0, 1)]) {
    const analysis = analyse(project, [...part.files, ...part.importers], { read, others });
    for (const file of part.files) {
      yield {
        file,
        reach: analysis.reach(file),
        diagnostics: [...analysis.diagnostics(file)],
        waived: [...analysis.waived(file)],
        verdicts: withVerdicts ? [...analysis.verdicts(file)] : null,
      };
    }
    forgetTexts();
    forgetKeys();
  }
}
