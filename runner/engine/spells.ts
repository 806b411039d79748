/**
 * Spells: from after which cutoff until which a row of a window's relation counts, and as what. A row enters when its event is in the
 * window and known, changes when a late cell becomes known, and leaves. Within a spell nothing depends on the cutoff.
 */
import type { PlanAggregate, PlanExpr, PlanWindow } from '../../language/plan/plan.ts';
import { exact } from '../sql/aggregate.ts';
import { condition, expression, type Scope } from '../sql/expression.ts';
import { cast, float, list, name, typeName } from '../sql/write.ts';
import { columnsOf, entryOf, type Session, typeOf } from './session.ts';

/** The observations as windows see them. What reads their own columns takes them from `from`, as `b`. */
export interface Observations {
  readonly from: string;
  /** Columns of `b` and of the paths joined to it. */
  readonly scope: Scope;
  /** There are no cutoffs: every row that is linked belongs to the window. */
  readonly isTimeless: boolean;
  /** All cutoffs, ascending, where they are the same few for every entity. */
  readonly grid: readonly number[] | null;
  /** A table of their `#row`, which no two share, their `~cutoff`, and the links that windows ask for. */
  readonly table: string;
  /** The column of `table` with the link of a window, in the type that the window's rows have. */
  readonly link: (window: PlanWindow) => string;
  /** A table of all different links of a window's observations: `~link`, and `~code`, a number that is shorter to sort by. */
  readonly codes: (window: PlanWindow) => string;
}

/** Microseconds after all time. */
export const never = '9223372036854775807';

const readsCutoff = (expr: PlanExpr): boolean => expr.op === 'cutoff' || (expr.op === 'call' && expr.args.some(readsCutoff));

/** The times from which on a masked cell is read: the `k` of every `k < cutoff`. Null where the cutoff is read in another way. */
function momentsIn(expr: PlanExpr | null): readonly PlanExpr[] | null {
  if (expr === null) return [];
  switch (expr.op) {
    case 'cutoff':
    case 'window':
    case 'aggregate':
      return null;
    case 'column':
      return expr.of === null ? [] : null;
    case 'literal':
      return [];
    case 'call': {
      const [left, right] = expr.args;
      if (expr.fn === 'lt' && left && right?.op === 'cutoff' && !readsCutoff(left)) return momentsIn(left) && [left];
      const all = expr.args.map(momentsIn);
      return all.includes(null) ? null : all.flatMap(m => m ?? []);
    }
  }
}

/** What an aggregate reads is constant within spells. */
export const hasSpells = (a: PlanAggregate): boolean => momentsIn(a.value) !== null && momentsIn(a.where) !== null;

export const micros = (time: string): string => `epoch_us(${time})`;

/** The different moments of some aggregates, as microseconds of the row. */
export function momentsOf(aggregates: readonly PlanAggregate[]): readonly string[] {
  const all = aggregates.flatMap(a => [...(momentsIn(a.value) ?? []), ...(momentsIn(a.where) ?? [])]);
  return [...new Set(all.map(m => micros(cast(expression(m, { column: wanted => name(wanted) }), m.type, 'timestamp'))))];
}

/** The time column of a window's relation. */
export const timeOf = (session: Session, { relation }: PlanWindow, wanted: string): string =>
  cast(name(wanted), typeOf(columnsOf(session, relation), wanted), 'timestamp');

/** The columns that must be there for a row to be in the window at all. */
export const isPresent = ({ link, event, known }: PlanWindow): string =>
  [link.row, event, ...(known === null ? [] : [known])].map(c => `${name(c)} IS NOT NULL`).join(' AND ');

/** Null wherever an argument is. */
const comparisons = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge']);

/** A cell that is null until its time has come, or a comparison with one. */
export function isMasked(expr: PlanExpr): boolean {
  if (expr.op !== 'call') return false;
  if (comparisons.has(expr.fn)) return expr.args.some(isMasked);
  const [test, , otherwise] = expr.args;
  const isMask = expr.fn === 'if' && test?.op === 'call' && test.fn === 'lt' && test.args[1]?.op === 'cutoff';
  return isMask && otherwise?.op === 'literal' && otherwise.value === null;
}

/** Nothing counts before the one moment of these aggregates. */
export const startsLate = (aggregates: readonly PlanAggregate[]): boolean =>
  aggregates.every(({ value, where }) => (value !== null && isMasked(value)) || (where !== null && isMasked(where)));

/** Columns of the row read as after the moment `i` of its moments, 0: before all of them. */
function scopeAfter(moments: readonly string[], i: number): Scope {
  // With one moment anything after it is as good as the moment itself, and constant.
  const cutoff = i === 0 ? "TIMESTAMP '-infinity'" : moments.length === 1 ? "TIMESTAMP 'infinity'" : `make_timestamp("~m${i}" + 1)`;
  return { column: wanted => name(wanted), cutoff };
}

/**
 * One SELECT for each stretch between moments: `items` of the row in force for cutoffs above `~from` and up to `~until`, both in
 * microseconds. `rows` is a SELECT of the relation's rows with `~in` and `~out`. Without `isLate` the first is that before all moments.
 */
