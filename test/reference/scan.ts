/**
 * Reads a source: text to typed cells under the declared schema. A cell that does not fit is null where the column admits nulls; where it
 * does not, the whole row is set aside, as is a row that lacks a value it needs.
 */
import type { ScanColumn, ScanNode } from '../../language/plan/plan.ts';
import { instantOf } from '../../language/text/calendar.ts';
import { parseCsv } from './csv.ts';
import { compare, toFloat } from './numbers.ts';
import type { Row, Table, Value } from './table.ts';
import { evaluate, rowScope } from './values.ts';

/** What a path leads to: CSV or JSON text, or rows of texts as a CSV would hold them (null: no value). */
export type FileContent = string | readonly Readonly<Record<string, string | null>>[];

export interface ScanResult {
  readonly table: Table;
  readonly badCells: number;
  readonly badRows: number;
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const date = /^(\d{4})-(\d\d)-(\d\d)$/;
const timestamp = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:?\d\d)?$/;

function day(year: string, month: string, dayOfMonth: string): number | null {
  const millis = Date.UTC(Number(year), Number(month) - 1, Number(dayOfMonth));
  const back = new Date(millis);
  return back.getUTCMonth() + 1 === Number(month) && back.getUTCDate() === Number(dayOfMonth) ? millis * 1000 : null;
}

function readTimestamp(text: string, zone: string): number | null {
  const onlyDate = date.exec(text);
  const found = timestamp.exec(text);
  const [, y = '', m = '', d = '', hour = '0', minute = '0', second = '0', fraction = '', offset] = found ?? onlyDate ?? [];
  const start = found || onlyDate ? day(y, m, d) : null;
  if (start === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const wall = start + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000_000 + Number(fraction.padEnd(6, '0') || '0');
  if (offset === undefined) return instantOf(wall, zone);
  if (offset === 'Z') return wall;
  const digits = offset.replace(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return wall - (offset.startsWith('-') ? -1 : 1) * minutes * 60_000_000;
}

const bools: Readonly<Record<string, boolean>> = { true: true, t: true, yes: true, 1: true, false: false, f: false, no: false, 0: false };

/** Without the signs between thousands, where they stand between groups of three. */
function ungrouped(text: string, { options: { thousands, decimal } }: ScanNode): string {
  if (thousands === undefined) return text;
  const [whole = '', ...fraction] = text.split(decimal);
  const [first = '', ...groups] = whole.trim().split(thousands);
  const fits = groups.length > 0 && /^[+-]?\d{1,3}$/.test(first) && groups.every(g => /^\d{3}$/.test(g)) && /^\d*$/.test(fraction.join('x'));
  return fits ? [first + groups.join(''), ...fraction].join(decimal) : text;
}

/** Undefined: the text does not spell a value of the type. */
function read(text: string, column: ScanColumn, node: ScanNode): Value | undefined {
  const { type } = column;
  const digits = ungrouped(text, node);
  const plain = node.options.decimal === ',' ? digits.replace(',', '.') : digits;
  switch (type) {
    case 'text':
      return text;
    case 'bool':
      return bools[text.trim().toLowerCase()];
    case 'int': {
      if (!/^[+-]?\d+(\.0{0,2})?$/.test(plain.trim())) return undefined;
      const value = BigInt(plain.trim().replace(/^\+/, '').replace(/\..*/, ''));
      return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
    }
    case 'float':
      return number.test(plain.trim()) && Number.isFinite(Number(plain)) ? Number(plain) : undefined;
    case 'date': {
      const [, y = '', m = '', d = ''] = date.exec(text.trim()) ?? [];
      return (y ? day(y, m, d) : null) ?? undefined;
    }
    case 'timestamp':
      return readTimestamp(text.trim(), node.options.zone) ?? undefined;
    case 'duration':
      return undefined;
    default: {
      const [precision, scale] = type.decimal;
      const found = /^([+-]?)(\d*)\.?(\d*)$/.exec(plain.trim());
      const fraction = found?.[3] ?? '';
      if (!found || !(found[2] || fraction) || /[^0]/.test(fraction.slice(scale))) return undefined;
      const unscaled = BigInt(`${found[2] || '0'}${fraction.slice(0, scale).padEnd(scale, '0')}`);
      if (unscaled >= 10n ** BigInt(precision)) return undefined;
      return found[1] === '-' ? -unscaled : unscaled;
    }
  }
}

function fits(value: NonNullable<Value>, { type, min, max, levels, pattern }: ScanColumn): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (min !== null && toFloat(value, type) < min) return false;
    if (max !== null && toFloat(value, type) > max) return false;
  }
  if (typeof value === 'string') {
    if (levels && !levels.some(level => compare(level, 'text', value, 'text') === 0)) return false;
    if (pattern !== null && !new RegExp(pattern, 'u').test(value)) return false;
  }
  return true;
}

