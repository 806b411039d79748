/**
 * The words and signs of the language, as a lexer that tries their patterns in turn reads them. Words are contextual: every keyword also
 * counts as an identifier, so that a column may be called `source`. Signs of other languages are read too, for the parser to say what is
 * written here.
 */
import { EmbeddedActionsParser, type IToken, Lexer, type TokenType } from 'chevrotain';
import { letter } from '../text/writtenName.ts';

const vocabulary: TokenType[] = [];

/** Written as what `createToken` makes: it goes through all tokens of a category for each one more, the lexer once for all. */
function token(type: TokenType): TokenType {
  vocabulary.push(type);
  return type;
}

const abstract = (name: string, categories: TokenType[] = []): TokenType => token({ name, PATTERN: Lexer.NA, CATEGORIES: categories });

/** Whatever may stand inside an item; not its separators and not the end of a block. */
const Piece = abstract('Piece');
/** Ends an item. */
const Separator = abstract('Separator');
/** Stands between two operands; a line never ends behind it. */
const BinaryOperator = abstract('BinaryOperator', [Piece]);

/** A value that is written out; of these the texts, however they are quoted. */
const Literal = abstract('Literal', [Piece]);
const Quoted = abstract('Quoted', [Literal]);

const piece = (name: string, pattern: string | RegExp): TokenType => token({ name, PATTERN: pattern, CATEGORIES: [Piece] });
const literal = (name: string, pattern: RegExp): TokenType => token({ name, PATTERN: pattern, CATEGORIES: [Literal] });
const quoted = (name: string, pattern: RegExp): TokenType => token({ name, PATTERN: pattern, CATEGORIES: [Quoted] });
const operator = (name: string, pattern: string | RegExp): TokenType => token({ name, PATTERN: pattern, CATEGORIES: [BinaryOperator] });

const digits = '\\d[\\d_]*(?:\\.\\d[\\d_]*)?';

const Newline = token({ name: 'Newline', PATTERN: /\r\n|\n|\r/, CATEGORIES: [Separator], LINE_BREAKS: true });
const Blank = token({ name: 'Blank', PATTERN: /[ \t\v\f\u00a0\u2000-\u200b\u202f\u3000\ufeff]+/, GROUP: Lexer.SKIPPED });
const Comment = token({ name: 'Comment', PATTERN: /\/\/[^\n\r]*/, GROUP: 'comments' });
const BlockComment = token({ name: 'BlockComment', PATTERN: /\/\*(?:[^*]|\*(?!\/))*\*\//, LINE_BREAKS: true });
const HashComment = token({ name: 'HashComment', PATTERN: /#[^\n\r]*/ });

/** Signs that mean nothing in a program, a run of them at a time. */
const Junk = token({
  name: 'Junk',
  PATTERN:
    /[$~^\\\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u037e\u200c-\u201b\u201f-\u202e\u2030-\u2211\u2213-\u225f\u2261-\u2263\u2266-\u2bff\u2ff0-\u2fff\u3001-\u3040\ud800-\uf8ff\ufdd0-\ufe6f\ufefd\ufefe\uff00-\uffff]+/,
});

const Timestamp = literal('Timestamp', /\d{4}-\d{1,2}-\d{1,2}[Tt]\d{1,2}(?::\d{1,2})*(?:\.\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})?/);
const DateToken = literal('Date', /\d{4}-\d{1,2}-\d{1,2}(?!\d)/);
const Percent = literal('Percent', new RegExp(`${digits}%`));
const Scientific = literal('Scientific', new RegExp(`${digits}[eE][+-]?\\d+(?![${letter}\\d])`));
/** A number with letters glued to it: a duration such as `30d`, a multiple such as `3x`, or a mistake. */
const NumberWord = literal('NumberWord', new RegExp(`${digits}(?![\\d_])[${letter}][${letter}\\d]*`));
const NumberToken = literal('Number', new RegExp(digits));
const Text = quoted('Text', /"(?:[^"\\\n\r]|\\[^\n\r])*"/);

/** From a quote that the line does not close; brackets, commas, roles and comments that end the line stay outside. */
export function unclosedText(text: string, offset: number): string {
  endOrOutside.lastIndex = offset;
  let end = endOrOutside.exec(text)?.index ?? text.length;
  while (end > offset + 1 && outside.has(text[end - 1] ?? '')) end--;
  return text.slice(offset, end);
}
const outside = new Set([' ', '\t', ')', ']', '}', ',', '{']);
/** The line's end, or what a text that is not closed hides the least likely. */
const endOrOutside = /[\n\r]|\s(?:@|\/\/)/g;

const SingleQuoted = quoted('SingleQuoted', /'(?:[^'\\\n\r]|\\[^\n\r])*'/);
/** No further than texts go in programs, for each of many that nothing closes is looked through so far. */
const CurlyQuoted = quoted('CurlyQuoted', /[\u201c\u201d\u201e][^"\n\r\u201c\u201d]{0,999}[\u201c\u201d"]/);
const UnclosedText = token({
  name: 'UnclosedText',
  PATTERN: (text, offset) => (text[offset] === '"' || text[offset] === "'" ? [unclosedText(text, offset)] : null),
  START_CHARS_HINT: ['"', "'"],
  LINE_BREAKS: false,
  CATEGORIES: [Quoted],
});

const Identifier = token({ name: 'Identifier', PATTERN: new RegExp(`[${letter}][${letter}\\d]*`), CATEGORIES: [Piece] });
const Backticked = token({ name: 'Backticked', PATTERN: /`[^`\n\r]+`/, CATEGORIES: [Identifier] });
const UnclosedName = token({ name: 'UnclosedName', PATTERN: /`[\w ]*/, CATEGORIES: [Identifier] });

