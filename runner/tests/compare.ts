/** What came out against what was expected: rows in any order, of each row the columns that are named. */
import type { PlanTest, PlanTestRow, PlanTestValue } from '../../language/plan/unitTests.ts';
import { recordPlace } from '../places.ts';
import type { RecordPlace } from '../record.ts';
import { momentText } from './given.ts';

export interface Difference extends RecordPlace {
  /** Null: a row as a whole. */
  readonly column: string | null;
  readonly expected: string | null;
  readonly found: string | null;
  readonly message: string;
}

/** Cells as the engine shows them; null stays null. */
export interface FoundRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Floats are equal to nine digits; everything else exactly. */
function isEqual(found: string | null, value: PlanTestValue): boolean {
  if (found === null || value.kind === 'null') return found === null && value.kind === 'null';
  switch (value.kind) {
    case 'number': {
      const number = Number(found);
      return Math.abs(number - value.value) <= 1e-9 * Math.max(Math.abs(value.value), Number.MIN_VALUE);
    }
    case 'text':
      return found === value.value;
    case 'bool':
      // Of features a bool is a number.
      return found === String(value.value) || found === (value.value ? '1' : '0');
    case 'time':
      return microsOf(found) === value.value;
    case 'duration':
      return found === `${value.value.months}mo${value.value.micros}`;
  }
}

/** `2024-01-31`, `2024-01-31T10:00:00.123456Z`. */
function microsOf(text: string): number {
  const [, whole = text, fraction = ''] = /^(.*?)(?:\.(\d{1,6}))?Z$/.exec(text) ?? [];
  return Date.parse(text.endsWith('Z') ? `${whole}Z` : whole) * 1000 + Number(fraction.padEnd(6, '0'));
}

export function valueText(value: PlanTestValue): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'text':
      return JSON.stringify(value.value);
    case 'time':
      return momentText(value.value)
        .replace(/T00:00:00\.000000Z$/, '')
        .replace(/\.?0*Z$/, 'Z');
    case 'duration':
      return `${value.value.months}mo ${value.value.micros / 1_000_000}s`;
    default:
      return String(value.value);
  }
}

const foundText = (found: string | null, like: PlanTestValue): string =>
  found === null ? 'null' : like.kind === 'text' ? JSON.stringify(found) : found;

export function differences({ expect }: Pick<PlanTest, 'expect'>, found: FoundRows): readonly Difference[] {
  const places = new Map(found.columns.map((column, i) => [column, i]));
  const missing = expect.rows.flatMap(row => row.cells).find(({ column }) => !places.has(column));
  if (missing) {
    const message = `\`${missing.column}\` is none of the columns that came out: ${found.columns.join(', ')}.`;
    return [{ ...recordPlace(missing.place), column: missing.column, expected: null, found: null, message }];
  }
  const cellOf = (row: number, column: string): string | null => found.rows[row]?.[places.get(column) ?? 0] ?? null;
  const wrongIn = (wanted: PlanTestRow, row: number) => wanted.cells.filter(({ column, value }) => !isEqual(cellOf(row, column), value));
  const left = new Set(found.rows.keys());
  const open = expect.rows.filter(wanted => {
    const equal = [...left].find(row => wrongIn(wanted, row).length === 0);
    if (equal === undefined) return true;
    left.delete(equal);
    return false;
  });
  // What is left is told of the pairs that have most in common.
  const told: Difference[] = [];
  const unmet: PlanTestRow[] = [];
  for (const wanted of open) {
    const [nearest] = [...left].map(row => ({ row, wrong: wrongIn(wanted, row) })).sort((a, b) => a.wrong.length - b.wrong.length);
    if (!nearest || (nearest.wrong.length === wanted.cells.length && wanted.cells.length > 1)) {
      unmet.push(wanted);
      continue;
    }
    left.delete(nearest.row);
    for (const { column, value, place } of nearest.wrong) {
      const [was, is] = [valueText(value), foundText(cellOf(nearest.row, column), value)];
      told.push({ ...recordPlace(place), column, expected: was, found: is, message: `\`${column}\` is ${is}, and ${was} is expected.` });
    }
  }
  for (const wanted of unmet) {
    told.push({
      ...recordPlace(wanted.place),
      column: null,
      expected: rowText(wanted),
      found: null,
      message: found.rows.length === 0 ? 'No row came out, and this one is expected.' : 'No row that came out is like this one.',
    });
  }
  const named = [...new Set(expect.rows.flatMap(row => row.cells.map(({ column }) => column)))];
  const shown = named.length > 0 ? named : found.columns.filter(column => column !== 'partition');
  for (const row of left) {
    const text = `{ ${shown.map(column => `${column}: ${cellOf(row, column) ?? 'null'}`).join(', ')} }`;
    told.push({ ...recordPlace(expect.place), column: null, expected: null, found: text, message: `A row came out that is not expected: ${text}.` });
  }
  return told;
}

const rowText = ({ cells }: PlanTestRow): string => `{ ${cells.map(({ column, value }) => `${column}: ${valueText(value)}`).join(', ')} }`;