export function spellsSql(
  rows: string,
  { moments, isLate }: { readonly moments: readonly string[]; readonly isLate: boolean },
  items: (scope: Scope) => readonly string[],
): readonly string[] {
  const named = moments.map((_, i) => `"~m${i + 1}"`);
  const from = `(SELECT ${list(['*', ...moments.map((m, i) => `${m} AS ${named[i]}`)])} FROM (${rows}))`;
  const all = ['', ...named].map((moment, i) => {
    const later = i === 0 ? named : named.filter(m => m !== moment).map(m => `CASE WHEN ${m} > ${moment} THEN ${m} END`);
    const until = later.length ? `least(${list(['"~out"', ...later])})` : '"~out"';
    const start = i === 0 ? '"~in"' : `greatest("~in", ${moment})`;
    const first = i === 0 ? [] : [`${moment} IS NOT NULL`, ...named.slice(0, i - 1).map(m => `${m} IS DISTINCT FROM ${moment}`)];
    const where = [`${start} < ${until}`, ...first].join(' AND ');
    return `SELECT ${list([...items(scopeAfter(moments, i)), `${start} AS "~from"`, `${until} AS "~until"`])} FROM ${from} WHERE ${where}`;
  });
  return isLate && moments.length === 1 ? all.slice(1) : all;
}

const additive = new Set(['count', 'sum', 'avg', 'rate', 'any', 'all']);

/** Aggregates that are made of sums of whole numbers, which may be added in any order. */
export const isAdditive = (a: PlanAggregate): boolean => additive.has(a.aggregate);

/** A whole number. */
export interface Term {
  readonly sql: string;
  /** Never but 0 and 1. */
  readonly isFlag: boolean;
  /** Of floats: the same number as a float, which is quicker to have. */
  readonly float?: string;
}

/** Whether the rows of the relation always have a value there: the columns of a source that must not be null, and comparisons of them. */
export function isNeverNull(session: Session, relation: string, expr: PlanExpr): boolean {
  switch (expr.op) {
    case 'literal':
      return expr.value !== null;
    case 'column': {
      const { node } = entryOf(session, relation);
      if (node.kind === 'check') return isNeverNull(session, node.table, expr);
      return node.kind === 'scan' && expr.of === null && node.columns.some(c => c.name === expr.name && !c.nullable);
    }
    case 'call':
      return comparisons.has(expr.fn) && expr.args.every(arg => isNeverNull(session, relation, arg));
    default:
      return false;
  }
}

/** What is summed for an additive aggregate, per row: 0 where the row does not count. `isThere`: its value is never null. */
export function terms(a: PlanAggregate, scope: Scope, isThere = false): readonly Term[] {
  const where = a.where ? condition(a.where, scope) : null;
  const kept = where ? `${where} AND ` : '';
  const flag = (sql: string): Term => ({ sql: `CAST(${sql} AS INTEGER)`, isFlag: true });
  const counted = where ? flag(where) : { sql: '1', isFlag: true };
  if (a.value === null) return [counted];
  const value = expression(a.value, scope);
  const present = isThere ? counted : flag(`${kept}${value} IS NOT NULL`);
  switch (a.aggregate) {
    case 'count':
      return [present];
    case 'any':
    case 'rate':
      return [present, flag(`${kept}coalesce(${value}, FALSE)`)];
    case 'all':
      return [flag(`${kept}NOT coalesce(${value}, TRUE)`)];
    default: {
      const { whole } = exact(value, a.value.type, a.scale);
      const valued = (sql: string): string => (isThere && !where ? sql : `CASE WHEN ${kept}${value} IS NOT NULL THEN ${sql} ELSE 0 END`);
      const scaled = { float: valued(`round(${value} * ${float(2 ** a.scale)})`) };
      return [present, { sql: valued(whole), isFlag: false, ...(a.value.type === 'float' ? scaled : {}) }];
    }
  }
}

/** A number of units of 10^-digits, exactly. */
const decimalOf = (units: string, digits: number): string =>
  `CAST(${units} AS DECIMAL(${38 - digits}, 0)) * CAST('${(10 ** -digits).toFixed(digits)}' AS DECIMAL(${digits + 1}, ${digits}))`;

/** The aggregate from the totals of its terms. */
export function result(a: PlanAggregate, totals: readonly string[]): string {
  const [first = '0', second = '0'] = totals;
  if (a.value === null || a.aggregate === 'count') return `CAST(${first} AS BIGINT)`;
  switch (a.aggregate) {
    case 'any':
      return `${second} > 0`;
    case 'all':
      return `${first} = 0`;
    case 'rate':
      return `CASE WHEN ${first} > 0 THEN CAST(${second} AS DOUBLE) / ${first} END`;
  }
  const { denominator } = exact('', a.value.type, a.scale);
  if (a.aggregate === 'avg') return `CASE WHEN ${first} > 0 THEN CAST(${second} AS DOUBLE) / ${float(denominator)} / ${first} END`;
  const sum =
    a.value.type === 'float'
      ? `CAST(${second} AS DOUBLE) / ${float(denominator)}`
      : typeof a.value.type === 'object'
        ? `CAST(${decimalOf(second, a.value.type.decimal[1])} AS ${typeName(a.type)})`
        : `CAST(${second} AS ${typeName(a.type)})`;
  return `CASE WHEN ${first} > 0 THEN ${sum} END`;
}
