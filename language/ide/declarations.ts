/** The declarations of a file with their names and absolute ranges: what lenses, symbols and hovers hang on. */
import type { Declaration, FileTree } from '../syntax/ast.ts';
import { lineIndex, offsetAt, positionAt } from '../text/lines.ts';
import type { Position, Range, Span } from '../text/place.ts';

export interface DeclarationAt {
  readonly chunk: string;
  readonly start: number;
  readonly declaration: Declaration;
  /** Null for imports and what has no name. */
  readonly name: string | null;
  readonly range: Range;
  readonly nameRange: Range | null;
}

function nameOf(declaration: Declaration): { text: string; span: Span } | null {
  switch (declaration.kind) {
    case 'import':
    case 'damaged':
    case 'later':
      return null;
    case 'check':
      return declaration.table;
    case 'test':
      return declaration.of;
    case 'evaluate':
      return declaration.as ?? declaration.model;
    default:
      return declaration.name;
  }
}

export function declarationsOf(tree: FileTree): DeclarationAt[] {
  const lines = lineIndex(tree.text);
  return tree.chunks.flatMap(({ id, start, parsed: { declaration } }) => {
    if (!declaration) return [];
    const range = ({ start: from, end }: Span): Range => ({ start: positionAt(lines, start + from), end: positionAt(lines, start + end) });
    const name = nameOf(declaration);
    return [
      {
        chunk: id,
        start,
        declaration,
        name: name?.text ?? null,
        range: range({ start: declaration.keyword.start, end: declaration.span.end }),
        nameRange: name ? range(name.span) : null,
      },
    ];
  });
}

/** The declaration around a position, or the last one before it. */
export function declarationAt(tree: FileTree, position: Position): DeclarationAt | null {
  const offset = offsetAt(lineIndex(tree.text), tree.text, position);
  return declarationsOf(tree).findLast(({ start }) => start <= offset) ?? null;
}

/** The name or number under a position, with its range in the file. */
export function wordAt(tree: FileTree, position: Position): { text: string; start: number; end: number } | null {
  const offset = offsetAt(lineIndex(tree.text), tree.text, position);
  const isWord = (at: number): boolean => /[\p{L}\p{N}_]/u.test(tree.text[at] ?? '');
  let start = offset;
  while (start > 0 && isWord(start - 1)) start--;
  let end = offset;
  while (isWord(end)) end++;
  return end > start ? { text: tree.text.slice(start, end), start, end } : null;
}
