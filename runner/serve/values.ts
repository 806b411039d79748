/**
 * Values of a row outside the engine, and what the language means by them: exact whole numbers and decimals, floats without NaN and
 * infinities, text by code point, time in microseconds. The engine's SQL means the same (`runner/sql`); a property test holds them equal.
 */
import { createHash } from 'node:crypto';
import type { PlanType } from '../../language/plan/plan.ts';
import { addMonths } from '../../language/text/calendar.ts';
import { microsPerDay } from '../sql/write.ts';

/** Calendar months and exact microseconds. */
export interface Duration {
  readonly months: number;
  readonly micros: number;
}

/** int: bigint; decimal: its digits as bigint, without the point; float: number; date and timestamp: microseconds since 1970 UTC. */
export type Present = boolean | bigint | number | string | Duration;
export type Value = Present | null;

/** A row for which the program has no value at all, such as an int beyond 64 bits. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

export const isDuration = (value: Present): value is Duration => typeof value === 'object';

// ---------------------------------------------------------------- numbers

export const scaleOf = (type: PlanType): number => (typeof type === 'object' ? type.decimal[1] : 0);

const tens: readonly bigint[] = Array.from({ length: 77 }, (_, i) => 10n ** BigInt(i));
export const tenTo = (digits: number): bigint => tens[digits] ?? 10n ** BigInt(digits);

export const absolute = (n: bigint): bigint => (n < 0n ? -n : n);

export const floorDivide = (a: bigint, b: bigint): bigint => {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
};

/** a / b to the nearest whole number, halves away from zero; b > 0. */
export const nearestQuotient = (a: bigint, b: bigint): bigint => (a < 0n ? -((2n * -a + b) / (2n * b)) : (2n * a + b) / (2n * b));

export const rescaled = (digits: bigint, from: number, to: number): bigint =>
  to === from ? digits : to > from ? digits * tenTo(to - from) : nearestQuotient(digits, tenTo(from - to));

export const within64 = (n: bigint): bigint => {
  if (BigInt.asIntN(64, n) !== n) throw new ValueError('A whole number is beyond 64 bits.');
  return n;
};

/** Halves away from zero. The fraction of a float is exact. */
export const roundedAway = (x: number): number => {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
};

export const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

export function asFloat(value: Present, type: PlanType): number {
  switch (typeof value) {
    case 'number':
      return value;
    case 'bigint':
      return typeof type === 'object' ? Number(value) / 10 ** type.decimal[1] : Number(value);
    case 'boolean':
      return value ? 1 : 0;
    default:
      throw new Error(`A number is wanted, not ${typeof value}.`);
  }
}

const isNumeric = (type: PlanType): boolean => type === 'int' || type === 'float' || typeof type === 'object';

const sameType = (a: PlanType, b: PlanType): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && a.decimal[0] === b.decimal[0] && a.decimal[1] === b.decimal[1]);

/** How values of one type become those of another; null where they stay as they are. */
export function conversion(from: PlanType, to: PlanType): ((value: Present) => Present) | null {
  if (sameType(from, to)) return null;
  if (to === 'float') return isNumeric(from) || from === 'bool' ? value => asFloat(value, from) : null;
  if (to === 'date' && from === 'timestamp') return value => Math.floor(Number(value) / microsPerDay) * microsPerDay;
  if (to === 'int' || typeof to === 'object') {
    const [have, want] = [scaleOf(from), scaleOf(to)];
    return value => (typeof value === 'bigint' ? rescaled(value, have, want) : BigInt(roundedAway(Number(value) * 10 ** want)));
  }
  return null;
}

// ---------------------------------------------------------------- order

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** By code point: code units stand in that order but for those of pairs, which belong behind all others. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

const length = ({ months, micros }: Duration): number => months * 30 * microsPerDay + micros;

export function comparison(a: PlanType, b: PlanType): (x: Present, y: Present) => number {
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return (x, y) => {
    if (typeof x === 'number' && typeof y === 'number') return x - y;
    if (typeof x === 'string' && typeof y === 'string') return compareText(x, y);
    if (typeof x === 'bigint' && typeof y === 'bigint') {
      const [left, right] = [rescaled(x, scaleOf(a), scale), rescaled(y, scaleOf(b), scale)];
      return left < right ? -1 : left > right ? 1 : 0;
    }
    if (isDuration(x) && isDuration(y)) return length(x) - length(y);
    return asFloat(x, a) - asFloat(y, b);
  };
}

// ---------------------------------------------------------------- text

function decimalText(digits: bigint, scale: number): string {
  const text = absolute(digits)
    .toString()
    .padStart(scale + 1, '0');
  const shown = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
  return digits < 0n ? `-${shown}` : shown;
}

/** What identities, dictionaries and hashes of the engine go by: times are microseconds. */
export function canonicalText(value: Present, type: PlanType): string {
  if (typeof value === 'bigint') return typeof type === 'object' ? decimalText(value, type.decimal[1]) : value.toString();
  if (isDuration(value)) return `${value.months}mo${value.micros}`;
  return Object.is(value, -0) ? '0' : String(value);
}

/** As people read it: times by ISO 8601. */
export function shownText(value: Present, type: PlanType): string {
  if (typeof value !== 'number' || (type !== 'date' && type !== 'timestamp')) return canonicalText(value, type);
  const iso = new Date(Math.floor(value / 1000)).toISOString();
  if (type === 'date') return iso.slice(0, 10);
  const micros = ((value % 1_000_000) + 1_000_000) % 1_000_000;
  const fraction = micros.toString().padStart(6, '0').replace(/0+$/, '');
  return `${iso.slice(0, 19)}${fraction ? `.${fraction}` : ''}Z`;
}

/** The first 52 bits of the MD5. */
export const hash52 = (text: string): bigint => BigInt(`0x${createHash('md5').update(text).digest('hex').slice(0, 13)}`);

// ---------------------------------------------------------------- time

/** Months by the UTC calendar, clamped to the month's end, then exact time. */
export const later = (instant: number, { months, micros }: Duration): number => addMonths(instant, months) + micros;

export const sumOf = (a: Duration, b: Duration): Duration => ({ months: a.months + b.months, micros: a.micros + b.micros });

export const opposite = (d: Duration): Duration => ({ months: 0 - d.months, micros: 0 - d.micros });
