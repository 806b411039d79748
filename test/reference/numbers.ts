/** Numbers of the plan: conversion between int, decimal and float, comparison, and sums in fixed point that no order can change. */
import type { PlanType } from '../../language/plan/plan.ts';
import type { DurationValue } from '../../language/text/duration.ts';
import { microsPerDay } from '../../language/text/duration.ts';
import { DataError, type Value } from './table.ts';

export const scaleOf = (type: PlanType): number => (typeof type === 'object' ? type.decimal[1] : 0);

export const isNumber = (type: PlanType): boolean => type === 'int' || type === 'float' || typeof type === 'object';

const tenTo = (digits: number): bigint => 10n ** BigInt(digits);

export const abs = (n: bigint): bigint => (n < 0n ? -n : n);

export const floorDiv = (a: bigint, b: bigint): bigint => a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);

/** a / b to the nearest whole number, halves away from zero. b > 0. */
export const nearest = (a: bigint, b: bigint): bigint => (a < 0n ? -((-a * 2n + b) / (2n * b)) : (a * 2n + b) / (2n * b));

/** Unscaled digits at another number of places after the point, halves away from zero. */
export const rescale = (unscaled: bigint, from: number, to: number): bigint =>
  to >= from ? unscaled * tenTo(to - from) : nearest(unscaled, tenTo(from - to));

export function int64(n: bigint): bigint {
  if (n < -(2n ** 63n) || n >= 2n ** 63n) throw new DataError('An int is beyond 64 bits.');
  return n;
}

/** Halves away from zero, as SQL's `round`. Exact for every float: the fraction of a float is exact. */
export function roundAway(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

/** Null where the number is not finite: domain errors give null. */
export const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

export function toFloat(value: Value, type: PlanType): number {
  if (typeof value === 'bigint') return Number(value) / 10 ** scaleOf(type);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  throw new Error(`A number is wanted, not ${JSON.stringify(value)}.`);
}

/** The value as the type stores it. Times, texts and bools stay as they are; a timestamp becomes the date it falls on. */
export function convert(value: Value, from: PlanType, to: PlanType): Value {
  if (value === null) return null;
  if (to === 'float') return isNumber(from) ? toFloat(value, from) : value;
  if (to === 'date' && from === 'timestamp' && typeof value === 'number') return Math.floor(value / microsPerDay) * microsPerDay;
  if (to === 'int' || typeof to === 'object') {
    if (typeof value === 'bigint') return rescale(value, scaleOf(from), scaleOf(to));
    if (typeof value === 'number') return BigInt(roundAway(value * 10 ** scaleOf(to)));
  }
  return value;
}

const durationMicros = (d: DurationValue): number => d.months * 30 * microsPerDay + d.micros;

/** Text by code point: JavaScript's own order is that of UTF-16 units, which differs beyond U+FFFF. */
function compareText(a: string, b: string): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function compare(a: NonNullable<Value>, aType: PlanType, b: NonNullable<Value>, bType: PlanType): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    const scale = Math.max(scaleOf(aType), scaleOf(bType));
    const difference = rescale(a, scaleOf(aType), scale) - rescale(b, scaleOf(bType), scale);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  if (typeof a === 'bigint' || typeof b === 'bigint') return toFloat(a, aType) - toFloat(b, bType);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'object' && typeof b === 'object') return durationMicros(a) - durationMicros(b);
  return Number(a) - Number(b);
}

/** Nulls first, in both arguments. */
export function compareNullable(a: Value, b: Value, type: PlanType): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  return compare(a, type, b, type);
}

/** Numbers as whole numbers over one denominator. Floats are rounded to `scale` binary digits after the point. */
export interface Exact {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

export function exact(values: readonly NonNullable<Value>[], type: PlanType, scale: number): Exact {
  if (type !== 'float') {
    return { numerators: values.map(v => (typeof v === 'bigint' ? v : BigInt(Number(v)))), denominator: tenTo(scaleOf(type)) };
  }
  return { numerators: values.map(v => BigInt(roundAway(Number(v) * 2 ** scale))), denominator: 2n ** BigInt(scale) };
}

export const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((total, n) => total + n, 0n);

/** The float nearest to a / b, to within a unit in the last place, for numbers of any size. */
export function quotient(a: bigint, b: bigint): number {
  if (b < 0n) return quotient(-a, -b);
  const length = (n: bigint): number => abs(n).toString(2).length;
  // 64 significant digits of the quotient are more than a float holds.
  const shift = Math.max(0, length(b) - length(a) + 64);
  return Number((a << BigInt(shift)) / b) / 2 ** shift;
}

/** Mean, and sum of squared deviations from it, of exact numbers; null without any. */
export function moments({ numerators, denominator }: Exact): { n: number; mean: number; squares: number } | null {
  const n = BigInt(numerators.length);
  if (n === 0n) return null;
  const total = sum(numerators);
  const squares = n * sum(numerators.map(x => x * x)) - total * total;
  return { n: numerators.length, mean: quotient(total, n * denominator), squares: quotient(squares, n * denominator * denominator) };
}
