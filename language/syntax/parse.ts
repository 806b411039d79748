/**
 * Texts to trees: a chunk gives a declaration with its problems, remembered by its text, and a file the list of its chunks. Every text
 * gives a tree; nothing here throws.
 */
import type { Chunk, Declaration, FileTree, ImportDeclaration, ParsedChunk, SyntaxProblem } from './ast.ts';
import { type ChunkText, splitChunks } from './chunks.ts';
import { declarationParser } from './declarationParser.ts';
import { readTokens } from './layout.ts';
import { declarationWords } from './words.ts';

/** Programs are written by people; beyond this size the text is something else. */
export const maxFileLength = 2_000_000;

/** Texts remembered at most, by their joined length: the oldest are forgotten first. */
const maxRemembered = 16_000_000;
const remembered = new Map<string, ParsedChunk>();
let rememberedLength = 0;

/** Parses the text of one declaration. Equal text gives the identical object as long as it is remembered. */
export function parseChunk(text: string): ParsedChunk {
  const known = remembered.get(text);
  if (known) return known;
  const { declaration, problems } = declarationParser().parse(readTokens(text), text);
  const parsed: ParsedChunk = { text, declaration, problems: [...problems].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end) };
  remember(parsed);
  return parsed;
}

function remember(parsed: ParsedChunk): void {
  remembered.set(parsed.text, parsed);
  rememberedLength += parsed.text.length;
  for (const text of remembered.keys()) {
    if (rememberedLength <= maxRemembered) break;
    remembered.delete(text);
    rememberedLength -= text.length;
  }
}

/** For who reads many files and comes back to none: trees that are kept are what collecting memory goes through. */
export function forgetTexts(): void {
  remembered.clear();
  rememberedLength = 0;
  lastCut = { text: '', chunks: [] };
}

/** Parses a file. A file that is too large or no text is one damaged chunk with one problem. */
export function parseFile(file: string, text: string): FileTree {
  const whole = problemOf(text);
  if (whole?.isFatal) return { file, text, chunks: [unread(text)], problems: [whole.problem] };
  const taken = new Map<string, number>();
  const chunks: Chunk[] = chunksOf(text).map(({ start, text: own }) => {
    const parsed = parseChunk(own);
    const base = idOf(parsed.declaration);
    const count = (taken.get(base) ?? 0) + 1;
    taken.set(base, count);
    return { id: numbered.has(base) || count > 1 ? `${base} #${count}` : base, start, parsed };
  });
  return { file, text, chunks, problems: whole ? [whole.problem] : [] };
}

let lastCut: { readonly text: string; readonly chunks: readonly ChunkText[] } = { text: '', chunks: [] };

/** A file is asked for its imports and then for its tree. */
function chunksOf(text: string): readonly ChunkText[] {
  if (lastCut.text !== text) lastCut = { text, chunks: splitChunks(text) };
  return lastCut.chunks;
}

const problemOf = (text: string): FileProblem | null => (text.length > maxFileLength ? tooLarge(text) : notText(text));

const firstWord = /^(?:\s|\/\/[^\n\r]*(?:[\n\r]|$))*([A-Za-z_]\w*)/;
const otherWords: ReadonlySet<string> = new Set(declarationWords.filter(word => word !== 'import'));

/** The imports of a file's tree, for who asks for nothing else of it: what begins as another declaration is not read. */
export function importsOf(text: string): readonly ImportDeclaration[] {
  if (problemOf(text)?.isFatal) return [];
  const maybe = chunksOf(text).filter(chunk => !otherWords.has(firstWord.exec(chunk.text)?.[1] ?? ''));
  return maybe.flatMap(chunk => {
    const { declaration } = parseChunk(chunk.text);
    return declaration?.kind === 'import' ? declaration : [];
  });
}

/** Ids that always carry a number, because nothing names them. */
const numbered = new Set(['import', 'damaged', 'comments']);

function idOf(declaration: Declaration | null): string {
  if (declaration === null) return 'comments';
  switch (declaration.kind) {
    case 'import':
    case 'damaged':
      return declaration.kind;
    case 'check':
      return `check ${declaration.table.text}`;
    case 'evaluate':
      return `evaluate ${declaration.model.text}`;
    case 'test':
      return `test ${declaration.of.text}`;
    case 'later':
      return `${declaration.word} ${declaration.name?.text ?? ''}`.trimEnd();
    default:
      return `${declaration.kind} ${declaration.name.text}`;
  }
}

interface FileProblem {
  readonly problem: SyntaxProblem;
  /** Whether the text is not worth reading. */
  readonly isFatal: boolean;
}

const unread = (text: string): Chunk => {
  const span = { start: 0, end: 0 };
  return { id: 'damaged #1', start: 0, parsed: { text, declaration: { kind: 'damaged', span, keyword: span, doc: null }, problems: [] } };
};

function tooLarge(text: string): FileProblem {
  const size = (text.length / 1_000_000).toFixed(1);
  return {
    isFatal: true,
    problem: {
      rule: 'file-too-large',
      span: { start: 0, end: 1 },
      message: `This file has ${size} million characters; a program has at most ${maxFileLength / 1_000_000} million.`,
      help: 'Keep data in data files and read them with `source`; divide a large program with `import`.',
      fix: null,
    },
  };
}

const controls = /[\x00-\x08\x0b\x0e-\x1f\ufffd]/g;

/** Finds text that was not written as UTF-8, or no text at all. */
function notText(text: string): FileProblem | null {
  const sample = text.slice(0, 200_000);
  if (sample.search(controls) < 0) return null;
  let count = 0;
  let first = -1;
  let replaced = -1;
  for (const match of sample.matchAll(controls)) {
    count++;
    if (first < 0) first = match.index;
    if (match[0] === '\ufffd' && replaced < 0) replaced = match.index;
  }
  const hasNothing = sample.includes('\0');
  const isBinary = hasNothing || (count >= 8 && count * 50 > sample.length);
  if (!isBinary && replaced < 0) return null;
  const start = isBinary ? first : replaced;
  return {
    isFatal: isBinary,
    problem: {
      rule: 'not-text',
      span: { start, end: start + 1 },
      message: isBinary ? 'This file holds bytes that are no text.' : 'This character was not written as UTF-8.',
      help: isBinary ? 'A program is a text file; data files are read with `source`.' : 'Save the file with the encoding UTF-8.',
      fix: null,
    },
  };
}
