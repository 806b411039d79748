/**
 * From text to the tokens that the parser reads: decides which line ends close an item, gathers the `///` texts, and turns the signs
 * of other languages into the ones meant here, each with a problem.
 */
import type { IToken, TokenType } from 'chevrotain';
import type { SyntaxProblem } from './ast.ts';
import { tokenize } from './lexer.ts';
import { isOf, retype, T, typeCount } from './tokens.ts';

export interface Tokens {
  readonly tokens: IToken[];
  /** The `///` text above a token, by the token's offset. */
  readonly docs: ReadonlyMap<number, string>;
  readonly comments: readonly IToken[];
  /** Opening brackets that nothing closes inside their block; of braces, only those below a block that is closed. */
  readonly unclosed: ReadonlySet<IToken>;
  /** Braces that are open at the end of the text. */
  readonly openAtEnd: readonly IToken[];
  readonly problems: readonly SyntaxProblem[];
}

export const endOf = (token: IToken): number => token.startOffset + token.image.length;

export function readTokens(text: string): Tokens {
  const { tokens, comments, unread } = tokenize(text);
  const problems: SyntaxProblem[] = [];
  for (const { offset, length } of unread) problems.push(unknownCharacters(text.slice(offset, offset + length), offset));
  const { unclosed, openAtEnd } = mended(tokens, text, problems);
  leaveOutInnerLineEnds(tokens, text, unclosed);
  return { tokens, docs: comments.length > 0 ? docsAbove(comments, tokens, text) : noDocs, comments, problems, unclosed, openAtEnd };
}

const noDocs: ReadonlyMap<number, string> = new Map();

// ---------------------------------------------------------------- what is looked at

/** What makes a token of a type be looked at; most tokens are passed over with one look into a table. */
const trait = { suspect: 1, bracket: 2, lineEnd: 4, angle: 8, leads: 16, branches: 32, hangs: 64 } as const;

const traits = new Uint8Array(typeCount);
function have(what: number, types: Iterable<TokenType>): void {
  for (const { tokenTypeIdx, categoryMatches } of types)
    for (const number of [tokenTypeIdx ?? 0, ...(categoryMatches ?? [])]) traits[number] = (traits[number] ?? 0) | what;
}

const traitsOf = (token: IToken): number => traits[token.tokenTypeIdx] ?? 0;

/** Of each bracket the one that opens: of an opening one itself. */
const brackets = new Map<TokenType, TokenType>([
  [T.LeftParen, T.LeftParen],
  [T.LeftBracket, T.LeftBracket],
  [T.LeftBrace, T.LeftBrace],
  [T.RightParen, T.LeftParen],
  [T.RightBracket, T.LeftBracket],
  [T.RightBrace, T.LeftBrace],
]);

have(trait.bracket, brackets.keys());
have(trait.lineEnd, [T.Newline]);
have(trait.angle, [T.Less, T.Greater]);
/** Carries on with the line above. */
have(trait.leads, [T.Pipe, T.PipeRight, T.Dot, T.And, T.Or, T.Coalesce, T.LeftBrace]);
have(trait.branches, [T.Then, T.Else]);
/** A line never ends behind it. */
have(trait.hangs, [T.BinaryOperator, T.Not, T.If, T.Then, T.Else, T.Pipe, T.PipeRight, T.Comma]);

// ---------------------------------------------------------------- signs and brackets

/** Brackets that nothing closes before their block ends: they must not hide the line ends behind them. */
type Unclosed = Pick<Tokens, 'unclosed' | 'openAtEnd'>;

const none: ReadonlySet<IToken> = new Set();

