/** Names that nobody uses, and names that are taken twice. A file that only offers things to others uses none of them itself. */
import type { Declaration } from '../syntax/ast.ts';
import type { Place } from '../text/place.ts';
import type { DeclarationKind } from './environment.ts';
import type { FileNames } from './names.ts';
import { type Problem, type ProblemFix, problem } from './problem.ts';

const words: Partial<Record<DeclarationKind, string>> = {
  param: 'parameter',
  def: 'definition',
  table: 'table',
  features: 'feature set',
  model: 'model',
};

const several = Symbol('several');

const offering: readonly Declaration['kind'][] = ['import', 'param', 'def', 'source', 'table', 'check'];

/**
 * `mentioned(decl)`: the names in that declaration; `exported`: what other files import from this one; `isFactor(name)`: whether a
 * `convert` of the file can find the name by its unit.
 */
export function unusedNames(
  names: FileNames,
  decls: readonly string[],
  mentioned: (decl: string) => readonly string[],
  exported: ReadonlySet<string>,
  isFactor: (name: string) => boolean,
): Problem[] {
  /** The one declaration that names it, or that there are several. */
  const usedIn = new Map<string, string | typeof several>();
  for (const decl of decls) for (const name of mentioned(decl)) usedIn.set(name, usedIn.has(name) && usedIn.get(name) !== decl ? several : decl);
  const isUsed = (name: string, decl: string): boolean => (usedIn.get(name) ?? decl) !== decl;
  const found: Problem[] = [];
  const report = (place: Place, what: string, name: string, help: string, fixes: readonly ProblemFix[] = []): void => {
    found.push(problem('unused-declaration', place, `The ${what} \`${name}\` is never used.`, { help, fixes }));
  };
  for (const { name, decl, place, removal } of names.imported) {
    if (isUsed(name, decl) || isFactor(name)) continue;
    const fix: ProblemFix = { title: `Leave \`${name}\` out of the import`, safe: true, edits: [{ place: removal, text: '' }] };
    report(place, 'import', name, `Leave \`${name}\` out of the import.`, [fix]);
  }
  if (names.kinds.every(kind => offering.includes(kind))) return found;
  const judges = names.kinds.includes('evaluate');
  for (const { name, kind, decl, place, compared } of names.declared) {
    const what = words[kind];
    if (!what || (compared && judges) || exported.has(name) || isUsed(name, decl) || (kind === 'param' && isFactor(name))) continue;
    const help =
      kind === 'model'
        ? `Evaluate it (\`evaluate ${name} on test { … }\`), or leave it out.`
        : kind === 'features'
          ? 'Learn a model on it, or leave it out.'
          : 'Use it, or leave it out.';
    report(place, what, name, help);
  }
  return found;
}

/** A split that a file can use, and where it is written. */
interface Split {
  readonly name: string;
  readonly file: string;
  readonly place: Place;
}

const freeName = 'Give one of the two another name.';

/**
 * Names that a file takes twice: the second is reported, the first counts. `splitsOf(task)`: those of the task that the file can use, which are
 * also those that the task's own file writes; an import of the task brings them unnamed.
 */
export function duplicateNames(file: string, names: FileNames, splitsOf: (task: string) => readonly Split[]): Problem[] {
  const found: Problem[] = [];
  const report = (place: Place, message: string, earlier: Place, label: string): void => {
    found.push(problem('duplicate-name', place, message, { help: freeName, related: [{ place: earlier, message: label }] }));
  };
  const first = new Map<string, Place>();
  for (const { name, place } of [...names.imported, ...names.declared]) {
    const earlier = first.get(name);
    if (earlier) report(place, `The name \`${name}\` is already taken in this file.`, earlier, `the first \`${name}\``);
    else first.set(name, place);
  }
  const firstSplits = new Map<string, Place>();
  for (const { name, place, task } of names.splits) {
    const further = `a further one needs a name of its own, as in \`split other for ${task} …\`.`;
    const earlier = firstSplits.get(name);
    const imported = earlier ? undefined : splitsOf(task).find(split => split.name === name && split.file !== file);
    if (earlier) report(place, `There already is a split \`${name}\`: ${further}`, earlier, `the first \`${name}\``);
    else if (imported)
      report(place, `\`${task}\` comes with a split \`${name}\`: ${further}`, imported.place, `the split that comes with \`${task}\``);
    if (!earlier) firstSplits.set(name, place);
  }
  return found;
}
