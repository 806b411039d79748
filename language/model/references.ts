/** Names that refer to declarations: found, or reported with the nearest one that would do. */
import type { Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { DeclarationKind, Environment, Found } from './environment.ts';
import { problem, respell } from './problem.ts';

const called: Readonly<Record<DeclarationKind, string>> = {
  param: 'a parameter',
  def: 'a definition',
  source: 'a source',
  table: 'a table',
  task: 'a task',
  split: 'a split',
  features: 'a feature set',
  model: 'a model',
  evaluate: 'an evaluation',
  later: 'a declaration',
  unknown: 'unknown',
};

const list = (kinds: readonly DeclarationKind[]): string => {
  const words = kinds.map(kind => called[kind].replace(/^an? /, ''));
  return words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
};

/** The declaration of that name and of one of these kinds; null after reporting that there is none. An empty name is the parser's. */
export function refer(env: Environment, name: Name, ...kinds: readonly DeclarationKind[]): Found | null {
  if (name.text === '') return null;
  const found = env.lookup(name.text);
  if (found && kinds.includes(found.kind)) return found;
  if (found?.kind === 'unknown') return null;
  const place: Place = { file: env.file, decl: env.decl, span: name.span };
  const near = nearest(name.text, env.visible(...kinds));
  const known = env.visible(...kinds);
  env.report(
    problem(
      'unknown-name',
      place,
      found ? `\`${name.text}\` is ${called[found.kind]}, not a ${list(kinds)}.` : `There is no ${list(kinds)} \`${name.text}\`.`,
      {
        label: found ? `a ${list(kinds)} belongs here` : null,
        help: near
          ? `Did you mean \`${near}\`?`
          : known.length
            ? `In this file there ${known.length === 1 ? 'is' : 'are'} ${known
                .slice(0, 8)
                .map(k => `\`${k}\``)
                .join(', ')}.`
            : found && kinds.includes('task') && (found.kind === 'table' || found.kind === 'source')
              ? `Declare a task on its rows: \`task NAME { each x in ${name.text}, label … }\`.`
              : found
                ? `Declare a ${list(kinds)}, and name it here.`
                : `Declare it, or import it: \`import { ${name.text} } from "./file.cupel"\`.`,
        fixes: near ? [respell(place, near)] : [],
      },
    ),
  );
  return null;
}
