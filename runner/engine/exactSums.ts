/**
 * Moments of many numbers without rounding: the engine adds whole numbers (and the products of their 32-bit digits, for squares do not
 * fit), JavaScript puts them together in integers of any size.
 */
import type { PlanType } from '../../language/plan/plan.ts';
import { exact } from '../sql/aggregate.ts';
import { bind, float, list } from '../sql/write.ts';
import type { Cell } from './duckdb.ts';
import type { Session } from './session.ts';

/** What moments are of: the values of a column of `from`, where `where` holds. Nulls do not count. */
export interface Values {
  readonly value: string;
  readonly type: PlanType;
  readonly scale: number;
  readonly from: string;
  readonly where: string;
  /** SQL of what groups the rows; none: all rows are one group. */
  readonly by: readonly string[];
}

/** A group with what `by` is of it. */
export interface Group {
  readonly keys: readonly Cell[];
  readonly moments: ExactMoments;
}

/** A digit of 30 bits is a BIGINT, and so is the product of two: that is several times as quick as whole numbers of 128 bits. */
const shortDigit = 1_073_741_824n;

/** The whole numbers as a DOUBLE or BIGINT that holds them exactly, or null. */
function shortWhole({ value, type, scale }: Values): string {
  if (type === 'float') return `round(${value} * ${float(2 ** scale)})`;
  return type === 'int' ? value : `TRY_CAST(${exact(value, type, scale).whole} AS BIGINT)`;
}

/** Sums of one column in a statement of several: its values, those of them that are short enough, and the sums of their digits and of products of these. */
const sumsOf = (h: string, m: string, l: string): readonly string[] =>
  [h, m, l, `${h} * ${h}`, `${h} * ${m}`, `${m} * ${m}`, `${h} * ${l}`, `${m} * ${l}`, `${l} * ${l}`].map(sql => `sum(${sql})`);

/** SQL of the digits of columns, as `h0`, `m0`, `l0`, `h1`, … beside what else is kept of each row. */
function digitsSql(columns: readonly Pick<Values, 'value' | 'type' | 'scale'>[], kept: readonly string[], read: string): string {
  const all = (sql: (i: number, isFloat: boolean) => readonly string[]): string =>
    list([...kept, ...columns.flatMap(({ type }, i) => sql(i, type === 'float'))]);
  const [high, low] = [shortDigit * shortDigit, shortDigit];
  const written = (digit: bigint, isFloat: boolean): string => (isFloat ? float(Number(digit)) : String(digit));
  const part = (sql: string, digit: bigint, isFloat: boolean): string =>
    isFloat ? `trunc(${sql} / ${written(digit, isFloat)})` : `(${sql} // ${written(digit, isFloat)})`;
  const whole = (sql: string, isFloat: boolean): string => (isFloat ? `CAST(${sql} AS BIGINT)` : sql);
  const first = `SELECT ${all((i, isFloat) => [isFloat ? `CASE WHEN abs(y${i}) < ${float(2 ** 90)} THEN y${i} END AS y${i}` : `y${i}`])} FROM (${read})`;
  const second = `SELECT ${all((i, isFloat) => [`${part(`y${i}`, high, isFloat)} AS h${i}`, `y${i}`])} FROM (${first})`;
  const third = `SELECT ${all((i, isFloat) => [`h${i}`, `y${i} - h${i} * ${written(high, isFloat)} AS r${i}`])} FROM (${second})`;
  const fourth = `SELECT ${all((i, isFloat) => [`h${i}`, `${part(`r${i}`, low, isFloat)} AS m${i}`, `r${i}`])} FROM (${third})`;
  return `SELECT ${all((i, isFloat) => [
    `${whole(`h${i}`, isFloat)} AS h${i}`,
    `${whole(`m${i}`, isFloat)} AS m${i}`,
    `${whole(`r${i} - m${i} * ${written(low, isFloat)}`, isFloat)} AS l${i}`,
  ])} FROM (${fourth})`;
}

