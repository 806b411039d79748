/**
 * Windows in one pass over rows and observations together, sorted by link and time, instead of one over every pair of them. What only
 * adds up is a running total of what entering and leaving rows change; the last row of a window is the last of all that have entered,
 * unless even that has left. Sums of whole numbers may be taken in any order.
 */
import type { PlanAggregate, PlanExpr, PlanWindow } from '../../language/plan/plan.ts';
import { condition, expression } from '../sql/expression.ts';
import { cast, list, name } from '../sql/write.ts';
import { columnsOf, type Session, typeOf } from './session.ts';
import { hasSpells, isAdditive, isPresent, micros, momentsOf, never, type Observations, result, spellsSql, terms, timeOf } from './spells.ts';

const isExact = (window: PlanWindow): boolean => [window.from, window.to, window.knownWithin].every(d => d === null || d.months === 0);

export const isRunning = (window: PlanWindow, a: PlanAggregate): boolean => isExact(window) && isAdditive(a) && hasSpells(a);

/** Rows with `~in` and `~out`: the microseconds after which a cutoff sees them and up to which. */
function enteringRows(session: Session, window: PlanWindow): string {
  const event = micros(timeOf(session, window, window.event));
  // event < cutoff + to and known < cutoff + within: when the cutoff is later than both of these.
  const enters = [
    ...(window.to === null ? [] : [`${event} - ${window.to.micros}`]),
    ...(window.known === null ? [] : [`${micros(timeOf(session, window, window.known))} - ${window.knownWithin.micros}`]),
  ];
  const enter = enters.length > 1 ? `greatest(${list(enters)})` : (enters[0] ?? `-${never}`);
  // event >= cutoff + from: until the cutoff is later than this.
  const leave = window.from === null ? `CAST(${never} AS BIGINT)` : `${event} - ${window.from.micros}`;
  return `SELECT *, ${enter} AS "~in", ${leave} AS "~out" FROM ${name(window.relation)} WHERE ${isPresent(window)}`;
}

/** Observations among changes: at the same time they come first, for a cutoff sees only what was before it. */
function observedSql(session: Session, window: PlanWindow, observations: Observations, absent: readonly string[]): string {
  const { entity, row } = window.link;
  const link = cast(expression(entity, observations.scope), entity.type, typeOf(columnsOf(session, window.relation), row));
  const cutoff = micros(observations.scope.cutoff ?? '');
  return `SELECT ${list([`${link} AS "~link"`, `${cutoff} AS "~at"`, '0 AS "~kind"', ...absent, 'b."#row" AS "~row"'])} FROM ${observations.from} WHERE ${link} IS NOT NULL`;
}

/** What `running` gives over all before, at the observations. The order of the inner SELECT is the order of the pass. */
const passSql = (sources: readonly string[], running: readonly string[]): string =>
  `SELECT ${list(['"~row"', '"~link"', '"~at"', ...running])} FROM (SELECT * FROM (${sources.join(' UNION ALL ')}) ORDER BY "~link", "~at", "~kind") WINDOW "~so" AS (ROWS UNBOUNDED PRECEDING) QUALIFY "~row" IS NOT NULL`;

export function runningWindow(session: Session, window: PlanWindow, aggregates: readonly PlanAggregate[], observations: Observations): string {
  const link = `${name(window.link.row)} AS "~link"`;
  const counts = aggregates.map(a => terms(a, { column: wanted => name(wanted) }).length);
  const numbers = counts.flatMap((n, i) => Array.from({ length: n }, (_, k) => `${i} ${k}`)).map((_, i) => i);
  const spells = spellsSql(enteringRows(session, window), momentsOf(aggregates), scope => [
    link,
    ...aggregates.flatMap(a => terms(a, scope)).map((term, i) => `${term} AS "~d${i}"`),
  ]);
  const moved = numbers.map(i => `"~d${i}" <> 0`).join(' OR ');
  const change = (at: string, sign: string): string =>
    `SELECT ${list(['"~link"', `${at} AS "~at"`, '1 AS "~kind"', ...numbers.map(i => `${sign}"~d${i}" AS "~d${i}"`), 'NULL AS "~row"'])} FROM "~spells"`;
  // Every change is taken back in the end, so that the next link starts from nothing.
  const sources = [
    change('"~from"', ''),
    change('"~until"', '-'),
    observedSql(
      session,
      window,
      observations,
      numbers.map(() => '0'),
    ),
  ];
  const totals = numbers.map(i => `sum("~d${i}") OVER "~so" AS "~t${i}"`);
  let next = 0;
  const items = aggregates.map((a, i) => {
    const own = Array.from({ length: counts[i] ?? 0 }, () => `"~t${next++}"`);
    return `${result(a, own)} AS ${name(a.id)}`;
  });
  const all = `SELECT * FROM (${spells.join(' UNION ALL ')}) WHERE ${moved}`;
  return `WITH "~spells" AS MATERIALIZED (${all}) SELECT ${list(['"~row" AS "#row"', ...items])} FROM (${passSql(sources, totals)})`;
}

