/**
 * What every part of the grammar needs from the parser: soft expectations that report and go on, skipping that respects brackets, and
 * spans. A rule never throws for what a user wrote: it reports once for each place and returns the best tree it can.
 */
import type { IToken, TokenType } from 'chevrotain';
import { nearest } from '../text/nearest.ts';
import { type Span, span } from '../text/place.ts';
import type { Expr, Name, SyntaxProblem } from './ast.ts';
import { endOf, type Tokens } from './layout.ts';
import { type GrammarRule, LeanEngine } from './leanEngine.ts';
import { isOf, retype, T } from './tokens.ts';

/** Deeper nesting is a problem of the program, not a crash of the checker. */
export const maxDepth = 100;

const openers = new Set<TokenType>([T.LeftParen, T.LeftBracket, T.LeftBrace]);
const closers = new Set<TokenType>([T.RightParen, T.RightBracket, T.RightBrace]);
const reserved = new Set<TokenType>([T.And, T.Or, T.Not, T.In, T.Matches, T.Div, T.If, T.Then, T.Else, T.True, T.False, T.Null]);
const afterName = new Set<TokenType>([T.Colon, T.Equals, T.Comma, T.Newline, T.RightBrace, T.RightParen]);
const backtick = 96;
/** Signs that say nothing alone: the word before them is quoted too. */
const bareSigns = /^[^\w"`]+$/;

export interface Report {
  readonly rule?: string;
  readonly help?: string;
  readonly fix?: { readonly title: string; readonly span: Span; readonly text: string };
}

export abstract class ParserBase extends LeanEngine {
  protected docs: ReadonlyMap<number, string> = new Map();
  protected depth = 0;
  /** Whether `to` stands between two parts, as in `every month from … to …`, and is no range. */
  protected toDivides = false;
  private unclosed: ReadonlySet<IToken> = new Set();
  private problems: SyntaxProblem[] = [];
  private text = '';
  private reportedAt = -1;

  protected begin(tokens: Tokens, text: string): void {
    this.standBefore(tokens.tokens);
    this.docs = tokens.docs;
    this.unclosed = tokens.unclosed;
    this.problems = [...tokens.problems];
    this.text = text;
    this.reportedAt = -1;
    this.depth = 0;
    this.toDivides = false;
  }

  protected found(): readonly SyntaxProblem[] {
    return this.problems;
  }

  /** Takes back what the signs between `start` and the last token gave rise to: the whole text is said to be wrong. */
  protected forgetFrom(start: number): void {
    this.problems = this.problems.filter(({ span: { start: at } }) => at < start || at > this.here());
  }

  // -------------------------------------------------------------- places

  /** Where the next token starts. */
  protected here(): number {
    return this.atEnd() ? this.text.length : this.next.startOffset;
  }

  /** Where the last read token ended. */
  protected end(): number {
    const last = this.last;
    return this.isOutside(last) ? 0 : endOf(last);
  }

  /** From `start` to the end of the last token. */
  protected from(start: number): Span {
    return span(start, Math.max(start, this.end()));
  }

  protected nothing(): Span {
    return span(this.end(), this.end());
  }

  /** Behind the last token that is not a line end. */
  protected behindText(): Span {
    let back = 0;
    while (this.LA(back).tokenType === T.Newline) back--;
    const last = this.LA(back);
    return this.isOutside(last) ? span(0, 0) : span(endOf(last), endOf(last));
  }

  /** What is written at a place. */
  protected textAt({ start, end }: Span): string {
    return this.text.slice(start, end);
  }

  protected spanOf(token: IToken): Span {
    if (this.RECORDING_PHASE) return span(0, 0);
    return span(token.startOffset, endOf(token));
  }

  protected missing(): Expr {
    return { kind: 'missing', span: this.nothing() };
  }

  protected noName(): Name {
    return { text: '', span: this.nothing() };
  }

  protected docHere(): string | null {
    return this.docs.get(this.next.startOffset) ?? null;
  }

  // -------------------------------------------------------------- looking ahead

  protected is(type: TokenType, ahead = 1): boolean {
    return isOf(ahead === 1 ? this.next : this.LA(ahead), type);
  }

  protected atEnd(): boolean {
    return this.isOutside(this.next);
  }

  protected atItemEnd(): boolean {
    return this.atEnd() || this.is(T.Separator) || this.is(T.RightBrace);
  }

  // -------------------------------------------------------------- reporting

  protected report(at: Span, message: string, more: Report = {}): void {
    if (this.RECORDING_PHASE) return;
    this.problems.push({ rule: more.rule ?? 'syntax-error', span: at, message: `${message}.`, help: more.help ?? null, fix: more.fix ?? null });
  }

  /** Reports what should stand before the next token; at most once for each place. */
  protected expected(what: string, more: Report = {}): void {
    if (this.RECORDING_PHASE || this.reportedAt === this.here()) return;
    this.reportedAt = this.here();
    const comma = this.decimalComma();
    if (comma !== null) {
      const text = this.textAt(comma).replace(',', '.');
      this.report(comma, 'The decimal sign is a point', { help: `Write \`${text}\`.`, fix: { title: `Write \`${text}\``, span: comma, text } });
      return;
    }
    const before = this.textBefore();
    const message = `Expected ${what}${before ? ` after \`${before}\`` : ''}, found ${this.describeNext()}`;
    this.report(this.placeOfNext(), message, more);
  }

  /** `1,19` in front of what is read next; null where nothing stands so. */
  private decimalComma(): Span | null {
    const [whole, comma, fraction] = [this.LA(-1), this.last, this.next];
    const isOne = whole.tokenType === T.Number && comma.tokenType === T.Comma && fraction.tokenType === T.Number;
    return isOne && fraction.startOffset - whole.startOffset === whole.image.length + 1
      ? { start: this.spanOf(whole).start, end: this.spanOf(fraction).end }
      : null;
  }

  /** The next token's place; where a line or file ends, the place of the token before. */
  protected placeOfNext(): Span {
    const next = this.next;
    if (!this.atEnd() && !this.atLineEnd()) return this.spanOf(next);
    const last = this.last;
    return this.isOutside(last) ? span(0, Math.min(1, this.text.length)) : this.spanOf(last);
  }

  protected describeNext(): string {
    const next = this.next;
    if (this.atEnd()) return 'the end of the declaration';
    if (this.atLineEnd()) return 'the end of the line';
    return `\`${shorten(next.image)}\``;
  }

  /** A line that begins with `|` carries on, yet what is missing before it is missing at the end of the line above. */
  private atLineEnd(): boolean {
    const { tokenType, startOffset } = this.next;
    if (tokenType === T.Newline) return true;
    return (tokenType === T.Pipe || tokenType === T.PipeRight) && /[\n\r]/.test(this.text.slice(this.end(), startOffset));
  }

  private textBefore(): string {
    const last = this.last;
    if (this.isOutside(last) || last.tokenType === T.Newline) return '';
    const before = this.LA(-1);
    const isAlone = this.isOutside(before) || before.tokenType === T.Newline;
    if (isAlone || !bareSigns.test(last.image)) return shorten(last.image);
    const gap = endOf(before) === last.startOffset ? '' : ' ';
    return `${shorten(before.image)}${gap}${last.image}`;
  }

  // -------------------------------------------------------------- reading

  /** Reads a token of this type, or reports `what` as expected and goes on as if it stood there. */
  protected need(index: number, type: TokenType, what: string, more?: Report | (() => Report)): IToken | null {
    const token = this.optionalToken(index, type);
    if (token !== undefined || this.RECORDING_PHASE) return token ?? null;
    const meant = this.misspelled([type]);
    if (meant === null) this.expected(what, typeof more === 'function' ? more() : more);
    return meant;
  }

  /** Reads a word that is nearly one of these words as that word, with a problem. */
  protected misspelled(types: readonly TokenType[]): IToken | null {
    const next = this.next;
    if (next.tokenType !== T.Identifier || this.is(T.Separator, 2) || this.is(T.Colon, 2) || this.is(T.Equals, 2)) return null;
    const words = new Map(types.flatMap(type => (typeof type.PATTERN === 'string' ? [[type.PATTERN, type] as const] : [])));
    const word = nearest(next.image, words.keys());
    const type = word === null ? undefined : words.get(word);
    if (word === null || type === undefined) return null;
    this.report(this.spanOf(next), `\`${shorten(next.image)}\` is not a word that can stand here`, {
      help: `Did you mean \`${word}\`?`,
      fix: { title: `Write \`${word}\``, span: this.spanOf(next), text: word },
    });
    retype(next, type);
    this.SKIP_TOKEN();
    return next;
  }

  /** Reads a name. A reserved word where only a name can stand is read as one, with a problem. */
  protected name(index: number, what: string): Name {
    const token = this.optionalToken(index, T.Identifier);
    if (token !== undefined) return this.nameOf(token);
    const next = this.next;
    if (reserved.has(next.tokenType) && afterName.has(this.LA(2).tokenType) && this.reportedAt !== this.here()) {
      const quoted = `\`${next.image}\``;
      this.report(this.spanOf(next), `${quoted} is a word of the language`, {
        help: `As a name it is written between backticks: ${quoted}.`,
        fix: { title: `Write ${quoted}`, span: this.spanOf(next), text: quoted },
      });
      this.SKIP_TOKEN();
      return { text: next.image, span: this.spanOf(next) };
    }
    this.expected(what);
    return this.noName();
  }

  protected nameOf(token: IToken): Name {
    if (this.RECORDING_PHASE) return { text: '', span: span(0, 0) };
    return { text: token.image.charCodeAt(0) === backtick ? token.image.replaceAll('`', '') : token.image, span: this.spanOf(token) };
  }

  /** Whether the next token says which alternative follows, as nearly every one does: the others need not be looked at. */
  protected begins(type: TokenType): boolean {
    return !this.RECORDING_PHASE && this.is(type);
  }

  /** Reads an expression, or reports `what` as expected. */
  protected valueFrom(index: number, rule: GrammarRule<[], Expr>, what: string, more?: Report): Expr {
    const value = this.optional(index, rule);
    if (value !== undefined) return value;
    this.expected(what, more);
    return this.missing();
  }

  /** Reads the bracket that closes `open`; skips what cannot be read up to it when the item still has one. */
  protected close(index: number, type: TokenType, sign: string, open: IToken, separators: string): void {
    const token = this.optionalToken(index, type);
    if (token !== undefined || this.RECORDING_PHASE) return;
    if (this.closesAhead(type)) {
      this.expected(`${separators} or \`${sign}\``);
      while (!this.is(type)) this.skipOne();
      this.SKIP_TOKEN();
      return;
    }
    if (this.reportedAt === this.here()) return;
    this.reportedAt = this.here();
    this.report(this.spanOf(open), `This \`${open.image}\` is never closed`, {
      rule: 'unclosed-block',
      help: `Write \`${sign}\` after \`${shorten(this.last.image).trim()}\`.`,
      fix: { title: `Insert \`${sign}\``, span: this.nothing(), text: sign.length === 1 && sign === '}' ? ' }' : sign },
    });
  }

  /** Whether the item still holds the bracket that closes the present one. */
  private closesAhead(type: TokenType): boolean {
    let depth = 0;
    for (let ahead = 1; ; ahead++) {
      const token = this.LA(ahead);
      if (this.isOutside(token)) return false;
      if (depth === 0 && token.tokenType === type) return true;
      if (this.opens(token)) depth++;
      else if (closers.has(token.tokenType)) depth--;
      else if (token.tokenType === T.Newline && depth === 0) return false;
      if (depth < 0) return false;
    }
  }

  // -------------------------------------------------------------- skipping

  /** Whether a bracket opens here that is closed again. */
  private opens(token: IToken): boolean {
    return openers.has(token.tokenType) && !this.unclosed.has(token);
  }

  /** Whether a block ends with the line, because only enclosing blocks are closed below. */
  protected endsWithLine(open: IToken): boolean {
    return this.unclosed.has(open) && this.is(T.Newline);
  }

  /** Skips a token, or a bracket with all that it holds. */
  protected skipOne(): void {
    let depth = 0;
    do {
      if (this.atEnd()) return;
      const next = this.next;
      if (this.opens(next)) depth++;
      else if (closers.has(next.tokenType)) depth--;
      this.SKIP_TOKEN();
    } while (depth > 0);
  }

  /** Skips the rest of an item. */
  protected skipItem(): void {
    while (!this.atItemEnd()) this.skipOne();
  }

  /** Skips the rest of an item whose problem is already reported. */
  protected giveUp(): void {
    this.skipItem();
    this.reportedAt = this.here();
  }

  /** Reports what does not belong to the item that was just read, and skips it. */
  protected leftover(what: string): void {
    if (this.RECORDING_PHASE || this.atItemEnd()) return;
    this.expectedOperator(what);
    this.skipItem();
  }

  /** Reports what should stand before the next token, which may be an operator of another language. */
  protected expectedOperator(what: string): void {
    const { image } = this.next;
    const hint = Object.hasOwn(foreignOperators, image) ? foreignOperators[image] : undefined;
    const sign = hint?.sign;
    const fix = sign === undefined ? {} : { fix: { title: `Write \`${sign}\``, span: this.spanOf(this.next), text: sign } };
    this.expected(what, hint ? { help: hint.help, ...fix } : {});
  }
}

