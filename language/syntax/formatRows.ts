/** Lays a declaration out in rows: where lines break, how far they indent, and which white space stands between two tokens. */
import type { TokenType } from 'chevrotain';
import type { Channel, Piece, Shape } from './formatPieces.ts';
import { T } from './tokens.ts';

export const lineWidth = 120;
const indentStep = 2;

export interface Row {
  readonly indent: number;
  /** The text up to the first aligned column, then from each aligned column on. */
  readonly cells: { readonly channel: Channel | null; text: string; readonly gap: number }[];
  /** Rows of the same block line up: the offset of its brace, or `outside`. */
  readonly block: number;
  readonly blankBefore: boolean;
}

/** The block of what stands outside of all braces, and the key under which a table's steps break. */
export const outside = -1;

/** A piece and how it joins what stands before it. */
interface Unit {
  readonly piece: Piece;
  /** On the same line, as a row of a block or table, or as the wrapped rest of an item. */
  readonly lead: 'same' | 'row' | 'wrap';
  readonly blank: boolean;
}

type GroupKind = 'block' | 'values' | 'parens';

const operandEnds = new Set<TokenType>([
  T.Number,
  T.Scientific,
  T.NumberWord,
  T.Percent,
  T.Date,
  T.Timestamp,
  T.Text,
  T.True,
  T.False,
  T.Null,
  T.RightParen,
  T.RightBracket,
]);
const openers = new Set<TokenType>([T.LeftParen, T.LeftBracket, T.LeftBrace]);
const closers = new Set<TokenType>([T.RightParen, T.RightBracket, T.RightBrace]);

/** The rows of a declaration. What was written on one line is broken, the outermost first, where it is too wide. */
export function rowsOf(pieces: readonly Piece[], shape: Shape): Row[] {
  const broken = writtenBroken(pieces, shape);
  const forced = new Set<number>();
  for (;;) {
    const { rows, tooWide } = render(arrange(pieces, shape, broken, forced), shape, broken);
    if (tooWide === null) return rows;
    broken.add(tooWide);
    forced.add(tooWide);
  }
}

function kindOf(piece: Piece, shape: Shape): GroupKind {
  if (piece.type !== T.LeftBrace) return 'parens';
  const isValues = shape.sets.has(piece.start) || shape.types.some(({ start, end }) => piece.start >= start && piece.start < end);
  return isValues ? 'values' : 'block';
}

/** Braces that were written over several lines, by offset; `outside` for a table's steps. */
function writtenBroken(pieces: readonly Piece[], shape: Shape): Set<number> {
  const broken = new Set<number>();
  const open: { piece: Piece; kind: GroupKind; hasBreak: boolean }[] = [];
  pieces.forEach((piece, i) => {
    if (piece.breaks > 0) for (const group of open) if (group.kind === 'block') group.hasBreak = true;
    if (shape.steps.has(piece.start) && piece.breaks > 0) broken.add(outside);
    if (piece.type === null) return;
    if (openers.has(piece.type)) {
      const kind = kindOf(piece, shape);
      open.push({ piece, kind, hasBreak: kind === 'values' && (pieces[i + 1]?.breaks ?? 0) > 0 });
    } else if (closers.has(piece.type)) {
      const group = open.pop();
      if (group?.hasBreak) broken.add(group.piece.start);
    }
  });
  return broken;
}

