/**
 * Windows in one pass over rows and observations together, sorted by link and time, instead of one over every pair of them. What only
 * adds up is a running total of what entering and leaving rows change; the last row of a window is the last of all that have entered,
 * unless even that has left. Sums of whole numbers may be taken in any order.
 */
import type { PlanAggregate, PlanWindow } from '../../language/plan/plan.ts';
import { condition, expression, type Scope } from '../sql/expression.ts';
import { cast, list, name } from '../sql/write.ts';
import type { Session } from './session.ts';
import {
  hasSpells,
  isAdditive,
  isMasked,
  isNeverNull,
  isPresent,
  micros,
  momentsOf,
  never,
  type Observations,
  result,
  spellsSql,
  startsLate,
  type Term,
  terms,
  timeOf,
} from './spells.ts';

const plain: Scope = { column: wanted => name(wanted) };

const isExact = (window: PlanWindow): boolean => [window.from, window.to, window.knownWithin].every(d => d === null || d.months === 0);

export const isRunning = (window: PlanWindow, a: PlanAggregate): boolean => isExact(window) && isAdditive(a) && hasSpells(a);

/** Rows of the observations' links with `~code`, and with `~in` and `~out`: the microseconds after which a cutoff sees them and up to which. */
function enteringRows(session: Session, window: PlanWindow, observations: Observations): string {
  const event = micros(timeOf(session, window, window.event));
  // event < cutoff + to and known < cutoff + within: when the cutoff is later than both of these.
  const enters = [
    ...(window.to === null ? [] : [`${event} - ${window.to.micros}`]),
    ...(window.known === null ? [] : [`${micros(timeOf(session, window, window.known))} - ${window.knownWithin.micros}`]),
  ];
  const enter = enters.length > 1 ? `greatest(${list(enters)})` : (enters[0] ?? `-${never}`);
  // event >= cutoff + from: until the cutoff is later than this.
  const leave = window.from === null ? `CAST(${never} AS BIGINT)` : `${event} - ${window.from.micros}`;
  const rows = `${name(window.relation)} JOIN ${observations.codes(window)} ON ${name(window.link.row)} = "~link"`;
  return `SELECT *, ${enter} AS "~in", ${leave} AS "~out" FROM ${rows} WHERE ${isPresent(window)}`;
}

/** Observations among changes: at the same time they come first, for a cutoff sees only what was before it. */
function observedSql(window: PlanWindow, observations: Observations, absent: readonly string[]): string {
  const items = ['l."~code"', `${micros('"~cutoff"')} AS "~at"`, '0::TINYINT AS "~kind"', ...absent, '"#row" AS "~row"'];
  return `SELECT ${list(items)} FROM ${observations.table} JOIN ${observations.codes(window)} l ON l."~link" = ${observations.link(window)}`;
}

/** What `running` gives over all before, at the observations. The order of the inner SELECT is the order of the pass. */
const passSql = (sources: readonly string[], running: readonly string[]): string =>
  `SELECT ${list(['"~row"', '"~code"', '"~at"', ...running])} FROM (SELECT * FROM (${sources.join(' UNION ALL ')}) ORDER BY "~code", "~at", "~kind") WINDOW "~so" AS (ROWS UNBOUNDED PRECEDING) QUALIFY "~row" IS NOT NULL`;

/** Sums that are carried through the pass: each whole number alone, flags by two in one number. */
interface Carried {
  /** Of a row. */
  readonly sql: string;
  /** The total of each term that is in it. */
  readonly totals: (sum: string) => readonly string[];
}

const half = 32;

function carriedIn(all: readonly Term[]): { readonly carried: readonly Carried[]; readonly totals: (sums: readonly string[]) => readonly string[] } {
  const carried: Carried[] = [];
  const places: { readonly at: number; readonly part: number }[] = [];
  let open: { readonly at: number; readonly sql: string } | null = null;
  for (const { sql, isFlag } of all) {
    if (!isFlag) {
      places.push({ at: carried.push({ sql, totals: sum => [sum] }) - 1, part: 0 });
    } else if (open === null) {
      open = { at: carried.push({ sql: `CAST(${sql} AS BIGINT)`, totals: sum => [sum] }) - 1, sql };
      places.push({ at: open.at, part: 0 });
    } else {
      carried[open.at] = {
        sql: `(CAST(${open.sql} AS BIGINT) + (CAST(${sql} AS BIGINT) << ${half}))`,
        totals: sum => [`(CAST(${sum} AS BIGINT) & ${2 ** half - 1})`, `(CAST(${sum} AS BIGINT) >> ${half})`],
      };
      places.push({ at: open.at, part: 1 });
      open = null;
    }
  }
  return { carried, totals: sums => places.map(({ at, part }) => carried[at]?.totals(sums[at] ?? '0')[part] ?? '0') };
}

