/**
 * Windows by looking at every pair of observation and row that the window holds: what works for every aggregate. A row belongs to an
 * observation iff their links are equal, its event lies in [cutoff + from, cutoff + to) and it was known in time. Where aggregates do not
 * read the observation, pairs of row and cutoff are enough.
 */
import type { PlanAggregate, PlanWindow } from '../../language/plan/plan.ts';
import { aggregate } from '../sql/aggregate.ts';
import { condition, expression, type Scope } from '../sql/expression.ts';
import { cast, column, instant, interval, list, microsPerDay, name } from '../sql/write.ts';
import { columnsOf, count, type Session, typeOf } from './session.ts';
import { type Observations, timeOf } from './spells.ts';

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
  const event = timeOf(session, window, window.event);
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
  const event = timeOf(session, window, window.event);
  const order = [window.event, ...(window.known === null ? [] : [window.known]), ...window.tie];
  const extra = [
    ...(aggregates.some(needsRank) ? [`rank() OVER (ORDER BY ${list(order.map(c => `${name(c)} NULLS FIRST`))}) AS "~rank"`] : []),
    ...(slice === null ? [] : [`epoch_us(${event}) // ${slice} AS "~slice"`]),
  ];
  return `(SELECT ${list(['*', ...extra])} FROM ${name(window.relation)} WHERE ${name(window.link.row)} IS NOT NULL AND ${name(window.event)} IS NOT NULL)`;
}

/** By `#row`; observations without rows are absent. */
export async function pairedWindow(
  session: Session,
  window: PlanWindow,
  aggregates: readonly PlanAggregate[],
  observations: Observations,
): Promise<string> {
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

/** By `~link`, and by `~cutoff` where there are cutoffs: for aggregates that are the same for all observations of a link. */
export function sharedWindow(session: Session, window: PlanWindow, aggregates: readonly PlanAggregate[], grid: readonly number[] | null): string {
  const columns = columnsOf(session, window.relation);
  const time = (wanted: string): string => cast(column('r', wanted), typeOf(columns, wanted), 'timestamp');
  const scope: Scope = { column: wanted => column('r', wanted), cutoff: grid === null ? 'CAST(NULL AS TIMESTAMP)' : 'k."~cutoff"' };
  const items = aggregates.map(a => {
    const value = a.value && expression(a.value, scope);
    const where = a.where && condition(a.where, scope);
    return `${aggregate(a, { value, where, rank: 'r."~rank"', event: time(window.event) })} AS ${name(a.id)}`;
  });
  const link = `${column('r', window.link.row)} AS "~link"`;
  const rows = rowsSql(session, window, aggregates, null);
  if (grid === null) return `SELECT ${list([link, ...items])} FROM ${rows} r GROUP BY ALL`;
  const end = (d: PlanWindow['from'], as: string): string => `${d === null ? 'NULL' : `"~cutoff" + ${interval(d)}`} AS ${as}`;
  const ends = [end(window.from, '"~low"'), end(window.to, '"~high"'), end(window.knownWithin, '"~known"')];
  const cutoffs = `(SELECT ${list(['*', ...ends])} FROM (VALUES ${list(grid.map(c => `(${instant(c)})`))}) c("~cutoff"))`;
  const on = [
    ...(window.from === null ? [] : [`${time(window.event)} >= k."~low"`]),
    ...(window.to === null ? [] : [`${time(window.event)} < k."~high"`]),
    ...(window.known === null ? [] : [`${time(window.known)} < k."~known"`]),
  ];
  return `SELECT ${list([link, 'k."~cutoff"', ...items])} FROM ${rows} r JOIN ${cutoffs} k ON ${on.join(' AND ') || 'TRUE'} GROUP BY ALL`;
}
