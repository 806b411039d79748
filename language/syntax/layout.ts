/**
 * From text to the tokens that the parser reads: decides which line ends close an item, gathers the `///` texts, and turns the signs
 * of other languages into the ones meant here, each with a problem.
 */
import { type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import type { SyntaxProblem } from './ast.ts';
import { lexer, T } from './tokens.ts';

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
  const result = lexer.tokenize(text);
  const problems: SyntaxProblem[] = [];
  for (const error of result.errors) problems.push(unknownCharacters(text.slice(error.offset, error.offset + error.length), error.offset));
  const written = result.tokens.filter((token, i) => translate(token, result.tokens[i + 1], problems));
  markListTypes(written);
  const comments = result.groups['comments'] ?? [];
  const { unclosed, openAtEnd } = unclosedBrackets(written, text);
  const tokens = withoutInnerLineEnds(written, text, unclosed);
  return { tokens, docs: comments.length > 0 ? docsAbove(comments, tokens, text) : new Map(), comments, problems, unclosed, openAtEnd };
}

// ---------------------------------------------------------------- line ends

const leads = new Set<TokenType>([T.Pipe, T.PipeRight, T.Dot, T.And, T.Or, T.Coalesce, T.LeftBrace]);
const branches = new Set<TokenType>([T.Then, T.Else]);
const opened = new Set<TokenType>([T.Not, T.If, T.Then, T.Else, T.Pipe, T.PipeRight, T.Comma]);
/** Of each bracket the one that opens: of an opening one itself. */
const brackets = new Map<TokenType, TokenType>([
  [T.LeftParen, T.LeftParen],
  [T.LeftBracket, T.LeftBracket],
  [T.LeftBrace, T.LeftBrace],
  [T.RightParen, T.LeftParen],
  [T.RightBracket, T.LeftBracket],
  [T.RightBrace, T.LeftBrace],
]);

/** Leaves only the line ends that close an item. */
function withoutInnerLineEnds(tokens: readonly IToken[], text: string, unclosed: ReadonlySet<IToken>): IToken[] {
  const kept: IToken[] = [];
  const open: TokenType[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token) continue;
    const type = token.tokenType;
    if (type !== T.Newline) {
      const opener = brackets.get(type);
      if (opener === type) {
        if (!unclosed.has(token)) open.push(type);
      } else if (opener && open.at(-1) === opener) open.pop();
      kept.push(token);
      continue;
    }
    const previous = kept.at(-1);
    if (!previous || previous.tokenType === T.Newline) continue;
    const inside = open.at(-1);
    if (inside === T.LeftParen || inside === T.LeftBracket) continue;
    let next = i + 1;
    while (tokens[next]?.tokenType === T.Newline) next++;
    if (closesNothing(previous) && !(inside === T.LeftBrace && previous.tokenType !== T.Comma && beginsItem(tokens[next], tokens[next + 1])))
      continue;
    if (inside === undefined && isIndented(tokens[next], text)) continue;
    if (!continues(tokens[next], tokens[next + 1])) kept.push(token);
  }
  return kept;
}

const closesNothing = (token: IToken): boolean => tokenMatcher(token, T.BinaryOperator) || opened.has(token.tokenType);

/** `name =` or `name :` begins an item, whatever the line before lacks. */
const beginsItem = (first: IToken | undefined, second: IToken | undefined): boolean =>
  first !== undefined && tokenMatcher(first, T.Identifier) && (second?.tokenType === T.Equals || second?.tokenType === T.Colon);

function continues(first: IToken | undefined, second: IToken | undefined): boolean {
  if (!first) return false;
  if (leads.has(first.tokenType)) return true;
  return branches.has(first.tokenType) && second?.tokenType !== T.Colon && second?.tokenType !== T.Equals;
}

/** An indented line outside of all blocks carries on with the declaration above. */
const isIndented = (token: IToken | undefined, text: string): boolean =>
  token !== undefined && token.startOffset > 0 && !/[\n\r]/.test(text[token.startOffset - 1] ?? '');

/**
 * Brackets that nothing closes before their block ends: they must not hide the line ends behind them. A `}` that begins its line closes
 * the block whose line is indented like it.
 */
function unclosedBrackets(tokens: readonly IToken[], text: string): { unclosed: ReadonlySet<IToken>; openAtEnd: IToken[] } {
  const unclosed = new Set<IToken>();
  const open: IToken[] = [];
  tokens.forEach((token, i) => {
    const type = token.tokenType;
    const opener = brackets.get(type);
    if (opener === type) open.push(token);
    if (!opener || opener === type) return;
    let at = open.length - 1;
    // A `)` never reaches across a brace, a `}` closes over whatever is still open inside.
    while (at >= 0 && open[at]?.tokenType !== opener && (type === T.RightBrace || open[at]?.tokenType !== T.LeftBrace)) at--;
    if (at < 0 || open[at]?.tokenType !== opener) return;
    if (type === T.RightBrace && tokens[i - 1]?.tokenType === T.Newline) at = blockIndentedLike(token, open, at, text);
    for (const left of open.splice(at).slice(1)) unclosed.add(left);
  });
  for (const left of open) if (left.tokenType !== T.LeftBrace) unclosed.add(left);
  return { unclosed, openAtEnd: open.filter(left => left.tokenType === T.LeftBrace) };
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
  while (start > 0 && !/[\n\r]/.test(text[start - 1] ?? '')) start--;
  let end = start;
  while (end < offset && /\s/.test(text[end] ?? '')) end++;
  return end - start;
}

/** `list<T>`: a line may end behind its `>`. */
function markListTypes(tokens: readonly IToken[]): void {
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.tokenType === T.Newline) depth = 0;
    else if (token?.tokenType === T.Less && tokens[i - 1]?.image === 'list') {
      depth++;
      retype(token, T.LeftAngle);
    } else if (token?.tokenType === T.Greater && depth > 0) {
      depth--;
      retype(token, T.RightAngle);
    }
  }
}

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
  token !== undefined && (token.startOffset < comment.startOffset || tokenMatcher(token, T.Separator));

function beginsLine(offset: number, text: string): boolean {
  for (let i = offset - 1; i >= 0; i--) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13) return true;
    if (code !== 32 && code !== 9) return false;
  }
  return true;
}

// ---------------------------------------------------------------- signs of other languages

export function retype(token: IToken, type: TokenType): void {
  token.tokenType = type;
  if (type.tokenTypeIdx !== undefined) token.tokenTypeIdx = type.tokenTypeIdx;
}

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

/** Types of tokens that may be, or be written with, a sign that is not the language's. */
const suspect = new Set<TokenType>([
  ...foreign.keys(),
  ...[T.Strict, T.NotEqual, T.LessEqual, T.GreaterEqual, T.Minus, T.Semicolon, T.HashComment, T.Junk, T.BlockComment],
]);

/** Reports a sign that is not the language's and gives it the type that was meant; false drops the token. */
function translate(token: IToken, next: IToken | undefined, problems: SyntaxProblem[]): boolean {
  const type = token.tokenType;
  if (!suspect.has(type)) return true;
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
      const sign = typed[token.image];
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