/** Gives signs the type that was meant, drops what is none, and says of the brackets which are never closed. */
function mended(tokens: IToken[], text: string, problems: SyntaxProblem[]): Unclosed {
  const open: IToken[] = [];
  const unclosed: IToken[] = [];
  let lists = 0;
  let kept = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) continue;
    const has = traitsOf(token);
    if (has !== 0) {
      const before = tokens[kept - 1];
      if (has & trait.suspect && !translate(token, tokens[i + 1], problems)) continue;
      if (has & trait.bracket) matchBracket(token, before, open, unclosed, text);
      else if (has & trait.lineEnd) lists = 0;
      else if (has & trait.angle) lists = markListType(token, before, lists);
    }
    tokens[kept++] = token;
  }
  tokens.length = kept;
  if (open.length === 0 && unclosed.length === 0) return { unclosed: none, openAtEnd: open };
  for (const left of open) if (left.tokenType !== T.LeftBrace) unclosed.push(left);
  return { unclosed: new Set(unclosed), openAtEnd: open.filter(left => left.tokenType === T.LeftBrace) };
}

/** A `}` that begins its line closes the block whose line is indented like it. */
function matchBracket(token: IToken, before: IToken | undefined, open: IToken[], unclosed: IToken[], text: string): void {
  const type = token.tokenType;
  const opener = brackets.get(type);
  if (opener === type) {
    open.push(token);
    return;
  }
  let at = open.length - 1;
  // A `)` never reaches across a brace, a `}` closes over whatever is still open inside.
  while (at >= 0 && open[at]?.tokenType !== opener && (type === T.RightBrace || open[at]?.tokenType !== T.LeftBrace)) at--;
  if (at < 0 || open[at]?.tokenType !== opener) return;
  if (type === T.RightBrace && before?.tokenType === T.Newline) at = blockIndentedLike(token, open, at, text);
  for (let inner = at + 1; inner < open.length; inner++) {
    const left = open[inner];
    if (left !== undefined) unclosed.push(left);
  }
  open.length = at;
}

function blockIndentedLike(closing: IToken, open: readonly IToken[], nearest: number, text: string): number {
  const indent = indentAt(closing.startOffset, text);
  const fits = (at: number): boolean => open[at]?.tokenType === T.LeftBrace && indentAt(open[at]?.startOffset ?? 0, text) === indent;
  if (fits(nearest)) return nearest;
  for (let at = nearest - 1; at >= 0; at--) if (fits(at)) return at;
  return nearest;
}

/** How many characters of white space begin the line of an offset. */
function indentAt(offset: number, text: string): number {
  let start = offset;
  while (start > 0 && !endsLine(text.charCodeAt(start - 1))) start--;
  let end = start;
  while (end < offset && /\s/.test(text[end] ?? '')) end++;
  return end - start;
}

const endsLine = (code: number): boolean => code === 10 || code === 13;

/** `list<T>`: a line may end behind its `>`. Gives how many are open behind the token. */
function markListType(token: IToken, before: IToken | undefined, open: number): number {
  if (token.tokenType === T.Less && before?.image === 'list') {
    retype(token, T.LeftAngle);
    return open + 1;
  }
  if (token.tokenType === T.Less || open === 0) return open;
  retype(token, T.RightAngle);
  return open - 1;
}

// ---------------------------------------------------------------- line ends

/** Leaves only the line ends that close an item. */
function leaveOutInnerLineEnds(tokens: IToken[], text: string, unclosed: ReadonlySet<IToken>): void {
  const open: TokenType[] = [];
  let kept = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) continue;
    const has = traitsOf(token);
    if (has & trait.bracket) {
      const type = token.tokenType;
      const opener = brackets.get(type);
      if (opener === type) {
        if (!unclosed.has(token)) open.push(type);
      } else if (open.at(-1) === opener) open.pop();
    } else if (has & trait.lineEnd && !closesItem(tokens[kept - 1], tokens, i, open.at(-1), text)) continue;
    tokens[kept++] = token;
  }
  tokens.length = kept;
}