export function runningWindow(session: Session, window: PlanWindow, aggregates: readonly PlanAggregate[], observations: Observations): string {
  const isThere = aggregates.map(a => a.value !== null && isNeverNull(session, window.relation, a.value));
  const termsIn = (scope: Scope) => aggregates.map((a, i) => terms(a, scope, isThere[i]));
  const carriedOf = (scope: Scope) => carriedIn(termsIn(scope).flat());
  const { carried, totals } = carriedOf(plain);
  const numbers = carried.map((_, i) => i);
  const stretches = { moments: momentsOf(aggregates), isLate: startsLate(aggregates) };
  const spells = spellsSql(enteringRows(session, window, observations), stretches, scope => [
    '"~code"',
    ...carriedOf(scope).carried.map(({ sql }, i) => `${sql} AS "~d${i}"`),
  ]);
  const moved = numbers.map(i => `"~d${i}" <> 0`).join(' OR ');
  const change = (at: string, sign: string): string =>
    `SELECT ${list(['"~code"', `${at} AS "~at"`, '1::TINYINT AS "~kind"', ...numbers.map(i => `${sign}"~d${i}" AS "~d${i}"`), 'NULL::BIGINT AS "~row"'])} FROM "~spells"`;
  // Every change is taken back in the end, so that the next link starts from nothing.
  const nothing = numbers.map(() => '0');
  const sources = [change('"~from"', ''), change('"~until"', '-'), observedSql(window, observations, nothing)];
  const sums = numbers.map(i => `sum("~d${i}") OVER "~so" AS "~t${i}"`);
  const found = totals(numbers.map(i => `"~t${i}"`));
  const counts = termsIn(plain).map(of => of.length);
  const items = aggregates.map((a, i) => {
    const before = counts.slice(0, i).reduce((total, n) => total + n, 0);
    return `${result(a, found.slice(before, before + (counts[i] ?? 0)))} AS ${name(a.id)}`;
  });
  const all = `"~spells" AS MATERIALIZED (SELECT * FROM (${spells.join(' UNION ALL ')}) WHERE ${moved})`;
  return `WITH ${all} SELECT ${list(['"~row" AS "#row"', ...items])} FROM (${passSql(sources, sums)})`;
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
  const spells = spellsSql(enteringRows(session, window, observations), { moments: momentsOf([a]), isLate: true }, scope => [
    '*',
    `${expression(value, scope)} AS "~value"`,
    `${a.where ? condition(a.where, scope) : 'TRUE'} AS "~counts"`,
  ]);
  const rows = `SELECT * FROM (${spells.at(-1)}) WHERE "~counts" AND "~value" IS NOT NULL`;
  const kept = ['"~code"', '"~value"', '"~from"', '"~out"'];
  // Places grow from link to link, so the greatest of all before is one of the own link as soon as that has a row.
  const ranked = `SELECT ${list([...kept, 'row_number() OVER () AS "~place"'])} FROM (SELECT * FROM (${rows}) ORDER BY ${list(['"~code"', ...orderOf(window, a)])})`;
  const sources = [
    'SELECT "~code", "~from" AS "~at", 1::TINYINT AS "~kind", "~place", NULL::BIGINT AS "~row" FROM "~ranked"',
    observedSql(window, observations, ['NULL']),
  ];
  const pass = passSql(sources, ['max("~place") OVER "~so" AS "~best"']);
  return `WITH "~ranked" AS MATERIALIZED (${ranked}) SELECT ${list(['p."~row" AS "#row"', `${cast('r."~value"', value.type, a.type)} AS ${name(a.id)}`])} FROM (${pass}) p JOIN "~ranked" r ON p."~best" = r."~place" AND p."~code" = r."~code" AND p."~at" <= r."~out"`;
}

function nothing(): never {
  throw new Error('An aggregate of a value has none.');
}