/** One row a group: its keys, its values, those of them that are short enough, and the sums of their digits and of products of these. */
function shortSql(values: Values): string {
  const { value, from, where, by } = values;
  const keys = by.map((_, i) => `k${i}`);
  const read = `SELECT ${list([...by.map((sql, i) => `${sql} AS k${i}`), `${shortWhole(values)} AS y0`])} FROM ${from} WHERE ${where} AND ${value} IS NOT NULL`;
  const digits = digitsSql([values], keys, read);
  return `SELECT ${list([...keys, 'count(*)', 'count(h0)', ...sumsOf('h0', 'm0', 'l0')])} FROM (${digits})${keys.length ? ` GROUP BY ${list(keys)} ORDER BY ${list(keys)}` : ''}`;
}

function shortMoments(sums: readonly bigint[], n: bigint, denominator: bigint): ExactMoments {
  const [h = 0n, m = 0n, l = 0n, hh = 0n, hm = 0n, mm = 0n, hl = 0n, ml = 0n, ll = 0n] = sums;
  const d = shortDigit;
  const squares = hh * d ** 4n + 2n * hm * d ** 3n + (mm + 2n * hl) * d ** 2n + 2n * ml * d + ll;
  return { n, sum: h * d * d + m * d + l, squares, denominator };
}

/** The moments of each group, in the order of the keys. Numbers of any size count; the sum of a group has 127 bits. */
export async function momentsOf({ db }: Session, values: Values): Promise<readonly Group[]> {
  const { value, type, scale, from, where, by } = values;
  const rows = await db.rows(shortSql(values));
  const at = by.length;
  if (rows.every(row => row[at] === row[at + 1])) {
    const denominator = denominatorOf(type, scale);
    return rows.map(row => {
      const [n = 0n, , ...sums] = row.slice(at).map(c => BigInt((c as bigint | null) ?? 0));
      return { keys: row.slice(0, at), moments: shortMoments(sums, n, denominator) };
    });
  }
  const keys = by.map((sql, i) => `${sql} AS k${i}`);
  const names = list(by.map((_, i) => `k${i}`));
  const group = at ? ` GROUP BY ${names} ORDER BY ${names}` : '';
  const long = await db.rows(`SELECT ${list([...keys, ...momentsSql(value, type, scale, where)])} FROM ${from} WHERE ${where}${group}`);
  return long.map(row => ({ keys: row.slice(0, at), moments: momentsFrom(row.slice(at), type, scale) }));
}

/** Of several columns of the same rows, asked at once. Null: some of its numbers are too long, and it has to be asked by itself. */
export async function momentsTogether(
  { db }: Session,
  columns: readonly Pick<Values, 'value' | 'type' | 'scale'>[],
  { from, where }: Pick<Values, 'from' | 'where'>,
): Promise<readonly (ExactMoments | null)[]> {
  const known = columns.map((_, i) => `n${i}`);
  const read = columns.flatMap(({ value, type, scale }, i) => [
    `${value} IS NOT NULL AS n${i}`,
    `${shortWhole({ value, type, scale, from, where, by: [] })} AS y${i}`,
  ]);
  const digits = digitsSql(columns, known, `SELECT ${list(read)} FROM ${from} WHERE ${where}`);
  const sums = columns.flatMap((_, i) => [`count(*) FILTER (WHERE n${i})`, `count(h${i})`, ...sumsOf(`h${i}`, `m${i}`, `l${i}`)]);
  const [row = []] = await db.rows(`SELECT ${list(sums)} FROM (${digits})`);
  const each = sums.length / columns.length;
  return columns.map(({ type, scale }, i) => {
    const [n = 0n, short = 0n, ...found] = row.slice(i * each, (i + 1) * each).map(cell => BigInt((cell as bigint | null) ?? 0));
    return n === short ? shortMoments(found, n, denominatorOf(type, scale)) : null;
  });
}

const digit = 4_294_967_296n;

function momentsSql(value: string, type: PlanType, scale: number, where: string): string[] {
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

export const noMoments: ExactMoments = { n: 0n, sum: 0n, squares: 0n, denominator: 1n };

const denominatorOf = (type: PlanType, scale: number): bigint =>
  type === 'float' ? 2n ** BigInt(scale) : typeof type === 'object' ? 10n ** BigInt(type.decimal[1]) : 1n;

function momentsFrom(cells: readonly Cell[], type: PlanType, scale: number): ExactMoments {
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
