/**
 * From text to tokens: one walk over the characters. It reads what a lexer reads that tries the patterns of all types in turn, at a
 * fraction of the cost: most tokens begin with a character that says what they are, and only the rest is held against patterns.
 */
import type { IToken, TokenType } from 'chevrotain';
import { letter } from '../text/writtenName.ts';
import { T, unclosedText, words } from './tokens.ts';

/** A run of characters that begin no token. */
interface Unread {
  readonly offset: number;
  readonly length: number;
}

export interface Lexed {
  readonly tokens: IToken[];
  readonly comments: readonly IToken[];
  readonly unread: readonly Unread[];
}

const numberOf = (type: TokenType): number => type.tokenTypeIdx ?? 0;

// ---------------------------------------------------------------- characters

/** What a token is that begins with a character; what is `other` is held against the patterns. */
const begins = { other: 0, blank: 1, lineEnd: 2, letter: 3, digit: 4, quote: 5, slash: 6, dot: 7, hash: 8, sign: 9 } as const;

const kinds = new Uint8Array(128);
const mark = (characters: string, kind: number): void => {
  for (let i = 0; i < characters.length; i++) kinds[characters.charCodeAt(i)] = kind;
};

const lower = 'abcdefghijklmnopqrstuvwxyz';

interface Sign {
  readonly image: string;
  readonly type: TokenType;
  readonly number: number;
}

/** By the first character, longer ones first. */
const signs: (readonly Sign[] | undefined)[] = [];
/** 1 for what can come second in a sign. */
const carriesOn = new Uint8Array(128);

function readSigns(): void {
  const written: readonly (readonly [string, TokenType])[] = [
    ['===', T.Strict],
    ['!==', T.Strict],
    ['|>', T.PipeRight],
    ['||', T.BarBar],
    ['==', T.EqualEqual],
    ['=>', T.Arrow],
    [':=', T.ColonEquals],
    ['!=', T.NotEqual],
    ['<=', T.LessEqual],
    ['>=', T.GreaterEqual],
    ['<>', T.LessGreater],
    ['??', T.Coalesce],
    ['&&', T.AndAnd],
    ['**', T.StarStar],
    ['|', T.Pipe],
    ['<', T.Less],
    ['>', T.Greater],
    ['=', T.Equals],
    ['?', T.Question],
    ['!', T.Bang],
    ['+', T.Plus],
    ['-', T.Minus],
    ['*', T.Star],
    ['%', T.Modulo],
    ['(', T.LeftParen],
    [')', T.RightParen],
    ['[', T.LeftBracket],
    [']', T.RightBracket],
    ['{', T.LeftBrace],
    ['}', T.RightBrace],
    [',', T.Comma],
    [';', T.Semicolon],
    [':', T.Colon],
    ['@', T.AtSign],
  ];
  for (const [image, type] of written) {
    const code = image.charCodeAt(0);
    signs[code] = [...(signs[code] ?? []), { image, type, number: numberOf(type) }];
    mark(image.slice(0, 1), begins.sign);
    if (image.length > 1) carriesOn[image.charCodeAt(1)] = 1;
  }
}

mark(' \t', begins.blank);
mark('\n\r', begins.lineEnd);
mark(`${lower}${lower.toUpperCase()}_`, begins.letter);
mark('0123456789', begins.digit);
mark('"\'', begins.quote);
mark('/', begins.slash);
mark('.', begins.dot);
mark('#', begins.hash);
readSigns();

const kindOf = (code: number): number => (code < 128 ? (kinds[code] ?? 0) : 0);

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
/** Of a number behind its first digit; undefined behind the text is none. */
const isDigitOrLine = (code: number): boolean => isDigit(code) || code === 95;
const isSmall = (code: number): boolean => code >= 97 && code <= 122;
/** Or a character beyond ASCII, which may be one. */
const isNamePart = (code: number): boolean => kindOf(code) === begins.letter || kindOf(code) === begins.digit || code >= 128;
const isLineEnd = (code: number): boolean => code === 10 || code === 13;

// ---------------------------------------------------------------- words

/** The words of the language as a tree over their letters: the place behind a letter at `place * 26 + letter`; 0 where no word goes on so. */
const ways: number[] = new Array(26).fill(0);
/** The word that ends at a place. */
const ends: (Sign | undefined)[] = [undefined];

