/**
 * Windowed aggregates that only add up (count, sum, avg, rate, any, all), in one pass over the rows instead of one over every pair of row
 * and observation. As the cutoff moves forward a row enters the window, its late cells become known, and it leaves: at each of these
 * moments its contribution changes by a whole number. Sums of whole numbers may be taken in any order, so the window at a cutoff is the
 * running total of all changes before it, and one as-of join finds it.
 */
import type { PlanAggregate, PlanExpr, PlanWindow } from '../../language/plan/plan.ts';
import { exact } from '../sql/aggregate.ts';
import { condition, expression, type Scope } from '../sql/expression.ts';
import { bind, cast, float, interval, list, name, typeName } from '../sql/write.ts';
import { columnsOf, type Session, typeOf } from './session.ts';

/** The observations as a statement sees them: `from` gives them as `b`, with a column `#row` that no two share. */
export interface Observations {
  readonly from: string;
  /** Columns of `b` and of the paths joined to it. */
  readonly scope: Scope;
  /** There are no cutoffs: every row that is linked belongs to the window. */
  readonly isTimeless: boolean;
}

/** Before and after every time of any data. */
const [always, never] = ["TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP 'infinity'"];

const additive = new Set(['count', 'sum', 'avg', 'rate', 'any', 'all']);

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

const isExact = (window: PlanWindow): boolean => [window.from, window.to, window.knownWithin].every(d => d === null || d.months === 0);

export const isRunning = (window: PlanWindow, a: PlanAggregate): boolean =>
  additive.has(a.aggregate) && isExact(window) && momentsIn(a.value) !== null && momentsIn(a.where) !== null;

/** What is summed for an aggregate, per row: whole numbers, 0 where the row does not count. */
function terms(a: PlanAggregate, scope: Scope): readonly string[] {
  const where = a.where ? condition(a.where, scope) : 'TRUE';
  if (a.value === null) return [`CAST(${where} AS BIGINT)`];
  const value = expression(a.value, scope);
  const present = `CAST(${where} AND ${value} IS NOT NULL AS BIGINT)`;
  switch (a.aggregate) {
    case 'count':
      return [present];
    case 'any':
    case 'rate':
      return [present, `CAST(${where} AND coalesce(${value}, FALSE) AS BIGINT)`];
    case 'all':
      return [`CAST(${where} AND NOT coalesce(${value}, TRUE) AS BIGINT)`];
    default:
      return [present, `CASE WHEN ${where} AND ${value} IS NOT NULL THEN ${exact(value, a.value.type, a.scale).whole} ELSE 0 END`];
  }
}

/** A number of units of 10^-digits, exactly. */
const decimalOf = (units: string, digits: number): string =>
  `CAST(${units} AS DECIMAL(${38 - digits}, 0)) * CAST('${(10 ** -digits).toFixed(digits)}' AS DECIMAL(${digits + 1}, ${digits}))`;

/** The aggregate from its running totals. */
function result(a: PlanAggregate, totals: readonly string[]): string {
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

export function runningWindow(session: Session, window: PlanWindow, aggregates: readonly PlanAggregate[], observations: Observations): string {
  const columns = columnsOf(session, window.relation);
  const plain: Scope = { column: wanted => name(wanted) };
  const time = (wanted: string): string => cast(name(wanted), typeOf(columns, wanted), 'timestamp');
  const event = time(window.event);
  // event < cutoff + to and known < cutoff + within: from when the cutoff is later than both of these.
  const enters = [
    ...(window.to === null ? [] : [`${event} - ${interval(window.to)}`]),
    ...(window.known === null ? [] : [`${time(window.known)} - ${interval(window.knownWithin)}`]),
  ];
  const entry = enters.length > 1 ? `greatest(${list(enters)})` : (enters[0] ?? always);
  // event >= cutoff + from: until the cutoff is later than this.
  const leave = window.from === null ? never : `${event} - ${interval(window.from)}`;
  const masks = [
    ...new Set(
      aggregates
        .flatMap(a => [...(momentsIn(a.value) ?? []), ...(momentsIn(a.where) ?? [])])
        .map(m => cast(expression(m, plain), m.type, 'timestamp')),
    ),
  ];
  const moments = bind(
    `list_sort(list_distinct([${list(['"~in"', '"~out"', ...masks.map(mask => `greatest("~in", least("~out", ${mask}))`)])}]))`,
    all => {
      return `list_transform(range(1, len(${all}) + 1), lambda "~m": {'at': ${all}["~m"], 'before': ${all}["~m" - 1]})`;
    },
  );
  // Just after a moment stands for every cutoff until the next.
  const after = (moment: string): Scope => ({ column: wanted => name(wanted), cutoff: `("~moment".${moment} + to_microseconds(1))` });
  const now = aggregates.map(a => terms(a, after('at')));
  const before = aggregates.flatMap(a => terms(a, after('before')));
  const changes = now.flat().map((term, i) => {
    const held = (moment: string, sql: string): string => `CASE WHEN "~moment".${moment} < "~out" THEN ${sql} ELSE 0 END`;
    return `${held('at', term)} - ${held('before', before[i] ?? '0')} AS "~d${i}"`;
  });
  const times = [window.event, ...(window.known === null ? [] : [window.known])];
  const present = [window.link.row, ...times].map(c => `${name(c)} IS NOT NULL`).join(' AND ');
  const numbers = changes.map((_, i) => i);
  const rows = `SELECT *, ${entry} AS "~in", ${leave} AS "~out" FROM ${name(window.relation)} WHERE ${present}`;
  const unnested = `SELECT *, unnest(${moments}) AS "~moment" FROM (${rows}) WHERE "~in" < "~out"`;
  const changed = `SELECT ${list([`${name(window.link.row)} AS "~link"`, '"~moment".at AS "~at"', ...changes])} FROM (${unnested})`;
  // Most moments change nothing: a row whose late cell is not yet known counts for nothing, neither before nor after.
  const moved = numbers.map(i => `"~d${i}" <> 0`).join(' OR ');
  const effective = `SELECT * FROM (${changed}) WHERE "~at" < ${never} AND (${moved})`;
  // Changes at one moment are peers: each of them carries the total after all.
  const running = `SELECT ${list(['"~link"', '"~at"', ...numbers.map(i => `sum("~d${i}") OVER so AS "~t${i}"`)])} FROM (${effective}) WINDOW so AS (PARTITION BY "~link" ORDER BY "~at")`;
  let next = 0;
  const items = aggregates.map(
    (a, i) =>
      `${result(
        a,
        (now[i] ?? []).map(() => `w."~t${next++}"`),
      )} AS ${name(a.id)}`,
  );
  const link = expression(window.link.entity, observations.scope);
  return `SELECT ${list(['b."#row"', ...items])} FROM ${observations.from} ASOF JOIN (${running}) w ON ${link} = w."~link" AND ${observations.scope.cutoff} > w."~at"`;
}