/** Operators as other languages write them. */
const foreignOperators: Readonly<Record<string, { readonly help: string; readonly sign?: string }>> = {
  AND: { help: 'Write `and`.', sign: 'and' },
  And: { help: 'Write `and`.', sign: 'and' },
  OR: { help: 'Write `or`.', sign: 'or' },
  Or: { help: 'Write `or`.', sign: 'or' },
  IN: { help: 'Write `in`.', sign: 'in' },
  between: { help: 'A range is written `x in 1..3`.' },
  BETWEEN: { help: 'A range is written `x in 1..3`.' },
  like: { help: 'A pattern is written `x matches "…"`; it is found anywhere in the text, and `^` and `$` tie it to both ends.' },
  LIKE: { help: 'A pattern is written `x matches "…"`; it is found anywhere in the text, and `^` and `$` tie it to both ends.' },
  mod: { help: 'The remainder is written `%`, with spaces.', sign: '%' },
  is: { help: 'Equality is written `==`.', sign: '==' },
  IS: { help: 'A test for null is written `x == null` or `x != null`.' },
  '**': { help: 'A power is written `power(x, 2)`.' },
  '^': { help: 'A power is written `power(x, 2)`.' },
  WHEN: { help: 'A choice is written `if c then a else b`.' },
  CASE: { help: 'A choice is written `if c then a else b`.' },
  when: { help: 'A choice is written `if c then a else b`.' },
  if: { help: 'A choice is written `if c then a else b`.' },
  '?': { help: 'A choice is written `if c then a else b`.' },
};

export const isForeignOperator = (image: string): boolean => Object.hasOwn(foreignOperators, image);

export const shorten = (image: string, length = 24): string =>
  (image.length > length ? `${image.slice(0, length - 1)}…` : image).replace(/\s+/g, ' ');
