/**
 * Looks at a CSV file before the engine reads it: its first record, its delimiter, how many records it has and how long the longest is,
 * line ends and quotes. The engine alone would skip what it cannot read without a word; against these counts nothing is lost unseen.
 */
import { bomLength, decode, type Encoding, headBytes, looksLike, unpacked, whyUnread } from './textFile.ts';

export interface CsvFacts {
  readonly delimiter: string;
  /** Lines before the first record: one that says the separator, or none. */
  readonly preamble: 0 | 1;
  /** The values of the first record. */
  readonly first: readonly string[];
  /** Records, the preamble and the first included; lines without anything are counted only in `blank`. */
  readonly records: number;
  /** The places of empty lines, counted as records from 1. */
  readonly blank: readonly number[];
  readonly longest: { readonly bytes: number; readonly record: number };
  /** The record in which a quote opens that is never closed. */
  readonly openQuote: number | null;
  /** Some value stands in quotes. */
  readonly quotes: boolean;
  /** Some lines end in one way and some in another. */
  readonly mixedLineEnds: boolean;
}

export type CsvProblem =
  | { readonly problem: 'empty' }
  | { readonly problem: 'encoding'; readonly found: Encoding }
  | { readonly problem: 'binary' }
  | { readonly problem: 'compression'; readonly message: string };

const candidates = [',', ';', '\t', '|'];

const [quote, lineFeed, carriageReturn] = [34, 10, 13];

/** A first line that names the separator, as spreadsheets write and read it: `sep=;`. What the file holds stands behind it. */
export function separatorLine(text: string): { readonly delimiter: string; readonly rest: string } | null {
  const [line, , delimiter] = /^("?)sep=([^"\r\n])\1(?:\r\n|\r|\n|$)/i.exec(text) ?? [];
  return line === undefined || delimiter === undefined ? null : { delimiter, rest: text.slice(line.length) };
}

/** The values of the first record of a text; the engine reads all others. */
function firstRecord(text: string, delimiter: string): string[] {
  const values: string[] = [];
  let value = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (quoted) {
      if (c !== '"') value += c;
      else if (text[i + 1] === '"') value += text[i++];
      else quoted = false;
    } else if (c === '"' && value === '') quoted = true;
    else if (text.startsWith(delimiter, i)) {
      values.push(value);
      value = '';
      i += delimiter.length - 1;
    } else if (c === '\n' || c === '\r') {
      if (values.length || value) break;
    } else value += c;
  }
  return [...values, value];
}

/** The delimiter under which most of the declared names are in the first record, else the one that separates most. */
function findDelimiter(head: string, names: readonly string[]): string {
  const wanted = new Set(names);
  const scored = candidates.map(delimiter => {
    const values = firstRecord(head, delimiter);
    return { delimiter, named: values.filter(v => wanted.has(v)).length, values: values.length };
  });
  return scored.reduce((best, next) => (next.named > best.named || (next.named === best.named && next.values > best.values) ? next : best)).delimiter;
}

interface Counter {
  readonly take: (units: Uint8Array | Uint16Array) => void;
  readonly result: () => Omit<CsvFacts, 'delimiter' | 'preamble' | 'first'>;
}