/** Whether the line end at `i`, inside of this bracket and behind that token, closes an item. */
function closesItem(previous: IToken | undefined, tokens: readonly IToken[], i: number, inside: TokenType | undefined, text: string): boolean {
  if (previous === undefined || previous.tokenType === T.Newline) return false;
  if (inside === T.LeftParen || inside === T.LeftBracket) return false;
  let at = i + 1;
  while (tokens[at]?.tokenType === T.Newline) at++;
  const next = tokens[at];
  const second = tokens[at + 1];
  if (traitsOf(previous) & trait.hangs && !(inside === T.LeftBrace && previous.tokenType !== T.Comma && beginsItem(next, second))) return false;
  if (inside === undefined && isIndented(next, text)) return false;
  return !continues(next, second);
}

const isNaming = (token: IToken | undefined): boolean => token?.tokenType === T.Equals || token?.tokenType === T.Colon;

/** `name =` or `name :` begins an item, whatever the line before lacks. */
const beginsItem = (first: IToken | undefined, second: IToken | undefined): boolean =>
  first !== undefined && isOf(first, T.Identifier) && isNaming(second);

function continues(first: IToken | undefined, second: IToken | undefined): boolean {
  if (first === undefined) return false;
  const has = traitsOf(first);
  return (has & trait.leads) !== 0 || ((has & trait.branches) !== 0 && !isNaming(second));
}

/** An indented line outside of all blocks carries on with the declaration above. */
const isIndented = (token: IToken | undefined, text: string): boolean =>
  token !== undefined && token.startOffset > 0 && !endsLine(text.charCodeAt(token.startOffset - 1));

// ---------------------------------------------------------------- documentation

/** Runs of `///` lines, each for the first token behind it; behind other text on its line, `///` is a plain comment. */
function docsAbove(comments: readonly IToken[], tokens: readonly IToken[], text: string): Map<number, string> {
  const docs = new Map<number, string>();
  let next = 0;
  let lines: string[] = [];
  let above = -1;
  for (const comment of comments) {
    while (isBefore(tokens[next], comment)) next++;
    const owner = tokens[next]?.startOffset ?? -1;
    const isDoc = comment.image.startsWith('///') && beginsLine(comment.startOffset, text);
    if (owner !== above || !isDoc) lines = [];
    above = owner;
    if (!isDoc || owner < 0) continue;
    lines.push(comment.image.slice(3).replace(/^ /, '').trimEnd());
    docs.set(owner, lines.join('\n'));
  }
  return docs;
}

const isBefore = (token: IToken | undefined, comment: IToken): boolean =>
  token !== undefined && (token.startOffset < comment.startOffset || isOf(token, T.Separator));

function beginsLine(offset: number, text: string): boolean {
  for (let i = offset - 1; i >= 0; i--) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13) return true;
    if (code !== 32 && code !== 9) return false;
  }
  return true;
}

// ---------------------------------------------------------------- signs of other languages

interface Foreign {
  readonly type: TokenType;
  readonly sign: string;
  readonly what: string;
}

const foreign = new Map<TokenType, Foreign>([
  [T.AndAnd, { type: T.And, sign: 'and', what: '“and” is written as a word' }],
  [T.BarBar, { type: T.Or, sign: 'or', what: '“or” is written as a word' }],
  [T.Bang, { type: T.Not, sign: 'not ', what: '“not” is written as a word' }],
  [T.LessGreater, { type: T.NotEqual, sign: '!=', what: '“not equal” is written `!=`' }],
  [T.Ellipsis, { type: T.DotDot, sign: '..', what: 'A range is written with two dots' }],
  [T.Arrow, { type: T.GreaterEqual, sign: '>=', what: '“at least” is written `>=`' }],
  [T.ColonEquals, { type: T.Equals, sign: '=', what: 'A definition is written with `=`' }],
]);

/** What may be, or be written with, a sign that is not the language's. */
have(trait.suspect, [
  ...foreign.keys(),
  ...[T.Strict, T.NotEqual, T.LessEqual, T.GreaterEqual, T.Minus, T.Semicolon, T.HashComment, T.Junk, T.BlockComment],
]);