for (const type of words) {
  const image = String(type.PATTERN);
  let place = 0;
  for (let i = 0; i < image.length; i++) {
    const way = place * 26 + image.charCodeAt(i) - 97;
    if (!ways[way]) {
      ways[way] = ends.length;
      ends.push(undefined);
      for (let letter = 0; letter < 26; letter++) ways.push(0);
    }
    place = ways[way] ?? 0;
  }
  ends[place] = { image, type, number: numberOf(type) };
}
const tree = Uint16Array.from(ways);

// ---------------------------------------------------------------- tokens

const identifier = numberOf(T.Identifier);
const newline = numberOf(T.Newline);

const made = (image: string, startOffset: number, tokenTypeIdx: number, tokenType: TokenType): IToken => ({
  image,
  startOffset,
  tokenTypeIdx,
  tokenType,
});

// ---------------------------------------------------------------- what is held against patterns

interface Patterned {
  readonly type: TokenType;
  readonly pattern: RegExp;
}

const patterned = (types: readonly TokenType[]): readonly Patterned[] =>
  types.flatMap(type => (type.PATTERN instanceof RegExp ? [{ type, pattern: new RegExp(type.PATTERN.source, 'y') }] : []));

/** What begins with no character of ASCII, or with one that tells nothing; in the order of the types. */
const rare = patterned([
  ...[T.Blank, T.Junk, T.CurlyQuoted, T.Identifier, T.Backticked, T.UnclosedName],
  ...[T.NotEqual, T.LessEqual, T.GreaterEqual, T.Minus],
]);
/** What begins with four digits and a hyphen. */
const moments = patterned([T.Timestamp, T.Date]);
/** What begins with a number and goes on with a letter. */
const glued = patterned([T.Scientific, T.NumberWord]);

/** Where a match ends that begins at an offset; negative where there is none. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

// ---------------------------------------------------------------- the walk

export function tokenize(text: string): Lexed {
  const tokens: IToken[] = [];
  const comments: IToken[] = [];
  const unread: Unread[] = [];
  const length = text.length;
  let mayClose = true;
  /** Where the lines end in which a quote was last found that nothing closes. */
  const open = { '"': 0, "'": 0 };
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    switch (kindOf(code)) {
      case begins.blank:
        at++;
        continue;
      case begins.lineEnd: {
        const image = code === 10 ? '\n' : text.charCodeAt(at + 1) === 10 ? '\r\n' : '\r';
        tokens.push(made(image, at, newline, T.Newline));
        at += image.length;
        continue;
      }
      case begins.letter: {
        const token = nameAt(text, at);
        tokens.push(token);
        at += token.image.length;
        continue;
      }
      case begins.sign: {
        const token = signAt(text, at, code);
        if (token === null) break;
        tokens.push(token);
        at += token.image.length;
        continue;
      }
      case begins.digit: {
        const token = numberAt(text, at);
        tokens.push(token);
        at += token.image.length;
        continue;
      }
      case begins.quote: {
        const quote = code === 34 ? '"' : "'";
        // The quotes behind one that nothing closes are escaped for it, so nothing closes them either.
        const end = at < open[quote] ? -1 : closeOf(text, at, code);
        if (end < 0 && at >= open[quote]) open[quote] = lineEndBehind(text, at);
        const token = end < 0 ? unclosedAt(text, at) : quotedAt(text, at, end, code);
        tokens.push(token);
        at += token.image.length;
        continue;
      }
      case begins.dot: {
        let end = at + 1;
        while (text.charCodeAt(end) === code) end++;
        const type = end === at + 1 ? T.Dot : end === at + 2 ? T.DotDot : T.Ellipsis;
        tokens.push(made(text.slice(at, end), at, numberOf(type), type));
        at = end;
        continue;
      }
      case begins.hash: {
        const end = lineEndBehind(text, at);
        tokens.push(made(text.slice(at, end), at, numberOf(T.HashComment), T.HashComment));
        at = end;
        continue;
      }
      case begins.slash: {
        const next = text.charCodeAt(at + 1);
        if (next === 47) {
          const end = lineEndBehind(text, at);
          comments.push(made(text.slice(at, end), at, numberOf(T.Comment), T.Comment));
          at = end;
          continue;
        }
        const close = next === 42 && mayClose ? text.indexOf('*/', at + 2) : -1;
        // What nothing closes is not looked for again.
        if (next === 42 && close < 0) mayClose = false;
        const type = close < 0 ? T.Slash : T.BlockComment;
        const end = close < 0 ? at + 1 : close + 2;
        tokens.push(made(text.slice(at, end), at, numberOf(type), type));
        at = end;
        continue;
      }
      default:
    }
    at = readByPatterns(text, at, tokens, unread);
  }
  return { tokens, comments, unread };
}