/** A value that is null until its time has come. */
function isMasked(value: PlanExpr): boolean {
  if (value.op !== 'call' || value.fn !== 'if') return false;
  const [test, , otherwise] = value.args;
  return test?.op === 'call' && test.fn === 'lt' && test.args[1]?.op === 'cutoff' && otherwise?.op === 'literal' && otherwise.value === null;
}

/** `last`; and without a lower end, where no row ever leaves, `first`, `min` and `max`. */
export function isRunningBest(window: PlanWindow, a: PlanAggregate): boolean {
  const always = window.from === null;
  if (!(a.aggregate === 'last' || (always && ['first', 'min', 'max'].includes(a.aggregate)))) return false;
  if (a.value === null || !isExact(window) || !hasSpells(a)) return false;
  const moments = momentsOf([a]);
  return moments.length === 0 || (moments.length === 1 && momentsOf([{ ...a, value: null }]).length === 0 && isMasked(a.value));
}

/** The columns by which the best of the rows with a value is the greatest; equal ones differ in nothing that is asked for. */
function orderOf(window: PlanWindow, a: PlanAggregate): readonly string[] {
  const places = [window.event, ...(window.known === null ? [] : [window.known]), ...window.tie].map(name);
  switch (a.aggregate) {
    case 'min':
      return ['"~value" DESC'];
    case 'max':
      return ['"~value"'];
    case 'first':
      return [...places.map(c => `${c} DESC NULLS LAST`), '"~value" DESC'];
    default:
      return [...places.map(c => `${c} NULLS FIRST`), '"~value" DESC'];
  }
}

export function runningBest(session: Session, window: PlanWindow, a: PlanAggregate, observations: Observations): string {
  const value = a.value ?? nothing();
  const spells = spellsSql(enteringRows(session, window), momentsOf([a]), scope => [
    '*',
    `${expression(value, scope)} AS "~value"`,
    `${a.where ? condition(a.where, scope) : 'TRUE'} AS "~counts"`,
  ]);
  const link = name(window.link.row);
  const rows = `SELECT * FROM (${spells.at(-1)}) WHERE "~counts" AND "~value" IS NOT NULL`;
  const kept = [`${link} AS "~link"`, '"~value"', '"~from"', '"~out"'];
  // Places grow from link to link, so the greatest of all before is one of the own link as soon as that has a row.
  const ranked = `SELECT ${list([...kept, 'row_number() OVER () AS "~place"'])} FROM (SELECT * FROM (${rows}) ORDER BY ${list([link, ...orderOf(window, a)])})`;
  const sources = [
    'SELECT "~link", "~from" AS "~at", 1 AS "~kind", "~place", NULL AS "~row" FROM "~ranked"',
    observedSql(session, window, observations, ['NULL']),
  ];
  const pass = passSql(sources, ['max("~place") OVER "~so" AS "~best"']);
  return `WITH "~ranked" AS MATERIALIZED (${ranked}) SELECT ${list(['p."~row" AS "#row"', `${cast('r."~value"', value.type, a.type)} AS ${name(a.id)}`])} FROM (${pass}) p JOIN "~ranked" r ON p."~best" = r."~place" AND p."~link" = r."~link" AND p."~at" <= r."~out"`;
}

function nothing(): never {
  throw new Error('An aggregate of a value has none.');
}