const reserved = (name: string, word: string, category: TokenType): TokenType =>
  token({ name, PATTERN: word, LONGER_ALT: Identifier, CATEGORIES: [category] });
const word = (name: string): TokenType => token({ name: `Word_${name}`, PATTERN: name, LONGER_ALT: Identifier, CATEGORIES: [Identifier] });

/** The token types by name. */
export const T = {
  Piece,
  Separator,
  BinaryOperator,
  Literal,
  Quoted,
  Newline,
  Blank,
  Comment,
  BlockComment,
  Junk,
  HashComment,
  Timestamp,
  Date: DateToken,
  Percent,
  Scientific,
  NumberWord,
  Number: NumberToken,
  Text,
  SingleQuoted,
  CurlyQuoted,
  UnclosedText,
  Identifier,
  Backticked,
  UnclosedName,

  And: reserved('And', 'and', BinaryOperator),
  Or: reserved('Or', 'or', BinaryOperator),
  In: reserved('In', 'in', BinaryOperator),
  Matches: reserved('Matches', 'matches', BinaryOperator),
  Div: reserved('Div', 'div', BinaryOperator),
  Not: reserved('Not', 'not', Piece),
  If: reserved('If', 'if', Piece),
  Then: reserved('Then', 'then', Piece),
  Else: reserved('Else', 'else', Piece),
  True: reserved('True', 'true', Literal),
  False: reserved('False', 'false', Literal),
  Null: reserved('Null', 'null', Literal),

  Import: word('import'),
  Param: word('param'),
  Def: word('def'),
  Source: word('source'),
  Table: word('table'),
  Check: word('check'),
  Task: word('task'),
  Split: word('split'),
  Features: word('features'),
  Model: word('model'),
  Evaluate: word('evaluate'),
  Test: word('test'),
  Mine: word('mine'),
  Deploy: word('deploy'),
  Monitor: word('monitor'),
  Policy: word('policy'),
  From: word('from'),
  Until: word('until'),
  To: word('to'),
  For: word('for'),
  By: word('by'),
  At: word('at'),
  On: word('on'),
  As: word('as'),
  Of: word('of'),
  Via: word('via'),
  Last: word('last'),
  Next: word('next'),
  Lag: word('lag'),
  Where: word('where'),
  Each: word('each'),
  Every: word('every'),
  Label: word('label'),
  Best: word('best'),
  Max: word('max'),
  Min: word('min'),
  Is: word('is'),
  Unique: word('unique'),
  Immutable: word('immutable'),
  Unit: word('unit'),
  Derive: word('derive'),
  Select: word('select'),
  Drop: word('drop'),
  Rename: word('rename'),
  Left: word('left'),
  Inner: word('inner'),
  Join: word('join'),
  Union: word('union'),
  Group: word('group'),
  Dedupe: word('dedupe'),
  Keep: word('keep'),
  Latest: word('latest'),
  Earliest: word('earliest'),
  Time: word('time'),
  Known: word('known'),
  Sort: word('sort'),
  Desc: word('desc'),
  Asc: word('asc'),
  Sample: word('sample'),
  History: word('history'),
  Seed: word('seed'),

  PipeRight: piece('PipeRight', /\|>/),
  BarBar: piece('BarBar', /\|\|/),
  Pipe: piece('Pipe', /\|/),
  Ellipsis: piece('Ellipsis', /\.\.\.+/),
  DotDot: piece('DotDot', /\.\./),
  Dot: piece('Dot', /\./),
  Strict: operator('Strict', /[=!]==/),
  EqualEqual: operator('EqualEqual', /==/),
  Arrow: piece('Arrow', /=>/),
  ColonEquals: piece('ColonEquals', /:=/),
  NotEqual: operator('NotEqual', /!=|\u2260/),
  LessEqual: operator('LessEqual', /<=|\u2264/),
  GreaterEqual: operator('GreaterEqual', />=|\u2265/),
  LessGreater: operator('LessGreater', /<>/),
  Less: operator('Less', /</),
  Greater: operator('Greater', />/),
  Equals: piece('Equals', /=/),
  Coalesce: operator('Coalesce', /\?\?/),
  Question: piece('Question', /\?/),
  AndAnd: piece('AndAnd', /&&/),
  Bang: piece('Bang', /!/),
  Plus: operator('Plus', /\+/),
  Minus: operator('Minus', /[-\u2212]/),
  StarStar: piece('StarStar', /\*\*/),
  Star: operator('Star', /\*/),
  Slash: operator('Slash', /\//),
  Modulo: operator('Modulo', /%/),
  LeftParen: piece('LeftParen', /\(/),
  RightParen: piece('RightParen', /\)/),
  LeftBracket: piece('LeftBracket', /\[/),
  RightBracket: piece('RightBracket', /\]/),
  LeftBrace: piece('LeftBrace', /\{/),
  RightBrace: token({ name: 'RightBrace', PATTERN: /\}/ }),
  /** `<` and `>` around the element of a list type; only the layout pass makes them. */
  LeftAngle: piece('LeftAngle', Lexer.NA),
  RightAngle: piece('RightAngle', Lexer.NA),
  Comma: token({ name: 'Comma', PATTERN: /,/, CATEGORIES: [Separator] }),
  Semicolon: token({ name: 'Semicolon', PATTERN: /;/, CATEGORIES: [Separator] }),
  Colon: piece('Colon', /:/),
  AtSign: piece('AtSign', /@/),
} as const;

const isWord = (type: TokenType): boolean => typeof type.PATTERN === 'string';
/** `inner` before `in`, `asc` before `as`: a word that begins like another would be read as an identifier behind it. */
const longestFirst = (a: TokenType, b: TokenType): number => String(b.PATTERN).length - String(a.PATTERN).length;
export const words: readonly TokenType[] = vocabulary.filter(isWord).sort(longestFirst);
const others = vocabulary.filter(type => !isWord(type));
/** As a lexer that reads all of them has to try them: words before identifiers, longer signs before shorter ones. */
export const tokenTypes: readonly TokenType[] = [...words, ...others];

// Chevrotain numbers types for whatever is made of them, and a parser without rules is soonest made.
new EmbeddedActionsParser([...tokenTypes]);

export function retype(token: IToken, type: TokenType): void {
  token.tokenType = type;
  if (type.tokenTypeIdx !== undefined) token.tokenTypeIdx = type.tokenTypeIdx;
}

/** How many numbers the types of tokens have. */
export const typeCount = 1 + Math.max(...tokenTypes.map(({ tokenTypeIdx }) => tokenTypeIdx ?? 0));

/** 1 for the number of a type and, behind it, the number of one that belongs to it. */
const belongs = new Uint8Array(typeCount * typeCount);
for (const { tokenTypeIdx: own = 0, categoryMatches } of tokenTypes)
  for (const number of [own, ...(categoryMatches ?? [])]) belongs[own * typeCount + number] = 1;

/** Whether a token is of a type, or of one that belongs to it. */
export const isOf = (token: IToken, type: TokenType): boolean =>
  token.tokenType === type || belongs[(type.tokenTypeIdx ?? 0) * typeCount + token.tokenTypeIdx] === 1;