/** What no character told. Gives where to read on. */
function readByPatterns(text: string, at: number, tokens: IToken[], unread: Unread[]): number {
  const token = firstOf(rare, text, at);
  if (token !== null) {
    if (token.tokenType !== T.Blank) tokens.push(token);
    return at + token.image.length;
  }
  const last = unread[unread.length - 1];
  if (last !== undefined && last.offset + last.length === at) unread[unread.length - 1] = { offset: last.offset, length: last.length + 1 };
  else unread.push({ offset: at, length: 1 });
  return at + 1;
}

function lineEndBehind(text: string, at: number): number {
  let end = at;
  while (end < text.length && !isLineEnd(text.charCodeAt(end))) end++;
  return end;
}

function signAt(text: string, at: number, code: number): IToken | null {
  const candidates = signs[code] ?? [];
  const next = text.charCodeAt(at + 1);
  // The shortest is the sign alone, where there is one.
  let i = next < 128 && carriesOn[next] === 1 ? 0 : candidates.length - 1;
  for (; i < candidates.length; i++) {
    const sign = candidates[i];
    if (sign !== undefined && (sign.image.length === 1 || text.startsWith(sign.image, at))) return made(sign.image, at, sign.number, sign.type);
  }
  return null;
}

/** A word or a name that begins with a letter of ASCII. */
function nameAt(text: string, at: number): IToken {
  let end = at;
  let place = 0;
  let code = text.charCodeAt(end);
  while (isSmall(code)) {
    // Place 0 is the beginning, so what has left the tree must not enter it again.
    place = end > at && place === 0 ? 0 : (tree[place * 26 + code - 97] ?? 0);
    code = text.charCodeAt(++end);
  }
  const asWord = end;
  while (kindOf(code) === begins.letter || kindOf(code) === begins.digit) code = text.charCodeAt(++end);
  if (code >= 128) end = endOf(nameRest, text, end);
  const word = end === asWord ? ends[place] : undefined;
  return word === undefined ? made(text.slice(at, end), at, identifier, T.Identifier) : made(word.image, at, word.number, word.type);
}

const nameRest = new RegExp(`[${letter}\\d]*`, 'y');

/** A number with all that is glued to it: a date, a share, a duration. */
function numberAt(text: string, at: number): IToken {
  let end = digitsEnd(text, at);
  let code = text.charCodeAt(end);
  if (code === 45 && end === at + 4) {
    const moment = firstOf(moments, text, at);
    if (moment !== null) return moment;
  }
  if (code === 46 && isDigit(text.charCodeAt(end + 1))) {
    end = digitsEnd(text, end + 1);
    code = text.charCodeAt(end);
  }
  if (code === 37) return made(text.slice(at, end + 1), at, numberOf(T.Percent), T.Percent);
  if (kindOf(code) !== begins.letter && !(code >= 128)) return made(text.slice(at, end), at, numberOf(T.Number), T.Number);
  // A unit of one letter is by far the most usual.
  const isUnit = isSmall(code) && code !== 101 && !isNamePart(text.charCodeAt(end + 1));
  if (isUnit) return made(text.slice(at, end + 1), at, numberOf(T.NumberWord), T.NumberWord);
  return firstOf(glued, text, at) ?? made(text.slice(at, end), at, numberOf(T.Number), T.Number);
}

/** The first type whose pattern matches at an offset. */
function firstOf(types: readonly Patterned[], text: string, at: number): IToken | null {
  for (const { type, pattern } of types) {
    const end = endOf(pattern, text, at);
    if (end >= 0) return made(text.slice(at, end), at, numberOf(type), type);
  }
  return null;
}

function digitsEnd(text: string, at: number): number {
  let end = at + 1;
  while (isDigitOrLine(text.charCodeAt(end))) end++;
  return end;
}

/** Behind the quote that closes the one at an offset; negative where the line ends first. */
function closeOf(text: string, at: number, quote: number): number {
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === quote) return end + 1;
    if (code === 92) end++;
    if (isLineEnd(text.charCodeAt(end))) break;
  }
  return -1;
}

function quotedAt(text: string, at: number, end: number, quote: number): IToken {
  const type = quote === 34 ? T.Text : T.SingleQuoted;
  return made(text.slice(at, end), at, numberOf(type), type);
}

const unclosedAt = (text: string, at: number): IToken => made(unclosedText(text, at), at, numberOf(T.UnclosedText), T.UnclosedText);