/** Decides for each piece whether it begins a line, and leaves out the commas that line ends and brackets make needless. */
function arrange(pieces: readonly Piece[], shape: Shape, broken: ReadonlySet<number>, forced: ReadonlySet<number>): Unit[] {
  const units: Unit[] = [];
  const open: { readonly kind: GroupKind; readonly start: number }[] = [];
  /** Whether an item may begin with the next token, and the line breaks handed on from a comma that was moved. */
  let atItem = false;
  let handedOn = 0;
  pieces.forEach((piece, i) => {
    const group = open.at(-1);
    const isBroken = group !== undefined && broken.has(group.start);
    const breaks = Math.max(piece.breaks, handedOn);
    const last = units.at(-1)?.piece;
    const add = (lead: Unit['lead']): void => void units.push({ piece, lead, blank: lead === 'row' && breaks > 1 && last !== undefined });

    if (piece.type === T.Comma) {
      const following = tokenBehind(pieces, i);
      atItem = true;
      handedOn = piece.breaks;
      const endsLine = piece.breaks > 0 || (following?.breaks ?? 0) > 0;
      // A comma stays with the token before it, whatever comments stand between.
      const at = units.findLastIndex(unit => unit.piece.type !== null);
      const before = units[at]?.piece;
      const isNeedless = before === undefined || before.type === T.Comma || isOpener(before) || following?.closes === true;
      if (!isNeedless && !(group?.kind === 'block' && (endsLine || forced.has(group.start))))
        units.splice(at + 1, 0, { piece, lead: 'same', blank: false });
      return;
    }
    handedOn = 0;
    if (piece.type === null) {
      if (last === undefined) add('row');
      else if (breaks === 0) add('same');
      else add(commentIsRow(pieces, i, group?.kind, atItem, shape) ? 'row' : 'wrap');
      return;
    }
    const begins = atItem || piece.closesItem;
    atItem = piece.type === T.LeftBrace;
    if (closers.has(piece.type)) {
      open.pop();
      if (piece.type === T.RightBrace && isBroken) units.push({ piece, lead: 'row', blank: false });
      else add(breaks > 0 ? 'wrap' : 'same');
      return;
    }
    if (last === undefined || (last.type === null && units.every(unit => unit.piece.type === null))) add('row');
    else if (open.length === 0 && shape.steps.has(piece.start)) add(broken.has(outside) ? 'row' : 'same');
    else if (isBroken && last.type === T.LeftBrace) units.push({ piece, lead: 'row', blank: false });
    else if (group?.kind === 'block' && isBroken && begins && (breaks > 0 || forced.has(group.start))) add('row');
    else if (breaks > 0 && (piece.type !== T.LeftBrace || last.type === null || group?.kind === 'parens')) add('wrap');
    else add('same');
    if (openers.has(piece.type)) open.push({ kind: kindOf(piece, shape), start: piece.start });
  });
  return units;
}

const isOpener = (piece: Piece): boolean => piece.type !== null && openers.has(piece.type);

/** The token behind a piece, comments aside: the line breaks up to it, and whether it closes a bracket. */
function tokenBehind(pieces: readonly Piece[], index: number): { breaks: number; closes: boolean } | undefined {
  let breaks = 0;
  for (let i = index + 1; i < pieces.length; i++) {
    const piece = pieces[i];
    if (!piece) break;
    breaks += piece.breaks;
    if (piece.type !== null && piece.type !== T.Comma) return { breaks, closes: closers.has(piece.type) };
  }
  return undefined;
}

/** A comment on its own line stands like the token below it: as a row, or inside an item. */
function commentIsRow(pieces: readonly Piece[], index: number, kind: GroupKind | undefined, atItem: boolean, shape: Shape): boolean {
  const below = pieces.slice(index + 1).find(piece => piece.type !== null);
  if (!below?.type) return true;
  if (kind === 'block') return atItem || below.closesItem || below.type === T.RightBrace || below.type === T.Comma;
  return kind === undefined && (shape.steps.has(below.start) || pieces.slice(0, index).every(piece => piece.type === null));
}

interface OpenGroup {
  readonly kind: GroupKind;
  readonly start: number;
  /** Indentation of the line on which it opened. */
  readonly indent: number;
}

