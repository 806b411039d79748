/**
 * Cuts a file into the texts of its declarations, so that an edit re-reads one declaration and not the file. It looks only at line
 * starts, brackets, texts and comments, and never lets an unclosed brace swallow the declaration below.
 */
import { declarationWords, foreignStatement, meantDeclaration } from './words.ts';

export interface ChunkText {
  readonly start: number;
  readonly text: string;
}

const words: ReadonlySet<string> = new Set(declarationWords);
/** Words that may begin a statement of another language. */
const foreignWords: ReadonlySet<string> = new Set(['select', 'from']);
const wordPattern = /[A-Za-z_]\w*/y;
/** What follows the first word of a declaration: a name, a text or a block, never the `:` or `=` of an item. */
const declaredPattern = /[ \t\u00a0]+[A-Za-z_`"{\u00aa-\uffff]/y;
const notADeclaration = /[ \t\u00a0]+(?:and|or|in|matches|div|is)\b/y;

/** The chunks of a text, in order, without gaps: joined they are the text. An empty text has none. */
export function splitChunks(text: string): ChunkText[] {
  const starts = chunkStarts(text);
  return starts.map((start, i) => ({ start, text: text.slice(start, starts[i + 1] ?? text.length) }));
}

function chunkStarts(text: string): number[] {
  const starts: number[] = [];
  let depth = 0;
  let position = 0;
  /** Start of the run of comment lines that ends at the line before; they belong to the declaration below. */
  let commentsFrom = -1;
  /** Whether the declaration above can end where its last text ends. */
  let closed = true;
  /** Whether anything but comments was read. */
  let sawText = false;
  while (position < text.length) {
    const lineStart = position;
    let first = lineStart;
    while (isBlank(text.charCodeAt(first))) first++;
    const code = text.charCodeAt(first);
    const isComment = code === SLASH && text.charCodeAt(first + 1) === SLASH;
    if (isComment) {
      if (commentsFrom < 0) commentsFrom = lineStart;
      position = nextLine(text, first);
      continue;
    }
    if (startsDeclaration(text, first, depth, first === lineStart, closed)) {
      if (starts.length === 0 && !sawText) starts.push(0);
      else {
        if (starts.length === 0) starts.push(0);
        starts.push(commentsFrom >= 0 ? commentsFrom : lineStart);
      }
      depth = 0;
    }
    commentsFrom = -1;
    const line = scanLine(text, first, depth);
    depth = line.depth;
    if (line.last !== 0) sawText = true;
    if (line.last !== 0) closed = !unfinished.has(line.last);
    position = line.end;
  }
  return starts.length === 0 && text.length > 0 ? [0] : starts;
}

function startsDeclaration(text: string, first: number, depth: number, atColumnZero: boolean, closed: boolean): boolean {
  if (depth > 0 && !atColumnZero) return false;
  wordPattern.lastIndex = first;
  const word = wordPattern.exec(text)?.[0];
  if (word === undefined) return false;
  const mayFollow = depth === 0 && atColumnZero && closed;
  if (mayFollow && foreignWords.has(word.toLowerCase()) && foreignStatement(text, first) !== null) return true;
  declaredPattern.lastIndex = first + word.length;
  if (!declaredPattern.test(text)) return false;
  if (words.has(word)) {
    notADeclaration.lastIndex = first + word.length;
    return !notADeclaration.test(text);
  }
  // Below a finished declaration only another can follow, so a misspelled word begins one.
  return mayFollow && word !== 'from' && meantDeclaration(word) !== null;
}

/** Reads one line: the brace depth behind it, its last character that is neither blank nor comment, and where the next line begins. */
function scanLine(text: string, from: number, depthBefore: number): { depth: number; last: number; end: number } {
  let depth = depthBefore;
  let last = 0;
  let i = from;
  /** Quotes that the line does not close: any further one is escaped for the first, and not closed either. */
  let open = noQuotes;
  for (;;) {
    plainPattern.lastIndex = i;
    plainPattern.test(text);
    const sign = plainPattern.lastIndex;
    let before = sign - 1;
    while (before >= i && isBlank(text.charCodeAt(before))) before--;
    if (before >= i) last = text.charCodeAt(before);
    i = sign;
    if (i >= text.length) return { depth, last, end: i };
    const code = text.charCodeAt(i);
    if (code === 10) return { depth, last, end: i + 1 };
    if (code === 13 || code === HASH || (code === SLASH && text.charCodeAt(i + 1) === SLASH)) return { depth, last, end: nextLine(text, i) };
    last = code;
    if (code === QUOTE || code === BACKTICK || code === APOSTROPHE) {
      const behind = open.has(code) ? i + 1 : closingQuote(text, i, code);
      if (behind === i + 1 && !open.has(code)) open = new Set([...open, code]);
      i = behind;
    } else {
      if (code === BRACE_OPEN) depth++;
      else if (code === BRACE_CLOSE && depth > 0) depth--;
      i++;
    }
  }
}

const noQuotes: ReadonlySet<number> = new Set();

/** Behind the closing quote, or behind the opening one when the line ends first: a lone apostrophe or quote hides nothing. */
function closingQuote(text: string, from: number, quote: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) return i + 1;
    if (code === 10 || code === 13) break;
    if (code === BACKSLASH && quote !== BACKTICK) i++;
  }
  return from + 1;
}

function nextLine(text: string, from: number): number {
  wholeLine.lastIndex = from;
  wholeLine.test(text);
  return wholeLine.lastIndex;
}

/** Up to the next line, whatever it holds; and up to the next sign that has to be looked at, over texts that end in their line. */
const wholeLine = /[^\n\r]*(?:\r\n|[\n\r]|$)/y;
const plainPattern = /(?:[^\n\r/#"'`{}]+|"[^"\\\n\r]*")*/y;

const SLASH = 47;
const HASH = 35;
const QUOTE = 34;
const APOSTROPHE = 39;
const BACKTICK = 96;
const BACKSLASH = 92;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;

/** Signs behind which a line carries on. */
const unfinished: ReadonlySet<number> = new Set(Array.from('([{,=|+-*/%<>:.?&', sign => sign.charCodeAt(0)));

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 0xa0 || code === 0xfeff;
