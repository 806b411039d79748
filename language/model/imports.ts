/** What is wrong with an import: its path, the file behind it, the names it asks for. */
import type { ImportDeclaration } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import { relativePath, resolvePath } from '../text/path.ts';
import type { Place, Span } from '../text/place.ts';
import type { FileNames } from './names.ts';
import { type Problem, problem, respell } from './problem.ts';
import { placeIn } from './scope.ts';

/** A file as an import finds it; null: not known yet. */
export type FoundFile =
  | {
      readonly kind: 'text';
      readonly names: FileNames /** The imports that lead back to the importing file. */;
      readonly wayBack: readonly string[] | null;
    }
  | { readonly kind: 'absent' | 'outside' }
  | { readonly kind: 'unreadable' | 'not text'; readonly why: string }
  | null;

const ended = (why: string): string => (why === '' ? '' : `: ${why.replace(/\.$/, '')}`);

function fileProblem(
  path: string,
  written: string,
  found: Exclude<FoundFile, { kind: 'text' } | null>,
  place: Place,
  files: () => readonly string[],
): Problem {
  switch (found.kind) {
    case 'absent': {
      const texts = files();
      const candidates = texts.filter(file => file !== place.file && file !== path).map(file => relativePath(place.file, file));
      const near = texts.includes(`${path}.cupel`) ? relativePath(place.file, `${path}.cupel`) : nearest(written, candidates);
      return problem('file-not-found', place, `There is no file \`${path}\`.`, {
        help: near ? `Did you mean "${near}"?` : 'Paths are relative to the file that imports: `"./shop.cupel"`.',
        fixes: near ? [{ title: `Change to "${near}"`, safe: false, edits: [{ place, text: `"${near}"` }] }] : [],
      });
    }
    case 'outside':
      return problem('outside-project', place, `\`${written}\` lies outside the project.`, {
        help: 'Import files of the project only; copy this one into it.',
      });
    case 'unreadable':
      return problem('unreadable-file', place, `\`${path}\` cannot be read${ended(found.why)}.`, { help: 'Check that the file may be read.' });
    case 'not text':
      return problem('unreadable-file', place, `\`${path}\` is no program${ended(found.why)}.`, {
        help: 'Save it as UTF-8 text, or import another file.',
      });
  }
}

/** Problems of one import. `files` are those that have a text, for did-you-mean. */
export function importProblems(
  declaration: ImportDeclaration,
  at: { readonly file: string; readonly decl: string },
  find: (path: string) => FoundFile,
  files: () => readonly string[],
): Problem[] {
  const place = (span: Span): Place => placeIn(at, span);
  const pathPlace = place(declaration.pathSpan);
  const resolved = resolvePath(at.file, declaration.path);
  if (resolved.kind === 'empty') {
    // Where there is no text at all the parser has said so.
    if (pathPlace.span.start === pathPlace.span.end) return [];
    return [problem('file-not-found', pathPlace, 'The path of this import is empty.', { help: 'Name a program of the project: `"./shop.cupel"`.' })];
  }
  if (resolved.kind === 'outside') return [fileProblem(declaration.path, declaration.path, { kind: 'outside' }, pathPlace, files)];
  const { path } = resolved;
  if (path === at.file)
    return [problem('circular-import', pathPlace, 'This file imports itself.', { help: 'Leave the import out: its names are here already.' })];
  const found = find(path);
  if (!found) return [];
  if (found.kind !== 'text') return [fileProblem(path === '' ? declaration.path : path, declaration.path, found, pathPlace, files)];
  const problems: Problem[] = [];
  if (found.wayBack) {
    problems.push(
      problem('circular-import', pathPlace, `Imports go in a circle: ${[at.file, ...found.wayBack].map(file => `\`${file}\``).join(' → ')}.`, {
        help: 'Move what both files need into a third one that imports neither.',
      }),
    );
  }
  const offered = [...found.names.declared, ...found.names.splits].map(({ name }) => name);
  for (const name of declaration.names) {
    if (name.text === '' || offered.includes(name.text)) continue;
    const further = found.names.imported.find(imported => imported.name === name.text);
    const near = nearest(name.text, offered);
    const source = further && resolvePath(path, further.path);
    problems.push(
      problem('unknown-import', place(name.span), `\`${path}\` declares no \`${name.text}\`.`, {
        help:
          source?.kind === 'path' ? `Import it from "${relativePath(at.file, source.path)}", which does.` : near ? `Did you mean \`${near}\`?` : null,
        fixes: near && !further ? [respell(place(name.span), near)] : [],
      }),
    );
  }
  return problems;
}