/** One pass over the characters, as the engine splits records. Quotes open only at the start of a value. */
function counter(delimiter: number, unitBytes: number): Counter {
  // What the character before was: 0 start of a value, 1 in a plain value, 2 in quotes, 3 behind a quote inside quotes.
  let state = 0;
  let length = 0;
  let place = 1;
  let records = 0;
  let longest = { bytes: 0, record: 1 };
  let afterReturn = false;
  let feeds = 0;
  let pairs = 0;
  let returns = 0;
  let quoteOpened = 0;
  let quotes = false;
  const blank: number[] = [];
  const endRecord = (): void => {
    if (length === 0) blank.push(place);
    else records++;
    if (length * unitBytes > longest.bytes) longest = { bytes: length * unitBytes, record: place };
    place++;
    length = 0;
    state = 0;
  };
  /** Where nothing is quoted and lines end in one way, the ends are all there is to find. */
  const takeLines = (bytes: Buffer): void => {
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      length += end - start;
      feeds++;
      endRecord();
      start = end + 1;
    }
    length += bytes.length - start;
    if (start < bytes.length) state = bytes[bytes.length - 1] === delimiter ? 0 : 1;
  };
  return {
    take(units) {
      if (units instanceof Buffer && state < 2 && !afterReturn && !units.includes(quote) && !units.includes(carriageReturn)) {
        takeLines(units);
        return;
      }
      for (let i = 0; i < units.length; i++) {
        const c = units[i];
        if (state === 2) {
          length++;
          if (c === quote) state = 3;
          continue;
        }
        if (c === lineFeed) {
          if (afterReturn) {
            pairs++;
            returns--;
            afterReturn = false;
          } else {
            feeds++;
            endRecord();
          }
          continue;
        }
        afterReturn = false;
        if (c === carriageReturn) {
          returns++;
          endRecord();
          afterReturn = true;
          continue;
        }
        length++;
        if (c === delimiter) state = 0;
        else if (c === quote && state !== 1) {
          if (state === 0) quoteOpened = place;
          quotes = true;
          state = 2;
        } else state = 1;
      }
    },
    result() {
      const open = state === 2 ? quoteOpened : null;
      if (length > 0) endRecord();
      return { records, blank, longest, openQuote: open, quotes, mixedLineEnds: [feeds, pairs, returns].filter(n => n > 0).length > 1 };
    },
  };
}

export interface CsvHow {
  readonly delimiter: string | null;
  readonly encoding: Encoding;
  readonly gzip: boolean;
  /** Declared names, by which an unstated delimiter is found. */
  readonly names: readonly string[];
  /** Stop behind the first record: what is counted is then not of the whole file. */
  readonly headOnly?: boolean;
}

interface Opening extends Pick<CsvFacts, 'delimiter' | 'preamble' | 'first'> {
  readonly counter: Counter;
}

export async function inspectCsv(file: string, how: CsvHow): Promise<CsvFacts | CsvProblem> {
  let head = Buffer.alloc(0);
  let found: Opening | null = null;
  let odd: Buffer = Buffer.alloc(0);
  const start = (): CsvProblem | null => {
    const content = head.subarray(bomLength(head, how.encoding));
    if (content.length === 0) return { problem: 'empty' };
    const looks = looksLike(head);
    if (looks === 'binary') return { problem: 'binary' };
    if ((looks === 'utf-16') !== (how.encoding === 'utf-16')) return { problem: 'encoding', found: looks };
    const text = decode(content, how.encoding);
    const separator = separatorLine(text);
    const delimiter = how.delimiter ?? separator?.delimiter ?? findDelimiter(text, how.names);
    found = {
      delimiter,
      preamble: separator ? 1 : 0,
      first: firstRecord(separator?.rest ?? text, delimiter),
      counter: counter(delimiter.charCodeAt(0), how.encoding === 'utf-16' ? 2 : 1),
    };
    count(content);
    return null;
  };
  const count = (bytes: Buffer): void => {
    if (how.encoding !== 'utf-16') {
      found?.counter.take(bytes);
      return;
    }
    const all = odd.length ? Buffer.concat([odd, bytes]) : bytes;
    const even = all.length - (all.length % 2);
    odd = all.subarray(even);
    found?.counter.take(new Uint16Array(Uint8Array.from(all.subarray(0, even)).buffer));
  };
  try {
    for await (const chunk of unpacked(file, how.gzip)) {
      if (found) {
        count(chunk);
        continue;
      }
      head = Buffer.concat([head, chunk]);
      const problem = head.length >= headBytes ? start() : null;
      if (problem) return problem;
      if (found && how.headOnly) break;
    }
  } catch (error) {
    return { problem: 'compression', message: whyUnread(error) };
  }
  const problem = found ? null : start();
  if (problem) return problem;
  const facts = found as Opening | null;
  if (!facts) return { problem: 'empty' };
  const counts = facts.counter.result();
  const { delimiter, preamble, first } = facts;
  return counts.records === preamble && !how.headOnly ? { problem: 'empty' } : { delimiter, preamble, first, ...counts };
}
