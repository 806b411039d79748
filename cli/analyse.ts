/** The host of an analysis: fetches the files it needs until it needs no more, and holds the parameters that are set against those declared. */
import type { Analysis, FileInput } from '../language/analysis.ts';
import { createAnalysis, type RuleSeverity, waivable, whyNotSet } from '../language/index.ts';
import { nearest } from '../language/text/nearest.ts';
import { CallError } from './host.ts';
import { readProgram } from './programs.ts';

export interface Project {
  readonly root: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly severities: Readonly<Record<string, RuleSeverity>>;
}

export interface Files {
  readonly read: (path: string) => FileInput;
  /** Further programs of the project, for did-you-mean. */
  readonly others: readonly string[];
}

/** An analysis whose severities and parameters are those that the project and the call set. Throws `CallError` where one is not there. */
export function analysed(project: Project, files: readonly string[], names: readonly string[]): Analysis {
  assertSeverities(project);
  const analysis = analyse(project, files);
  assertParameters(analysis, files, names);
  return analysis;
}

/** `files` are relative to the root, with `/`. */
export function analyse(project: Project, files: readonly string[], { read, others }: Files = filesOf(project)): Analysis {
  const analysis = createAnalysis();
  analysis.setParameters(project.parameters);
  analysis.setSeverities(project.severities);
  if (others.length > 0) analysis.setOthers(others);
  const given = new Set<string>();
  const give = (path: string) => {
    given.add(path);
    analysis.setFile(path, read(path));
  };
  for (const file of files) give(file);
  for (;;) {
    const wanted = analysis.needs().filter(need => !given.has(need.path));
    if (wanted.length === 0) return analysis;
    for (const need of wanted) give(need.path);
  }
}

const filesOf = ({ root }: Project): Files => ({ read: path => readProgram(root, path), others: [] });

/** A `--param` that no program declares would change nothing, while its author believes that it does. */
export function assertParameters(analysis: Analysis, files: readonly string[], names: readonly string[]): void {
  const all = new Set(files.flatMap(file => analysis.reach(file)));
  const declared = [...all].flatMap(file =>
    (analysis.tree(file)?.chunks ?? []).flatMap(({ parsed }) => (parsed.declaration?.kind === 'param' ? parsed.declaration.name.text : [])),
  );
  const unknown = names.find(name => !declared.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, declared);
  const help = declared.length === 0 ? `Declare it: param ${unknown} = …` : `There is ${declared.join(', ')}.`;
  throw new CallError(`There is no parameter \`${unknown}\``, meant === null ? help : `Did you mean \`--param ${meant}=…\`?`);
}

/** A severity of no rule, or of one that always is an error, would change nothing. */
export function assertSeverities({ severities }: Project): void {
  for (const [name, severity] of Object.entries(severities)) {
    const why = whyNotSet(name, severity);
    if (why === null) continue;
    const meant = nearest(
      name,
      waivable.map(rule => rule.name),
    );
    throw new CallError(
      `cupel.json: ${why}`,
      meant === null ? `Leave \`${name}\` out of "rules"; \`cupel explain RULE\` shows what a rule finds.` : `Did you mean \`${meant}\`?`,
    );
  }
}

export const projectIn = ({ root, parameters, severities }: Project): Project => ({ root, parameters, severities });
