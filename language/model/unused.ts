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

/** Names that a file takes twice: the second is reported, the first counts. */
export function duplicateNames(names: FileNames): Problem[] {
  const found: Problem[] = [];
  const twice = (all: readonly { readonly name: string; readonly place: Place }[], what: (name: string) => string): void => {
    const first = new Map<string, Place>();
    for (const { name, place } of all) {
      const earlier = first.get(name);
      if (!earlier) first.set(name, place);
      else {
        found.push(
          problem('duplicate-name', place, what(name), {
            help: 'Give one of the two another name.',
            related: [{ place: earlier, message: `the first \`${name}\`` }],
          }),
        );
      }
    }
  };
  twice([...names.imported, ...names.declared], name => `The name \`${name}\` is already taken in this file.`);
  twice(names.splits, name => `There already is a split \`${name}\`: a further one needs a name of its own, as in \`split other for ${name} …\`.`);
  return found;
}
