/**
 * What the formatter knows about a declaration before it lays it out: its tokens and comments in order, which brackets hold blocks, and
 * where columns of a block line up. Only white space and separators may differ between a text and its formatted form.
 */
import { type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import type { Declaration, Expr, Item } from './ast.ts';
import { endOf, type Tokens } from './layout.ts';
import { T } from './tokens.ts';

/** A token or comment with the line breaks that stand before it. */
export interface Piece {
  readonly image: string;
  readonly start: number;
  readonly end: number;
  /** Null for a comment. */
  readonly type: TokenType | null;
  readonly isName: boolean;
  /** Line breaks written before it: 0 on the same line, 1 on the next, more below blank lines. */
  breaks: number;
  /** Whether a line end before it closes an item. */
  readonly closesItem: boolean;
}

/** Columns that line up within a block, from left to right. */
export const channels = ['name', 'value', 'brace', 'tail', 'role', 'comment'] as const;
export type Channel = (typeof channels)[number];

export interface Shape {
  /** Ends of names whose parenthesis touches them. */
  readonly callees: ReadonlySet<number>;
  /** Spans of types: commas in them are tight, braces hold sets. */
  readonly types: readonly { readonly start: number; readonly end: number }[];
  /** Braces that hold values, not items. */
  readonly sets: ReadonlySet<number>;
  readonly steps: ReadonlySet<number>;
  /** Where lines up what, by the offset of the first token behind the gap; `item` is where its item starts and ends. */
  readonly columns: ReadonlyMap<number, { readonly channel: Channel; readonly start: number; readonly end: number }>;
}

/** Pieces in order of the text; line breaks come from the text itself, comments included. */
export function piecesOf(text: string, { tokens, comments }: Tokens): Piece[] {
  const pieces: Piece[] = [];
  let nextComment = 0;
  let end = 0;
  let closesItem = false;
  const add = (token: IToken, type: TokenType | null): void => {
    pieces.push({
      image: type === null ? token.image.trimEnd() : token.image,
      start: token.startOffset,
      end: endOf(token),
      type,
      isName: type !== null && tokenMatcher(token, T.Identifier),
      breaks: countBreaks(text, end, token.startOffset),
      closesItem: type !== null && closesItem,
    });
    end = endOf(token);
    if (type !== null) closesItem = false;
  };
  for (const token of tokens) {
    if (token.tokenType === T.Newline) {
      closesItem = true;
      continue;
    }
    for (let comment = comments[nextComment]; comment && comment.startOffset < token.startOffset; comment = comments[++nextComment])
      add(comment, null);
    add(token, token.tokenType);
  }
  for (const comment of comments.slice(nextComment)) add(comment, null);
  return pieces;
}

function countBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) count++;
  }
  return count;
}

const severities = new Set(['warn', 'error', 'quarantine']);

export function shapeOf(declaration: Declaration, pieces: readonly Piece[]): Shape {
  const callees = new Set<number>();
  const types: { start: number; end: number }[] = [];
  const sets = new Set<number>();
  collect(declaration, { callees, types, sets });
  const columns = new Map<number, { channel: Channel; start: number; end: number }>();
  const after = (offset: number): Piece | undefined => pieces.find(piece => piece.type !== null && piece.start >= offset);
  const put = (channel: Channel, at: Piece | undefined, of: { start: number; end: number }): void => {
    if (at) columns.set(at.start, { channel, start: of.start, end: of.end });
  };
  const putItem = (item: Item, settings: boolean): void => {
    switch (item.kind) {
      case 'setting':
        if (settings) put('value', after(after(item.name.span.end)?.end ?? 0), item.span);
        return;
      case 'definition':
        put('name', after(item.name.span.end), item.span);
        return;
      case 'expression': {
        const last = item.words.at(-1);
        if (last && severities.has(last.text)) put('tail', after(last.span.start), item.span);
        const first = firstOfPipe(item.value);
        if (first?.kind === 'name') put('name', after(first.span.end), item.span);
        return;
      }
      default:
        for (const inner of item.items) putItem(inner, settings);
    }
  };
  switch (declaration.kind) {
    case 'source':
      for (const column of declaration.columns ?? []) {
        put('name', after(column.name.span.end), column.span);
        const role = column.roles[0];
        if (role) put('role', after(role.span.start), column.span);
      }
      break;
    case 'task':
      for (const part of [declaration.each, declaration.at, declaration.label]) {
        if (part) put('name', after(part.span.start + 1), part.span);
      }
      for (const item of declaration.items) putItem(item, true);
      break;
    case 'split':
      for (const item of declaration.items) putItem(item, true);
      break;
    case 'table':
      for (const step of declaration.steps) {
        if (step.kind !== 'group') continue;
        for (const { name, value } of step.aggregates) put('name', after(name.span.end), { start: name.span.start, end: value.span.end });
      }
      break;
    case 'model': {
      put('name', after(declaration.name.span.end), declaration.span);
      const brace = after(declaration.definition.span.end);
      if (brace?.type === T.LeftBrace) put('brace', brace, declaration.span);
      for (const item of declaration.items) putItem(item, false);
      break;
    }
    case 'check':
    case 'features':
    case 'evaluate':
      for (const item of declaration.items) putItem(item, false);
      break;
    case 'import':
      for (const piece of pieces) if (piece.type === T.LeftBrace) sets.add(piece.start);
      break;
    default:
      break;
  }
  const steps = new Set(declaration.kind === 'table' ? declaration.steps.map(step => step.span.start) : []);
  return { callees, types, sets, steps, columns };
}

/** The value that enters a chain of pipes; null when there is no pipe. */
function firstOfPipe(expr: Expr): Expr | null {
  if (expr.kind !== 'pipe') return null;
  let value: Expr = expr;
  while (value.kind === 'pipe') value = value.value;
  return value;
}

interface Found {
  readonly callees: Set<number>;
  readonly types: { start: number; end: number }[];
  readonly sets: Set<number>;
}

/** Walks any part of the tree; the tree is plain data. */
function collect(node: unknown, found: Found): void {
  if (Array.isArray(node)) {
    for (const child of node) collect(child, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { kind, span, name, callee, algorithm, args, levels, parameters } = node as {
    readonly [key in 'kind' | 'span' | 'name' | 'callee' | 'algorithm' | 'args' | 'levels' | 'parameters']?: unknown;
  };
  if (args !== undefined || parameters !== undefined) {
    for (const owner of [name, callee, algorithm]) if (isNode(owner)) found.callees.add(owner.span.end);
  }
  if (levels !== undefined && isSpan(span)) found.types.push(span);
  if (kind === 'set' && isSpan(span)) found.sets.add(span.start);
  for (const child of Object.values(node)) collect(child, found);
}

const isSpan = (value: unknown): value is { start: number; end: number } =>
  typeof value === 'object' && value !== null && 'start' in value && 'end' in value;
const isNode = (value: unknown): value is { span: { start: number; end: number } } =>
  typeof value === 'object' && value !== null && 'span' in value && isSpan(value.span);
