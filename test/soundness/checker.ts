/** What the checker says about a drawn program. */
import { type Analysis, createAnalysis, type Diagnostic, type Plan } from '../../language/index.ts';
import { lower } from '../../language/plan/lower.ts';
import { mainFile, type SoundProgram, textsOf } from './program.ts';

export interface Checked {
  /** Names of the leakage rules that say something, each once. */
  readonly leaks: readonly string[];
  /** Of these, the ones that only name an assumption. */
  readonly assumed: readonly string[];
  /** What else is wrong: the generator's fault. */
  readonly broken: readonly string[];
  /** The messages, for reports. */
  readonly told: readonly string[];
}

const nowhere = { file: mainFile, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };

/** What is said of a program, by an analysis that a variant of the program can go on with. */
interface Said {
  readonly analysis: Analysis;
  readonly found: readonly Diagnostic[];
}

const said = new WeakMap<SoundProgram, Said>();

const isLeakage = ({ group }: Diagnostic): boolean => group === 'leakage' || group === 'validity';

/** `before`: a program of the same files that this one is a variant of; what they share is not analysed again. */
function diagnosed(program: SoundProgram, before?: SoundProgram): Said {
  const there = said.get(program);
  if (there) return there;
  const analysis = (before && said.get(before)?.analysis) ?? createAnalysis();
  if (before) said.delete(before);
  const texts = textsOf(program);
  for (const { file, text } of texts) analysis.setFile(file, { kind: 'text', text });
  const made = { analysis, found: texts.flatMap(({ file }) => analysis.diagnostics(file)) };
  said.set(program, made);
  return made;
}

/** The rules that say what is wrong, leakage rules and others. */
export const rulesOf = (program: SoundProgram, before?: SoundProgram): ReadonlySet<string> =>
  new Set(diagnosed(program, before).found.flatMap(d => (d.verdict === 'assumed' ? [] : [d.rule])));

const known = new WeakMap<SoundProgram, Checked>();

export function checked(program: SoundProgram): Checked {
  const there = known.get(program) ?? analysed(program);
  known.set(program, there);
  return there;
}

function analysed(program: SoundProgram): Checked {
  const { analysis, found } = diagnosed(program);
  const told = found.filter(isLeakage);
  const broken = found.filter(d => !isLeakage(d) && d.severity === 'error').map(d => `${d.rule}: ${d.message}`);
  const names = (verdict: boolean): string[] => [...new Set(told.filter(d => (d.verdict === 'assumed') === verdict).map(d => d.rule))];
  const [leaks, assumed] = [names(false), names(true)];
  const isAsked = broken.length === 0 && leaks.length === 0;
  const standing = isAsked ? textsOf(program).flatMap(({ file }) => analysis.verdicts(file)) : [];
  const stands = standing.some(({ assumed }) => assumed > 0) ? ['verdicts'] : [];
  return { leaks, assumed: [...assumed, ...stands], broken, told: told.map(d => `${d.rule}: ${d.message}`) };
}

/** The plan of a well-typed program, or why there is none. */
export function planned(program: SoundProgram): Plan | string {
  try {
    const files = textsOf(program).map(({ file }) => file);
    return lower(diagnosed(program).analysis.program(), mainFile, [], () => nowhere, files);
  } catch (error) {
    return `plan: ${error instanceof Error ? error.message : String(error)}`;
  }
}
