/**
 * Looks at a JSON file before the engine reads it: whether it holds one object a line, a list of objects or objects one behind the other,
 * how many lines there are and how long the longest is. Against these counts no line is lost unseen.
 */
import { bomLength, type Encoding, headBytes, looksLike, unpacked, whyUnread } from './textFile.ts';

export type JsonFacts =
  /** `blank`: lines without anything, from 1. */
  | {
      readonly shape: 'lines';
      readonly lines: number;
      readonly blank: readonly number[];
      readonly longest: { readonly bytes: number; readonly line: number };
    }
  | { readonly shape: 'list' | 'values' };

export type JsonProblem =
  | { readonly problem: 'empty' }
  | { readonly problem: 'binary' }
  | { readonly problem: 'encoding'; readonly found: Encoding }
  | { readonly problem: 'shape'; readonly starts: string }
  | { readonly problem: 'compression'; readonly message: string };

const [tab, lineFeed, carriageReturn, space] = [9, 10, 13, 32];

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** A file of lines has an object alone in some line of its beginning; damaged lines around it do not make it another kind of file. */
function shapeOf(head: string, whole: boolean): JsonFacts['shape'] | null {
  const text = head.trimStart();
  if (text.startsWith('[')) return 'list';
  if (!text.startsWith('{')) return null;
  const lines = text.split(/\r\n|\r|\n/);
  if (!whole && lines.length > 1) lines.pop();
  return lines.length === 1 || lines.some(isObject) ? 'lines' : 'values';
}

function lineCounter() {
  let line = 1;
  let length = 0;
  let empty = true;
  let lines = 0;
  let longest = { bytes: 0, line: 1 };
  const blank: number[] = [];
  const end = (): void => {
    if (empty) blank.push(line);
    else lines++;
    if (length > longest.bytes) longest = { bytes: length, line };
    line++;
    length = 0;
    empty = true;
  };
  const take = (bytes: Buffer, from: number, to: number): void => {
    length += to - from;
    for (let i = from; empty && i < to; i++) {
      const c = bytes[i];
      empty = c === space || c === tab || c === carriageReturn;
    }
  };
  return {
    take(bytes: Buffer): void {
      let from = 0;
      for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, from)) {
        take(bytes, from, at);
        end();
        from = at + 1;
      }
      take(bytes, from, bytes.length);
    },
    facts(): JsonFacts {
      if (length > 0) end();
      return { shape: 'lines', lines, blank, longest };
    },
  };
}

export async function inspectJson(file: string, gzip: boolean): Promise<JsonFacts | JsonProblem> {
  let head = Buffer.alloc(0);
  let counter: ReturnType<typeof lineCounter> | null = null;
  /** What ends the look at the file; null where its lines are to be counted. */
  const start = (whole: boolean): JsonFacts | JsonProblem | null => {
    const content = head.subarray(bomLength(head, 'utf-8'));
    const looks = looksLike(head);
    if (looks === 'binary') return { problem: 'binary' };
    if (looks !== 'utf-8') return { problem: 'encoding', found: looks };
    const text = content.toString('utf8');
    if (text.trim() === '') return whole ? { problem: 'empty' } : { problem: 'shape', starts: '' };
    const shape = shapeOf(text, whole);
    if (shape === null) return { problem: 'shape', starts: text.trimStart().slice(0, 20) };
    if (shape !== 'lines') return { shape };
    counter = lineCounter();
    counter.take(content);
    return null;
  };
  try {
    for await (const chunk of unpacked(file, gzip)) {
      if (counter) {
        (counter as ReturnType<typeof lineCounter>).take(chunk);
        continue;
      }
      head = Buffer.concat([head, chunk]);
      const found = head.length >= headBytes ? start(false) : null;
      if (found) return found;
    }
  } catch (error) {
    return { problem: 'compression', message: whyUnread(error) };
  }
  const found = counter ? null : start(true);
  return found ?? (counter as ReturnType<typeof lineCounter> | null)?.facts() ?? { problem: 'empty' };
}