function render(units: readonly Unit[], shape: Shape, broken: ReadonlySet<number>): { rows: Row[]; tooWide: number | null } {
  const rows: Row[] = [];
  const open: OpenGroup[] = [];
  let itemIndent = 0;
  let sawToken = false;
  let tooWide: number | null = null;
  /** What could still be broken on the present line. */
  let breakable: number | null = null;
  let unary = false;
  const finish = (): void => {
    const row = rows.at(-1);
    if (row && breakable !== null && widthOf(row) > lineWidth) tooWide ??= breakable;
    breakable = null;
  };

  units.forEach(({ piece, lead, blank }, i) => {
    const last = units[i - 1]?.piece ?? null;
    const { type } = piece;
    const isCloser = type !== null && closers.has(type);
    const closed = isCloser ? open.pop() : undefined;
    const group = closed ?? open.at(-1);
    if (lead !== 'same') {
      finish();
      let indent: number;
      if (lead === 'row') {
        if (group?.kind === 'block' || (closed && group)) indent = closed ? closed.indent : (group?.indent ?? 0) + indentStep;
        else indent = shape.steps.has(piece.start) || (sawToken && type === null && hasStepBehind(units, i, shape)) ? indentStep : 0;
        itemIndent = indent;
      } else if (closed) indent = closed.indent;
      else indent = (group && group.kind !== 'block' ? group.indent : itemIndent) + indentStep;
      const block = open.findLast(other => other.kind === 'block')?.start ?? outside;
      rows.push({ indent, cells: [{ channel: null, text: '', gap: 0 }], block, blankBefore: blank });
    }
    const isUnary = (type === T.Minus || type === T.Plus) && !(last !== null && endsOperand(last));
    const row = rows.at(-1);
    if (row) {
      const text = piece.image;
      const space = lead === 'same' ? gap(last, piece, unary, group, shape) : '';
      const column = shape.columns.get(piece.start);
      const isAlone = column !== undefined && lead === 'same' && isOnlyItem(units, i, column);
      if (isAlone) row.cells.push({ channel: column.channel, text, gap: column.channel === 'tail' || column.channel === 'role' ? 2 : 1 });
      else if (type === null && lead === 'same') row.cells.push({ channel: 'comment', text, gap: 2 });
      else appendTo(row, (column?.channel === 'tail' ? '  ' : space) + text);
    }
    if (closed?.kind === 'block' && lead === 'row') itemIndent = closed.indent;
    if (type !== null) {
      unary = isUnary;
      sawToken = true;
      if (openers.has(type)) {
        const kind = kindOf(piece, shape);
        open.push({ kind, start: piece.start, indent: rows.at(-1)?.indent ?? 0 });
        if (kind === 'block' && !broken.has(piece.start)) breakable ??= piece.start;
      } else if (shape.steps.has(piece.start) && !broken.has(outside)) breakable ??= outside;
    }
  });
  finish();
  return { rows, tooWide };
}

function appendTo(row: Row, text: string): void {
  const cell = row.cells.at(-1);
  if (cell) cell.text += text;
}

const hasStepBehind = (units: readonly Unit[], index: number, shape: Shape): boolean =>
  units.slice(index + 1).find(({ piece }) => piece.type !== null && shape.steps.has(piece.start)) !== undefined;

/** Whether the row of this unit begins with the item the column belongs to and holds no other item. */
function isOnlyItem(units: readonly Unit[], index: number, item: { readonly start: number; readonly end: number }): boolean {
  let first = index;
  while (first > 0 && units[first]?.lead === 'same') first--;
  if (units[first]?.piece.start !== item.start) return false;
  for (let i = index + 1; i < units.length; i++) {
    const unit = units[i];
    if (unit?.lead !== 'same') return true;
    if (unit.piece.type !== null && unit.piece.start >= item.end) return false;
  }
  return true;
}

export const widthOf = (row: Row): number => row.indent + row.cells.reduce((sum, cell) => sum + cell.gap + cell.text.length, 0);

const endsOperand = (piece: Piece): boolean => piece.isName || (piece.type !== null && operandEnds.has(piece.type));

/** The white space between two pieces on a line. */
function gap(last: Piece | null, piece: Piece, lastIsUnary: boolean, group: OpenGroup | undefined, shape: Shape): string {
  if (last === null || last.type === null || lastIsUnary) return '';
  switch (piece.type) {
    case T.RightBracket:
      return last.type === T.RightBrace ? ' ' : '';
    case T.Comma:
    case T.RightParen:
    case T.Question:
    case T.LeftAngle:
    case T.RightAngle:
    case T.Dot:
    case T.Colon:
      return '';
    case T.LeftParen:
      return last.isName && shape.callees.has(last.end) ? '' : isTightAfter(last, piece, group, shape) ? '' : ' ';
    case T.RightBrace:
      return last.type === T.LeftBrace ? '' : ' ';
    case T.LeftBrace:
      return last.type !== T.LeftBracket && isTightAfter(last, piece, group, shape) ? '' : ' ';
    case T.DotDot:
      return endsOperand(last) ? '' : ' ';
    default:
      return isTightAfter(last, piece, group, shape) ? '' : ' ';
  }
}

function isTightAfter(last: Piece, piece: Piece, group: OpenGroup | undefined, shape: Shape): boolean {
  switch (last.type) {
    case T.LeftParen:
    case T.LeftBracket:
    case T.LeftAngle:
    case T.Dot:
    case T.AtSign:
      return true;
    case T.DotDot:
      // A name is a bound only when it touches the dots.
      if (piece.isName) return piece.start === last.end;
      return piece.type === T.LeftParen || piece.type === T.Minus || piece.type === T.Plus || (piece.type !== null && operandEnds.has(piece.type));
    case T.Comma:
      return group?.kind === 'parens' && shape.types.some(({ start, end }) => last.start >= start && last.start < end);
    default:
      return false;
  }
}
