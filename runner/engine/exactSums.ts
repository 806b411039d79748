/**
 * Moments of many numbers without rounding: the engine adds whole numbers (and the products of their 32-bit digits, for squares do not
 * fit), JavaScript puts them together in integers of any size.
 */
import type { PlanType } from '../../language/plan/plan.ts';
import { exact } from '../sql/aggregate.ts';
import { bind } from '../sql/write.ts';
import type { Cell } from './duckdb.ts';

/** Columns of SQL that one `momentsFrom` reads. */
export const momentColumns = 8;

const digit = 4_294_967_296n;

/** Aggregates over the rows that `where` keeps; nulls do not count. */
export function momentsSql(value: string, type: PlanType, scale: number, where: string): string[] {
  const { whole } = exact(value, type, scale);
  const filter = ` FILTER (WHERE ${where} AND ${value} IS NOT NULL)`;
  const digits = bind(whole, x => `[${x} // ${digit * digit}, (${x} // ${digit}) % ${digit}, ${x} % ${digit}]`);
  const product = (i: number, j: number): string => `CAST(sum(${bind(digits, d => `${d}[${i}] * ${d}[${j}]`)})${filter} AS VARCHAR)`;
  return [
    `count(*)${filter}`,
    `CAST(sum(${whole})${filter} AS VARCHAR)`,
    product(1, 1),
    product(1, 2),
    product(2, 2),
    product(1, 3),
    product(2, 3),
    product(3, 3),
  ];
}

export interface ExactMoments {
  readonly n: bigint;
  readonly sum: bigint;
  readonly squares: bigint;
  readonly denominator: bigint;
}

const denominatorOf = (type: PlanType, scale: number): bigint =>
  type === 'float' ? 2n ** BigInt(scale) : typeof type === 'object' ? 10n ** BigInt(type.decimal[1]) : 1n;

export function momentsFrom(cells: readonly Cell[], type: PlanType, scale: number): ExactMoments {
  const [n = 0n, sum = 0n, hh = 0n, hm = 0n, mm = 0n, hl = 0n, ml = 0n, ll = 0n] = cells.map(c => BigInt((c as string | bigint | null) ?? 0));
  const squares = hh * digit ** 4n + 2n * hm * digit ** 3n + (mm + 2n * hl) * digit ** 2n + 2n * ml * digit + ll;
  return { n, sum, squares, denominator: denominatorOf(type, scale) };
}

const length = (n: bigint): number => (n < 0n ? -n : n).toString(2).length;

/** The float nearest to a / b, for numbers of any size; b > 0. */
export function quotient(a: bigint, b: bigint): number {
  // 64 significant digits of the quotient are more than a float holds.
  const shift = Math.max(0, length(b) - length(a) + 64);
  return Number((a << BigInt(shift)) / b) / 2 ** shift;
}

export const meanOf = (m: ExactMoments): number | null => (m.n === 0n ? null : quotient(m.sum, m.n * m.denominator));

/** The sum of squared deviations from the mean. */
export const deviationsOf = (m: ExactMoments): number =>
  m.n === 0n ? 0 : quotient(m.n * m.squares - m.sum * m.sum, m.n * m.denominator * m.denominator);
