/**
 * Windowed aggregates for all observations at once. A row of the window's relation belongs to an observation iff their links are equal,
 * its event lies in [cutoff + from, cutoff + to) and it was known in time; this file joins the two by these ranges. Aggregates that only
 * add up take the faster way of `runningWindows.ts`.
 */
import type { PlanAggregate, PlanWindow } from '../../language/plan/plan.ts';
import { aggregate } from '../sql/aggregate.ts';
import { condition, expression, type Scope } from '../sql/expression.ts';
import { cast, column, interval, list, microsPerDay, name } from '../sql/write.ts';
import { isRunning, isRunningBest, runningBest, runningWindow } from './runningWindows.ts';
import { columnsOf, count, type Session, typeOf } from './session.ts';
import type { Observations } from './spells.ts';

export interface WindowSelects {
  /** Each gives `#row` and the aggregates of some windows under their ids; observations without rows may be absent. */
  readonly selects: readonly string[];
  /** By id: the select that has it. */
  readonly homes: ReadonlyMap<string, number>;
}

/** Bounds of the longest distance between the ends of a window, in microseconds; null: it has no lower or upper end. */
function spanOf({ from, to }: PlanWindow): number | null {
  if (from === null || to === null) return null;
  return (to.months - from.months) * 31 * microsPerDay + to.micros - from.micros;
}

/** With fewer rows a link the extra work of time slices costs more than it saves. */
const rowsPerLink = 64;

/** Rows that a row's own link has, on average over rows; and the share of time that a window and its slices cover. */
async function densityOf(session: Session, window: PlanWindow): Promise<{ readonly perLink: number; readonly share: number }> {
  const link = name(window.link.row);
  const event = cast(name(window.event), typeOf(columnsOf(session, window.relation), window.event), 'timestamp');
  const [row = []] = await session.db.rows(
    `SELECT sum(CAST(n AS DOUBLE) * n) / sum(n), max(late) - min(early) FROM (SELECT count(*) AS n, min(epoch_us(${event})) AS early, max(epoch_us(${event})) AS late FROM ${name(window.relation)} WHERE ${link} IS NOT NULL GROUP BY ${link})`,
  );
  const span = spanOf(window);
  return { perLink: count(row[0]), share: span === null ? 1 : Math.min(1, (2 * span) / Math.max(1, count(row[1]))) };
}

async function sliceOf(session: Session, window: PlanWindow): Promise<number | null> {
  const span = spanOf(window);
  if (span === null || span <= 0) return null;
  const { perLink, share } = await densityOf(session, window);
  if (perLink <= rowsPerLink || share >= 0.5) return null;
  // Where many rows are near, narrow slices waste fewer of them; where few are, wide ones cost less.
  return perLink * share > rowsPerLink ? Math.ceil(span / 4) : span;
}

const needsRank = (a: PlanAggregate): boolean => a.aggregate === 'first' || a.aggregate === 'last';

/** Rows of the relation as `r`, with what the window needs beside the columns. */
function rowsSql(session: Session, window: PlanWindow, aggregates: readonly PlanAggregate[], slice: number | null): string {
  const columns = columnsOf(session, window.relation);
  const event = cast(name(window.event), typeOf(columns, window.event), 'timestamp');
  const order = [window.event, ...(window.known === null ? [] : [window.known]), ...window.tie];
  const extra = [
    ...(aggregates.some(needsRank) ? [`rank() OVER (ORDER BY ${list(order.map(c => `${name(c)} NULLS FIRST`))}) AS "~rank"`] : []),
    ...(slice === null ? [] : [`epoch_us(${event}) // ${slice} AS "~slice"`]),
  ];
  return `(SELECT ${list(['*', ...extra])} FROM ${name(window.relation)} WHERE ${name(window.link.row)} IS NOT NULL AND ${name(window.event)} IS NOT NULL)`;
}

