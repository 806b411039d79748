/** Which type each column most likely has, from a sample of its cells as text. What is guessed is then held against all cells. */
import type { PlanType } from '../../language/plan/plan.ts';
import { missingWords, type Reading, readings, twinOf } from './spellings.ts';

export interface Guess {
  readonly type: PlanType;
  /** Of dates and moments; null: ISO 8601. */
  readonly format: string | null;
  readonly decimal: '.' | ',' | null;
  /** The sign between thousands, where a cell has one. */
  readonly thousands: string | null;
  /** Words for a missing value among its cells. */
  readonly nulls: readonly string[];
  /** The other way to read its dates, where the sample does not tell which it is. */
  readonly otherwise: string | null;
}

/** Fewer cells than this do not fit by mistake; more mean that the type is another. */
export const dirty = 0.1;

const textGuess: Guess = { type: 'text', format: null, decimal: null, thousands: null, nulls: [], otherwise: null };

const money = /amount|price|cost|fare|fee|revenue|salary|balance|total|paid|payment|tax|income/i;

/** Amounts with two digits after the sign in every cell are decimals. */
function asDecimal(reading: Reading, name: string, values: readonly string[]): PlanType {
  if (reading.type !== 'float' || !money.test(name)) return reading.type;
  const cents = values.filter(v => /^[+-]?\d{1,12}[.,]\d{2}$/.test(reading.thousands === undefined ? v : v.replaceAll(reading.thousands, ''))).length;
  return cents === values.length && values.length > 0 ? { decimal: [15, 2] } : reading.type;
}

/** `tolerance`: the share of cells that may not fit. `among`: the readings that are possible beside other columns. */
export function guessText(name: string, cells: readonly string[], tolerance: number, among: readonly Reading[] = readings): Guess {
  const trimmed = cells.map(c => c.trim()).filter(c => c !== '');
  const values = tolerance === 0 ? trimmed : trimmed.filter(c => !missingWords.includes(c));
  if (values.length === 0) return textGuess;
  // What fits few of the first cells is not tried on all.
  const first = values.slice(0, 200);
  const possible = among.filter(reading => first.filter(reading.matches).length >= first.length / 2);
  const scored = possible.map(reading => ({ reading, fits: values.filter(reading.matches).length }));
  if (scored.length === 0) return textGuess;
  const best = scored.reduce((a, b) => (b.fits > a.fits ? b : a));
  if (best.fits < (1 - tolerance) * values.length) return textGuess;
  const { reading } = best;
  const twin = reading.format === null ? null : twinOf(reading.format);
  const other = twin && scored.find(s => s.reading.type === reading.type && s.reading.format === reading.format?.replace(/^.{8}/, twin));
  const nulls = missingWords.filter(word => trimmed.includes(word));
  const fitting = values.filter(reading.matches);
  return {
    type: asDecimal(reading, name, fitting),
    format: reading.format,
    decimal: reading.decimal === ',' && !fitting.some(v => v.includes(',')) ? null : reading.decimal,
    thousands:
      reading.thousands !== undefined && fitting.some(v => v.replace(/[\u00a0\u202f]/g, ' ').includes(reading.thousands ?? ''))
        ? reading.thousands
        : null,
    nulls,
    otherwise: other && other.fits === best.fits ? other.reading.format : null,
  };
}

/** Columns that the file stores with a type; null where no cell is a single value. */
export function guessStored(stored: string, wholeNumbers: boolean): PlanType | null {
  if (/\]$|^(STRUCT|MAP|UNION|BLOB|BIT|TIME$|TIME WITH|INTERVAL MONTHS)/.test(stored)) return null;
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)/.exec(stored);
  if (decimal) return { decimal: [Number(decimal[1]), Number(decimal[2])] };
  if (stored === 'BOOLEAN') return 'bool';
  if (stored === 'DATE') return 'date';
  if (/^TIMESTAMP/.test(stored)) return 'timestamp';
  if (stored === 'INTERVAL') return 'duration';
  if (/^(FLOAT|DOUBLE)/.test(stored)) return wholeNumbers ? 'int' : 'float';
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)/.test(stored)) return 'int';
  return 'text';
}
