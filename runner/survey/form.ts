/** How a CSV file is written, found from its beginning: encoding, delimiter, and whether its first record names the columns. */
import { separatorLine } from '../engine/csvFile.ts';
import { bomLength, decode, type Encoding, headBytes, looksLike, unpacked } from '../engine/textFile.ts';
import { isPlainValue } from './spellings.ts';

export interface CsvForm {
  readonly encoding: Encoding;
  readonly delimiter: string;
  readonly header: boolean;
  /** Of the columns, as the first record has them; made up where it is data. */
  readonly names: readonly string[];
}

const delimiters = [',', ';', '\t', '|'];
const most = 200;

/** The first records of a text; the last one only where the text is whole. */
function recordsOf(text: string, delimiter: string, whole: boolean): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let value = '';
  let quoted = false;
  const end = (): void => {
    record.push(value);
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
    value = '';
  };
  for (let i = 0; i < text.length && records.length < most; i++) {
    const c = text[i] ?? '';
    if (quoted) {
      if (c !== '"') value += c;
      else if (text[i + 1] === '"') value += text[i++];
      else quoted = false;
    } else if (c === '"' && value === '') quoted = true;
    else if (c === delimiter) {
      record.push(value);
      value = '';
    } else if (c === '\n' || c === '\r') end();
    else value += c;
  }
  if (whole && (record.length > 0 || value !== '')) end();
  return records;
}

/** The delimiter that the first line names; else, of those under which nearly all records have equally many values, the one with the most values. */
function bestOf(text: string, whole: boolean): { readonly delimiter: string; readonly records: string[][] } {
  const separator = separatorLine(text);
  if (separator) return { delimiter: separator.delimiter, records: recordsOf(separator.rest, separator.delimiter, whole) };
  const scored = delimiters.map(delimiter => {
    const records = recordsOf(text, delimiter, whole);
    const widths = new Map<number, number>();
    for (const { length } of records) widths.set(length, (widths.get(length) ?? 0) + 1);
    const [width = 1, times = 0] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
    const even = times / Math.max(1, records.length);
    return { delimiter, records, score: width > 1 ? (even > 0.8 ? 1000 : even) * width : 0 };
  });
  return scored.reduce((best, next) => (next.score > best.score ? next : best));
}

/** Data where some value is a number or a date, no column has a word above numbers, and the numbers are no years above other values. */
function isHeader([first = [], ...body]: readonly (readonly string[])[]): boolean {
  if (!first.some(isPlainValue)) return true;
  const isYear = (value: string): boolean => /^(19|20)\d\d$/.test(value);
  if (first.filter(isPlainValue).every(isYear) && !body.some(record => record.some(isYear))) return body.length > 0;
  return first.some((value, i) => {
    const below = body.map(record => record[i] ?? '').filter(v => v !== '');
    return value !== '' && !isPlainValue(value) && below.length > 0 && below.filter(isPlainValue).length > 0.9 * below.length;
  });
}

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    // The beginning may end within a letter.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
};

export async function formOf(file: string, gzip: boolean): Promise<CsvForm> {
  let head = Buffer.alloc(0);
  let whole = true;
  for await (const chunk of unpacked(file, gzip)) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= headBytes) {
      whole = false;
      break;
    }
  }
  head = head.subarray(0, headBytes);
  const encoding: Encoding = looksLike(head) === 'utf-16' ? 'utf-16' : isUtf8(head) ? 'utf-8' : 'latin-1';
  const { delimiter, records } = bestOf(decode(head.subarray(bomLength(head, encoding)), encoding), whole);
  const header = isHeader(records);
  const [first = []] = records;
  return { encoding, delimiter, header, names: header ? first : first.map((_, i) => `column_${i + 1}`) };
}
