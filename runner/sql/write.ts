/** Pieces of SQL text that everything else is made of: names, literals, types, and values that are used more than once. */
import type { PlanType, PlanWindow } from '../../language/plan/plan.ts';

/** Calendar months and exact microseconds. */
export type Duration = PlanWindow['knownWithin'];

export const microsPerDay = 86_400_000_000;

/**
 * A name as an identifier. The engine does not tell capital from small letters, the language does: a capital is written `^` and the
 * letter, so that `Id` and `id` stay two columns. `rowid` is the engine's own word for the place of a row.
 */
export const name = (text: string): string => `"${text.replace(/[\^A-Z]|^rowid$/g, '^$&').replaceAll('"', '""')}"`;

/** Undoes `name` on what the engine reports as a column's name. */
export const plainName = (written: string): string => written.replace(/\^([\^A-Z]|rowid$)/g, '$1');

export const column = (of: string, written: string): string => `${name(of)}.${name(written)}`;

/** A text literal. U+0000 cannot stand in SQL text. */
export const quoted = (text: string): string =>
  text
    .split('\u0000')
    .map(piece => `'${piece.replaceAll("'", "''")}'`)
    .join(' || chr(0) || ');

export const list = (items: readonly string[]): string => items.join(', ');

export const typeName = (type: PlanType): string => {
  switch (type) {
    case 'bool':
      return 'BOOLEAN';
    case 'int':
      return 'BIGINT';
    case 'float':
      return 'DOUBLE';
    case 'text':
      return 'VARCHAR';
    case 'date':
      return 'DATE';
    case 'timestamp':
      return 'TIMESTAMP';
    case 'duration':
      return 'INTERVAL';
    default:
      return `DECIMAL(${type.decimal[0]}, ${type.decimal[1]})`;
  }
};

export const isDecimal = (type: PlanType): boolean => typeof type === 'object';

export const sameType = (a: PlanType, b: PlanType): boolean =>
  typeof a === 'object' && typeof b === 'object' ? a.decimal[0] === b.decimal[0] && a.decimal[1] === b.decimal[1] : a === b;

export const cast = (sql: string, from: PlanType, to: PlanType): string => (sameType(from, to) ? sql : `CAST(${sql} AS ${typeName(to)})`);

export const float = (value: number): string => `CAST('${value}' AS DOUBLE)`;

export const instant = (micros: number): string => `make_timestamp(${micros}::BIGINT)`;

export const interval = ({ months, micros }: Duration): string => `(to_months(${months}) + to_microseconds(${micros}::BIGINT))`;

export function literal(type: PlanType, value: number | string | boolean | null | Duration): string {
  if (value === null) return `CAST(NULL AS ${typeName(type)})`;
  if (typeof value === 'object') return interval(value);
  switch (type) {
    case 'bool':
      return value ? 'TRUE' : 'FALSE';
    case 'int':
      return `CAST('${value}' AS BIGINT)`;
    case 'float':
      return float(Number(value));
    case 'text':
      return `CAST(${quoted(String(value))} AS VARCHAR)`;
    case 'date':
      return `CAST(${instant(Math.floor(Number(value) / microsPerDay) * microsPerDay)} AS DATE)`;
    case 'timestamp':
      return instant(Number(value));
    case 'duration':
      return interval({ months: 0, micros: Number(value) });
    default:
      return `CAST('${value}' AS ${typeName(type)})`;
  }
}

let placeholders = 0;

/**
 * A value that the body uses more than once, written once: without this, text and work would double with every level of nesting.
 * The variables of nested bindings differ: the innermost has the least number.
 */
export function bind(sql: string, body: (variable: string) => string): string {
  if (/^("[^"]*"\.)?"[^"]*"$/.test(sql)) return body(sql);
  const placeholder = `"~@${placeholders++}"`;
  const text = body(placeholder);
  const most = [...text.matchAll(/"~(\d+)"/g)].reduce((greatest, found) => Math.max(greatest, Number(found[1])), 0);
  const variable = `"~${most + 1}"`;
  return `list_transform([${sql}], lambda ${variable}: ${text.replaceAll(placeholder, variable)})[1]`;
}

export function bindAll(items: readonly string[], body: (variables: readonly string[]) => string): string {
  const [first, ...rest] = items;
  if (first === undefined) return body([]);
  return bind(first, variable => bindAll(rest, variables => body([variable, ...variables])));
}

/** Null where a float is not finite: there are no NaN and no infinities in the language. */
export const finite = (sql: string): string => bind(sql, x => `CASE WHEN isfinite(${x}) THEN ${x} END`);