/** A number of JSON as it is written, behind a sign that no text begins with. */
const numberSign = '\u0001';

/** With a fraction or an exponent it is a float, which holds 15 digits of a decimal. */
function readFraction(literal: string, column: ScanColumn, node: ScanNode): Value | undefined {
  const value = Number(literal);
  const { type } = column;
  if (type === 'text') return Number.isFinite(value) ? String(value) : undefined;
  if (type === 'bool') return value === 1 ? true : value === 0 ? false : undefined;
  if (type === 'int') return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : undefined;
  if (typeof type !== 'object') return read(literal, column, node);
  if (Math.abs(value) >= 1e15) return undefined;
  const [precision, scale] = type.decimal;
  const text = value.toFixed(scale);
  const unscaled = BigInt(text.replace('.', ''));
  const digits = BigInt(Math.min(precision, 15));
  return Number(text) === value && (unscaled < 0n ? -unscaled : unscaled) < 10n ** digits ? unscaled : undefined;
}

function readCell(text: string, column: ScanColumn, node: ScanNode): Value | undefined {
  if (node.connector !== 'json') return read(text, column, node);
  if (text.startsWith('{') || text.startsWith('[')) return undefined;
  const value: unknown = text.startsWith('"') ? JSON.parse(text) : text;
  if (typeof value !== 'string') return undefined;
  return !text.startsWith('"') && /[.eE]/.test(text) && /^-?\d/.test(text) ? readFraction(text, column, node) : read(value, column, node);
}

/** Each cell as the JSON that stands there; a line that is no object has no cell at all, and null for the row. */
function jsonRecords(content: string, node: ScanNode): readonly (Readonly<Record<string, string | null>> | null)[] {
  const marked = (text: string): string =>
    text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, token => (token.startsWith('"') ? token : JSON.stringify(numberSign + token)));
  const cell = (value: unknown): string | null => {
    if (value === null || (typeof value === 'string' && node.options.nulls.includes(value))) return null;
    return typeof value === 'string' && value.startsWith(numberSign) ? value.slice(1) : JSON.stringify(value);
  };
  const row = (value: unknown): Record<string, string | null> | null =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, cell(inside)]))
      : null;
  if (content.trimStart().startsWith('[')) return (JSON.parse(marked(content)) as unknown[]).map(row);
  return content
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => {
      try {
        JSON.parse(line);
        return row(JSON.parse(marked(line)));
      } catch {
        return null;
      }
    });
}

function records(content: FileContent, node: ScanNode): readonly (Readonly<Record<string, string | null>> | null)[] {
  if (typeof content !== 'string') return content;
  if (node.connector === 'json') return jsonRecords(content, node);
  const [first, ...rest] = parseCsv(content, node.options.delimiter ?? ',');
  if (!first) return [];
  const names = node.options.header ? first.map(f => f.text) : node.columns.map(c => c.name);
  const body = node.options.header ? rest : [first, ...rest];
  const texts = new Set(node.columns.filter(c => c.type === 'text').map(c => c.name));
  return body.map(fields =>
    Object.fromEntries(
      names.map((name, i) => {
        const field = fields[i];
        const isNull = !field || (!(field.quoted && texts.has(name)) && node.options.nulls.includes(field.text));
        return [name, isNull ? null : field.text];
      }),
    ),
  );
}

export function scan(node: ScanNode, content: FileContent): ScanResult {
  let badCells = 0;
  let badRows = 0;
  const rows: Row[] = [];
  for (const record of records(content, node)) {
    if (record === null) {
      badRows++;
      continue;
    }
    const row: Record<string, Value> = {};
    let complete = true;
    for (const column of node.columns) {
      const text = record[column.name] ?? null;
      const value = text === null ? null : readCell(text, column, node);
      const good = value === null || (value !== undefined && fits(value, column));
      if (!good) badCells++;
      row[column.name] = good ? (value ?? null) : null;
      if (row[column.name] === null && !column.nullable) complete = false;
    }
    if (!complete) {
      badRows++;
      continue;
    }
    for (const { name, value } of node.hidden) row[name] = evaluate(value, rowScope(row));
    rows.push(row);
  }
  const hidden = node.hidden.map(({ name, value }) => ({ name, type: value.type }));
  return { table: { columns: [...node.columns.map(({ name, type }) => ({ name, type })), ...hidden], rows }, badCells, badRows };
}