async function joinedWindow(session: Session, window: PlanWindow, aggregates: readonly PlanAggregate[], observations: Observations): Promise<string> {
  const { scope, isTimeless } = observations;
  const columns = columnsOf(session, window.relation);
  const time = (wanted: string): string => cast(column('r', wanted), typeOf(columns, wanted), 'timestamp');
  const slice = isTimeless ? null : await sliceOf(session, window);
  const cutoff = scope.cutoff ?? 'CAST(NULL AS TIMESTAMP)';
  const end = (d: PlanWindow['from']): string => (d === null ? 'NULL' : `${cutoff} + ${interval(d)}`);
  // What the aggregates read of the observation travels with it under names of its own.
  const carried: string[] = [];
  const carry = (sql: string): string => {
    const found = carried.indexOf(sql);
    return column('k', `~o${found < 0 ? carried.push(sql) - 1 : found}`);
  };
  const inner: Scope = {
    column: (wanted, of) => (of === null ? column('r', wanted) : carry(scope.column(wanted, of === 'entity' ? null : of))),
    cutoff: carry(cutoff),
  };
  const items = aggregates.map(a => {
    const value = a.value && expression(a.value, inner);
    const where = a.where && condition(a.where, inner);
    return `${aggregate(a, { value, where, rank: 'r."~rank"', event: time(window.event) })} AS ${name(a.id)}`;
  });
  const keys = [
    'b."#row"',
    `${expression(window.link.entity, scope)} AS "~link"`,
    `${end(window.from)} AS "~low"`,
    `${end(window.to)} AS "~high"`,
    `${end(window.knownWithin)} AS "~known"`,
    ...carried.map((sql, i) => `${sql} AS "~o${i}"`),
  ];
  const observed = `SELECT ${list(keys)} FROM ${observations.from}`;
  const sliced = `SELECT *, unnest(range(epoch_us("~low") // ${slice}, epoch_us("~high") // ${slice} + 1)) AS "~slice" FROM (${observed})`;
  const on = [
    `${column('r', window.link.row)} = k."~link"`,
    ...(slice === null ? [] : ['r."~slice" = k."~slice"']),
    ...(isTimeless || window.from === null ? [] : [`${time(window.event)} >= k."~low"`]),
    ...(isTimeless || window.to === null ? [] : [`${time(window.event)} < k."~high"`]),
    ...(isTimeless || window.known === null ? [] : [`${time(window.known)} < k."~known"`]),
  ];
  const rows = rowsSql(session, window, aggregates, slice);
  return `SELECT ${list(['k."#row"', ...items])} FROM (${slice === null ? observed : sliced}) k JOIN ${rows} r ON ${on.join(' AND ')} GROUP BY k."#row"`;
}

/** What an aggregate is over no rows. */
export function overNone(a: PlanAggregate, sql: string): string {
  switch (a.aggregate) {
    case 'count':
    case 'distinct':
      return `coalesce(${sql}, 0)`;
    case 'any':
      return `coalesce(${sql}, FALSE)`;
    case 'all':
      return `coalesce(${sql}, TRUE)`;
    default:
      return sql;
  }
}

export async function windowSelects(session: Session, windows: readonly PlanWindow[], observations: Observations): Promise<WindowSelects> {
  const selects: string[] = [];
  const homes = new Map<string, number>();
  const add = (aggregates: readonly PlanAggregate[], sql: string): void => {
    for (const a of aggregates) homes.set(a.id, selects.length);
    selects.push(sql);
  };
  const isQuick = !observations.isTimeless && !session.pairsOnly;
  for (const window of windows) {
    const running = window.aggregates.filter(a => isQuick && isRunning(window, a));
    const best = window.aggregates.filter(a => isQuick && isRunningBest(window, a));
    const joined = window.aggregates.filter(a => !running.includes(a) && !best.includes(a));
    if (running.length) add(running, runningWindow(session, window, running, observations));
    for (const a of best) add([a], runningBest(session, window, a, observations));
    if (joined.length) add(joined, await joinedWindow(session, window, joined, observations));
  }
  return { selects, homes };
}
