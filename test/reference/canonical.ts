/**
 * Canonical text: what is hashed for splits and folds, and what identifies an observation. Every engine must write the same.
 *
 * - int: decimal digits, `-` before a negative; bool: `true`, `false`; text, keys, refs, categories: as they are.
 * - float: the shortest text that reads back as the same number, as JavaScript's `String(x)` writes it (`1`, `0.5`, `1e-7`, `1e+21`).
 * - decimal(p, s): digits with exactly `s` of them after the point (`12.50`), none and no point for s = 0.
 * - date, timestamp: microseconds since 1970 UTC in decimal (a date: of its first instant in UTC).
 * - null: U+0000.
 *
 * The identity of a row with a key is the key's text; without one, the MD5 in hex of the canonical texts of its identity columns,
 * joined by U+001F.
 */
import { createHash } from 'node:crypto';
import type { PlanType } from '../../language/plan/plan.ts';
import type { Row, Value } from './table.ts';

const nullText = '\u0000';

function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}

export function canonicalText(value: Value, type: PlanType): string {
  if (value === null) return nullText;
  if (typeof value === 'bigint') return typeof type === 'object' ? decimalText(value, type.decimal[1]) : value.toString();
  if (typeof value === 'object') return `${value.months}mo${value.micros}`;
  return String(value);
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** The first 52 bits of the MD5 as a whole number. */
export const hash52 = (text: string): bigint => BigInt(`0x${md5(text).slice(0, 13)}`);

/** A number in [0, 1) that depends on nothing but the text. */
export const uniform = (text: string): number => Number(hash52(text)) / 2 ** 52;

export function identityOf(row: Row, key: string | null, identity: readonly string[], typeOf: (column: string) => PlanType): string {
  const text = (column: string): string => canonicalText(row[column] ?? null, typeOf(column));
  return key === null ? md5(identity.map(text).join('\u001f')) : text(key);
}