/** Reports a sign that is not the language's and gives it the type that was meant; false drops the token. */
function translate(token: IToken, next: IToken | undefined, problems: SyntaxProblem[]): boolean {
  const type = token.tokenType;
  const meant = foreign.get(type);
  if (meant) {
    problems.push(signProblem(token, meant.what, meant.sign));
    retype(token, meant.type);
    return true;
  }
  switch (type) {
    case T.Strict: {
      const isEqual = token.image.startsWith('=');
      problems.push(signProblem(token, isEqual ? '“equal” is written `==`' : '“not equal” is written `!=`', isEqual ? '==' : '!='));
      retype(token, isEqual ? T.EqualEqual : T.NotEqual);
      return true;
    }
    case T.NotEqual:
    case T.LessEqual:
    case T.GreaterEqual:
    case T.Minus: {
      const sign = isAscii(token.image) ? undefined : typed[token.image];
      if (sign !== undefined) problems.push(signProblem(token, `This sign is written \`${sign}\``, sign));
      return true;
    }
    case T.Semicolon:
      if (next && next.tokenType !== T.Newline && next.tokenType !== T.RightBrace) {
        problems.push(signProblem(token, 'On one line, items are separated by commas', ','));
        retype(token, T.Comma);
        return true;
      }
      problems.push({
        ...signProblem(token, 'Nothing ends with `;` here: an item ends with its line', ''),
        help: 'Leave the `;` out.',
        fix: { title: 'Remove the `;`', span: { start: token.startOffset, end: endOf(token) }, text: '' },
      });
      return false;
    case T.HashComment:
      problems.push({
        ...signProblem(token, 'A comment begins with `//`', '//'),
        fix: { title: 'Write `//`', span: { start: token.startOffset, end: token.startOffset + 1 }, text: '//' },
      });
      return false;
    case T.Junk:
      problems.push(unknownCharacters(token.image, token.startOffset));
      return false;
    case T.BlockComment:
      problems.push({
        ...signProblem(token, 'A comment begins with `//` and ends with its line', ''),
        fix: { title: 'Write `//` before each line', span: { start: token.startOffset, end: endOf(token) }, text: asLineComments(token.image) },
        help: 'Write `//` before each line of the comment.',
      });
      return false;
    default:
      return true;
  }
}

const typed: Readonly<Record<string, string>> = { '≠': '!=', '≤': '<=', '≥': '>=', '−': '-' };

const isAscii = (image: string): boolean => image.charCodeAt(0) < 128;

const asLineComments = (image: string): string =>
  image
    .slice(2, -2)
    .split(/\r\n|\n|\r/)
    .map(line => `// ${line.replace(/^\s*\*?\s?/, '').trimEnd()}`.trimEnd())
    .join('\n');

const signProblem = (token: IToken, message: string, sign: string): SyntaxProblem => ({
  rule: 'syntax-error',
  span: { start: token.startOffset, end: endOf(token) },
  message: `${message}.`,
  help: sign === '' ? null : `Write \`${sign.trim()}\` instead of \`${token.image.slice(0, 12)}\`.`,
  fix: sign === '' ? null : { title: `Write \`${sign.trim()}\``, span: { start: token.startOffset, end: endOf(token) }, text: sign },
});

function unknownCharacters(image: string, start: number): SyntaxProblem {
  const length = image.length;
  const code = image.codePointAt(0) ?? 0;
  const shown =
    code < 32 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000) || code >= 0xfff0
      ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
      : String.fromCodePoint(code);
  return {
    rule: 'syntax-error',
    span: { start, end: start + length },
    message: `\`${shown}\` has no meaning here.`,
    help: 'Leave it out; in a name, write the name between backticks, in a text between double quotes.',
    fix: { title: 'Remove it', span: { start, end: start + length }, text: '' },
  };
}
