/**
 * The one layout of programs. It changes white space and needless commas only, keeps comments, and leaves a declaration with problems
 * as it is, byte for byte; what it made of a declaration is read again and dropped should it mean anything else.
 */
import type { ParsedChunk } from './ast.ts';
import { splitChunks } from './chunks.ts';
import { type Channel, channels, type Piece, piecesOf, shapeOf } from './formatPieces.ts';
import { lineWidth, outside, type Row, rowsOf } from './formatRows.ts';
import { readTokens } from './layout.ts';
import { declarationNotation } from './notation.ts';
import { maxFileLength, parseChunk, parseFile } from './parse.ts';

/** A declaration laid out, or the text that stays as it is. */
type Section =
  | { readonly kind: 'raw'; readonly text: string }
  | {
      readonly kind: 'rows';
      readonly word: string;
      /** A declaration that fits on one row may stand directly below its like. */
      readonly isShort: boolean;
      readonly rows: readonly Row[];
      /** Blank lines written behind it. */
      readonly blankBehind: boolean;
    };

/** Formats a program. Formatting twice gives the same text as formatting once. */
export function format(text: string): string {
  if (text.length > maxFileLength || parseFile('', text).problems.length > 0) return text;
  const chunks = splitChunks(text);
  const sections = chunks.map(chunk => sectionOf(parseChunk(chunk.text)));
  const formatted = print(sections);
  return text.includes('\r\n') ? formatted.replace(/\r?\n/g, '\r\n') : formatted;
}

/** What keeps `format` from laying parts of the text out, by the offset at which it stands; empty where all of it can be read. */
export function unreadable(text: string): readonly { readonly offset: number; readonly message: string }[] {
  const { chunks, problems } = parseFile('', text);
  const whole = problems.map(({ span, message }) => ({ offset: span.start, message }));
  return [...whole, ...chunks.flatMap(({ start, parsed }) => parsed.problems.map(({ span, message }) => ({ offset: start + span.start, message })))];
}

function sectionOf(parsed: ParsedChunk): Section {
  const { text, declaration, problems } = parsed;
  const raw: Section = { kind: 'raw', text };
  if (problems.length > 0 || declaration?.kind === 'later' || declaration?.kind === 'damaged') return raw;
  const pieces = piecesOf(text, readTokens(text));
  const blankBehind = /\n[ \t\r]*\n[ \t\r\n]*$/.test(text);
  if (!declaration) {
    const rows = pieces.map(
      ({ image, breaks }, i): Row => ({
        indent: 0,
        cells: [{ channel: null, text: image, gap: 0 }],
        block: outside,
        blankBefore: i > 0 && breaks > 1,
      }),
    );
    return { kind: 'rows', word: '', isShort: false, rows, blankBehind };
  }
  const rows = rowsOf(pieces, shapeOf(declaration, pieces));
  const section: Section = { kind: 'rows', word: declaration.kind, isShort: rows.length === 1, rows, blankBehind };
  return isFaithful(parsed, pieces, section) ? section : raw;
}

/** Whether the laid-out text means what the text meant and holds the same comments. */
function isFaithful(parsed: ParsedChunk, pieces: readonly Piece[], section: Section): boolean {
  const again = parseChunk(print([section]));
  if (again.problems.length > 0 || again.declaration === null || parsed.declaration === null) return false;
  if (declarationNotation(again.declaration) !== declarationNotation(parsed.declaration)) return false;
  const comments = (of: readonly Piece[]): string => of.flatMap(piece => (piece.type === null ? [piece.image] : [])).join('\n');
  return comments(piecesOf(again.text, readTokens(again.text))) === comments(pieces);
}

function print(sections: readonly Section[]): string {
  let out = '';
  for (let i = 0; i < sections.length; ) {
    const section = sections[i];
    if (!section) break;
    if (section.kind === 'raw') {
      out += section.text;
      i++;
      continue;
    }
    // Short declarations of one kind that stand together line up.
    let end = i + 1;
    while (standsBelow(sections[end - 1], sections[end])) end++;
    const together = sections.slice(i, end);
    const rows = together.flatMap((member, k) =>
      member.kind === 'rows' ? member.rows.map((row, i) => ({ row, block: blockOf(row, k, i, together.length) })) : [],
    );
    out += `${align(rows).join('\n')}\n`;
    const next = sections[end];
    if (next && needsBlank(sections[end - 1], next)) out += '\n';
    i = end;
  }
  return out;
}

/** Rows with the same key line up: those of a block, the steps of a table, and short declarations that stand together. */
function blockOf(row: Row, section: number, index: number, sections: number): string {
  if (row.block !== outside || row.indent > 0) return `${section}:${row.block}`;
  return sections > 1 ? 'together' : `${section}:row ${index}`;
}

function standsBelow(above: Section | undefined, below: Section | undefined): boolean {
  return above?.kind === 'rows' && below?.kind === 'rows' && above.isShort && below.isShort && above.word === below.word && !above.blankBehind;
}

function needsBlank(above: Section | undefined, below: Section): boolean {
  if (above?.kind !== 'rows') return false;
  if (below.kind === 'raw') return above.blankBehind;
  const mayTouch = (above.isShort && below.isShort) || (above.isShort && above.word === below.word);
  return above.blankBehind || !mayTouch;
}

/** Columns never move further right than this for the sake of one long row. */
const widest: Readonly<Record<Channel, number>> = { name: 48, value: 48, brace: 72, tail: 72, role: 72, comment: lineWidth };

function align(rows: readonly { readonly row: Row; readonly block: string }[]): string[] {
  const lines = rows.map(({ row }) => ' '.repeat(row.indent) + (row.cells[0]?.text ?? ''));
  for (const channel of channels) {
    const columns = columnsOf(rows, lines, channel);
    rows.forEach(({ row, block }, i) => {
      const cell = row.cells.find(other => other.channel === channel);
      if (!cell) return;
      const line = lines[i] ?? '';
      const column = columns.get(block) ?? 0;
      lines[i] = line.padEnd(Math.max(column, line.length + cell.gap)) + cell.text;
    });
  }
  return rows.map(({ row }, i) => (row.blankBefore ? `\n${lines[i]}` : (lines[i] ?? '')).replace(/[ \t]+$/, ''));
}

/** Where a channel's cells begin, by block. Roles stand to the right of all columns of their source, also of those without a role. */
function columnsOf(rows: readonly { readonly row: Row; readonly block: string }[], lines: readonly string[], channel: Channel): Map<string, number> {
  const columns = new Map<string, number>();
  rows.forEach(({ row, block }, i) => {
    const cell = row.cells.find(other => other.channel === channel || (channel === 'role' && other.channel === 'name'));
    if (!cell) return;
    const column = (lines[i] ?? '').length + (channel === 'role' ? 2 : cell.gap);
    if (column > widest[channel]) return;
    columns.set(block, Math.max(columns.get(block) ?? 0, column));
  });
  return columns;
}
