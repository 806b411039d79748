/**
 * Windows at cutoffs that are the same few for every entity. Time is cut where any window begins or ends; rows are summed up by link and
 * slice of time once, and each window puts together the slices it covers. What cannot be put together from slices meets each of the
 * cutoffs whose window holds the row.
 */
import type { PlanAggregate, PlanExpr, PlanWindow } from '../../language/plan/plan.ts';
import { condition, expression, type Scope } from '../sql/expression.ts';
import { cast, column, instant, interval, list, name } from '../sql/write.ts';
import { count, type Entry, entryOf, type Session } from './session.ts';
import { hasSpells, isAdditive, isNeverNull, isPresent, micros, momentsOf, never, result, spellsSql, startsLate, terms, timeOf } from './spells.ts';

/** A SELECT of aggregates under their ids, by `~link` and `~cutoff`. */
export interface GridSelect {
  readonly sql: string;
  /** One of those that it is made of: they have the same link. */
  readonly window: PlanWindow;
  readonly aggregates: readonly PlanAggregate[];
}

/** Beyond so many cutoffs that a slice counts for, on average, putting slices together takes longer than a pass over rows. */
const mostCutoffs = 24;
/** Of so many cutoffs no slice of use counts for few. */
export const longestGrid = 500;
/** Distinct values are bits of one whole number. */
const mostLevels = 62;

const readsObservation = (expr: PlanExpr | null): boolean =>
  expr !== null && ((expr.op === 'column' && expr.of !== null) || (expr.op === 'call' && expr.args.some(readsObservation)));

/** Whether the aggregate is the same for all observations of a link at a cutoff. */
export const isShared = (a: PlanAggregate): boolean => !readsObservation(a.value) && !readsObservation(a.where);

const isSliced = (window: PlanWindow, a: PlanAggregate): boolean =>
  window.knownWithin.months === 0 && hasSpells(a) && (isAdditive(a) || ['min', 'max', 'distinct'].includes(a.aggregate));

export interface Ends {
  readonly low: number | null;
  readonly high: number | null;
}

interface Slices {
  /** Ascending; a slice begins at each and ends at the next. Null: before all time. */
  readonly starts: readonly (number | null)[];
  /** The end of the last slice; null: never. */
  readonly end: number | null;
  /** By slice and cutoff that has it in any window: which windows. */
  readonly uses: readonly { readonly slice: number; readonly cutoff: number; readonly windows: readonly boolean[] }[];
}

/** The ends of each window at each cutoff, in microseconds. */
export async function endsOf(session: Session, windows: readonly PlanWindow[], grid: readonly number[]): Promise<readonly (readonly Ends[])[]> {
  const items = windows.flatMap(({ from, to }) => [from, to]).map(d => (d === null ? 'NULL' : micros(`c + ${interval(d)}`)));
  const cutoffs = `SELECT make_timestamp(unnest(CAST([${list(grid.map(String))}] AS BIGINT[]))) AS c`;
  const rows = await session.db.rows(`SELECT ${list(items)} FROM (${cutoffs}) ORDER BY c`);
  const number = (cell: unknown): number | null => (cell === null || cell === undefined ? null : Number(cell));
  return rows.map(row => windows.map((_, w) => ({ low: number(row[2 * w]), high: number(row[2 * w + 1]) })));
}

/** Where time is cut. */
export function startsOf(ends: readonly (readonly Ends[])[]): Pick<Slices, 'starts' | 'end'> {
  const all = ends.flat();
  const edges = [...new Set(all.flatMap(({ low, high }) => [low, high]).filter(edge => edge !== null))].sort((a, b) => a - b);
  const isOpen = all.some(e => e.low === null);
  const neverEnds = all.some(e => e.high === null);
  return { starts: [...(isOpen ? [null] : []), ...(neverEnds ? edges : edges.slice(0, -1))], end: neverEnds ? null : (edges.at(-1) ?? null) };
}

function slicesOf(ends: readonly (readonly Ends[])[]): Slices {
  const { starts, end } = startsOf(ends);
  const uses = ends.flatMap((windows, cutoff) =>
    starts.flatMap((start, slice) => {
      const stop = starts[slice + 1] ?? end;
      const covered = windows.map(
        ({ low, high }) => (low === null || (start !== null && start >= low)) && (high === null || (stop !== null && stop <= high)),
      );
      return covered.includes(true) ? [{ slice, cutoff, windows: covered }] : [];
    }),
  );
  return { starts, end, uses };
}

/** How many of the ascending bounds are at most the value: a search in as few comparisons as it takes. */
export function placeAmong(value: string, bounds: readonly (number | string)[], first = 0): string {
  if (bounds.length === 0) return String(first);
  const middle = bounds.length >> 1;
  const [below, above] = [bounds.slice(0, middle), bounds.slice(middle + 1)];
  return `CASE WHEN ${value} < ${bounds[middle]} THEN ${placeAmong(value, below, first)} ELSE ${placeAmong(value, above, first + middle + 1)} END`;
}

/** What is kept of rows in a slice: numbers that are added, or what `fold` makes of values; over slices it is folded once more. */
interface Part {
  /** Of a row, in a scope. */
  readonly of: (scope: Scope) => string;
  readonly fold: 'sum' | 'min' | 'max' | 'bit_or';
}

interface Sliced {
  readonly aggregate: PlanAggregate;
  readonly window: number;
  readonly parts: readonly Part[];
}

/** A join that gives each of the few levels of a value a bit of its own. */
interface Levels {
  readonly aggregate: PlanAggregate;
  readonly join: string;
}

const plain: Scope = { column: wanted => name(wanted) };

/** Null where there are too many levels for bits. */
async function levelsOf(session: Session, { relation }: PlanWindow, aggregate: PlanAggregate): Promise<Levels | null> {
  const value = aggregate.value === null ? 'NULL' : expression(aggregate.value, plain);
  const distinct = `SELECT DISTINCT ${value} AS "~v" FROM ${name(relation)} WHERE ${value} IS NOT NULL`;
  const [row] = await session.db.rows(`SELECT count(*) FROM (${distinct} LIMIT ${mostLevels + 1})`);
  if (count(row?.[0]) > mostLevels) return null;
  const alias = name(`~levels ${aggregate.id}`);
  const bits = `(SELECT "~v", 1::BIGINT << (row_number() OVER () - 1) AS "~bit" FROM (${distinct}))`;
  return {
    aggregate,
    join: `LEFT JOIN ${bits} ${alias} ON ${expression(aggregate.value ?? nothing(), { column: w => column('t', w) })} = ${alias}."~v"`,
  };
}

function partsOf(session: Session, { relation }: PlanWindow, a: PlanAggregate): readonly Part[] {
  const kept = (value: string, scope: Scope): string => (a.where ? `CASE WHEN ${condition(a.where, scope)} THEN ${value} END` : value);
  switch (a.aggregate) {
    case 'min':
    case 'max': {
      const { value } = a;
      return [{ fold: a.aggregate, of: scope => kept(value ? expression(value, scope) : 'NULL', scope) }];
    }
    case 'distinct':
      return [{ fold: 'bit_or', of: scope => kept(name(`~bit ${a.id}`), scope) }];
    default: {
      const isThere = a.value !== null && isNeverNull(session, relation, a.value);
      return terms(a, plain, isThere).map((_, i) => ({ fold: 'sum', of: scope => terms(a, scope, isThere)[i]?.sql ?? '0' }));
    }
  }
}

function resultOf(a: PlanAggregate, folded: readonly string[]): string {
  const [only = 'NULL'] = folded;
  if (a.aggregate === 'distinct') return `CAST(bit_count(${only}) AS BIGINT)`;
  if (isAdditive(a)) return result(a, folded);
  return cast(only, a.value?.type ?? a.type, a.type);
}

/** The longest time between an event and when it is known, in microseconds, by columns of an executed node. */
const lags = new WeakMap<Entry, Map<string, number>>();

async function lagOf(session: Session, window: PlanWindow, known: string): Promise<number> {
  if (isSame(session, window.relation, known, window.event)) return 0;
  const entry = entryOf(session, window.relation);
  const measured = lags.get(entry) ?? new Map<string, number>();
  lags.set(entry, measured);
  const key = JSON.stringify([window.event, known]);
  const before = measured.get(key);
  if (before !== undefined) return before;
  const lag = `max(${micros(timeOf(session, window, known))} - ${micros(timeOf(session, window, window.event))})`;
  const [row] = await session.db.rows(`SELECT ${lag} FROM ${name(window.relation)}`);
  const longest = row?.[0] === null || row?.[0] === undefined ? Number.NEGATIVE_INFINITY : Number(row[0]);
  measured.set(key, longest);
  return longest;
}

/** Whether two hidden columns of a source are computed alike. */
function isSame(session: Session, relation: string, one: string, other: string): boolean {
  const { node } = entryOf(session, relation);
  if (node.kind === 'check') return isSame(session, node.table, one, other);
  const [left, right] = [one, other].map(wanted => node.kind === 'scan' && node.hidden.find(h => h.name === wanted)?.value);
  return left !== undefined && left !== false && JSON.stringify(left) === JSON.stringify(right);
}

/** Whether every row is known as soon as any of the windows could hold it. */
export async function isOnTime(session: Session, windows: readonly PlanWindow[]): Promise<boolean> {
  const [window] = windows;
  if (!window || window.known === null) return true;
  const ends = windows.map(w => w.to);
  if (ends.some(to => to === null || to.months !== 0)) return false;
  const last = Math.max(...ends.map(to => to?.micros ?? 0));
  return (await lagOf(session, window, window.known)) <= window.knownWithin.micros - last;
}

interface Family {
  readonly windows: readonly PlanWindow[];
  readonly moments: readonly string[];
  readonly sliced: readonly Sliced[];
  readonly levels: readonly Levels[];
}

/** Rows summed up by slice, and slices by window. */
async function slicedSql(session: Session, family: Family, grid: readonly number[], slices: Slices): Promise<string> {
  const { windows, moments, sliced, levels } = family;
  const [window = nothing()] = windows;
  const event = micros(timeOf(session, window, window.event));
  const { starts, end, uses } = slices;
  const first = starts[0] ?? null;
  const within = [...(first === null ? [] : [`"~event" >= ${first}`]), ...(end === null ? [] : [`"~event" < ${end}`])];
  const enter = window.known === null ? `-${never}` : `${micros(timeOf(session, window, window.known))} - ${window.knownWithin.micros}`;
  const bits = levels.map(({ aggregate: a }) => `${name(`~levels ${a.id}`)}."~bit" AS ${name(`~bit ${a.id}`)}`);
  const present = isPresent(window);
  const rows = `SELECT * FROM (SELECT ${list(['t.*', ...bits, `${event} AS "~event"`, `${enter} AS "~in"`, `CAST(${never} AS BIGINT) AS "~out"`])} FROM ${name(window.relation)} t ${levels.map(l => l.join).join(' ')} WHERE ${present})${within.length ? ` WHERE ${within.join(' AND ')}` : ''}`;
  // Equal parts are kept once, whichever windows they are for.
  const parts: Part[] = [];
  const written: string[] = [];
  const places = sliced.map(s =>
    s.parts.map(part => {
      const sql = `${part.fold} ${part.of(plain)}`;
      const found = written.indexOf(sql);
      if (found >= 0) return found;
      parts.push(part);
      return written.push(sql) - 1;
    }),
  );
  const late = moments.length > 0 || !(await isOnTime(session, windows));
  const isLate = startsLate(sliced.map(s => s.aggregate));
  const inner = spellsSql(rows, { moments, isLate }, scope => [
    `${name(window.link.row)} AS "~link"`,
    `${placeAmong(
      '"~event"',
      starts.slice(1).map(s => s ?? 0),
    )} AS "~slice"`,
    ...parts.map((part, i) => `${part.of(scope)} AS "~p${i}"`),
  ]);
  const seen = late ? [`${placeAmong('"~from"', grid)} AS "~seen"`, `${placeAmong('"~until"', grid)} AS "~gone"`] : [];
  const folded = parts.map(({ fold }, i) => `${fold}("~p${i}") AS "~p${i}"`);
  const keys = ['"~link"', '"~slice"', ...(late ? ['"~seen"', '"~gone"'] : [])];
  const counts = parts.map(({ fold }, i) => (fold === 'sum' ? `"~p${i}" <> 0` : `"~p${i}" IS NOT NULL`)).join(' OR ');
  const kept = `SELECT ${list(['*', ...seen])} FROM (${inner.join(' UNION ALL ')})${moments.length ? ` WHERE ${counts}` : ''}`;
  const summed = `SELECT ${list([...keys, ...folded])} FROM (${kept}) GROUP BY ${list(keys)}`;
  const flags = windows.map((_, w) => `"~w${w}"`);
  const lines = uses.map(u => `(${list([String(u.slice), String(u.cutoff), instant(grid[u.cutoff] ?? 0), ...u.windows.map(String)])})`);
  const always = windows.map((_, w) => uses.every(u => u.windows[w]));
  const items = sliced.map(({ aggregate: a, window: w }, k) => {
    const of = (places[k] ?? []).map(i => `${parts[i]?.fold}("~p${i}")${always[w] ? '' : ` FILTER (WHERE "~w${w}")`}`);
    return `${resultOf(a, of)} AS ${name(a.id)}`;
  });
  const when = late ? ' AND p."~seen" <= u."~index" AND u."~index" < p."~gone"' : '';
  // In the order of links the groups of a link lie together in memory.
  return `SELECT ${list(['"~link"', '"~cutoff"', ...items])} FROM (SELECT * FROM (${summed}) ORDER BY "~link") p JOIN (VALUES ${list(lines)}) u(${list(['"~slice"', '"~index"', '"~cutoff"', ...flags])}) ON p."~slice" = u."~slice"${when} GROUP BY "~link", "~cutoff"`;
}

function nothing(): never {
  throw new Error('A window of a grid is empty.');
}

export const familyOf = (w: PlanWindow): string => JSON.stringify([w.relation, w.link, w.event, w.known, w.knownWithin]);

/** What slices can give, of all windows; the rest is left to other ways. */
export async function slicedWindows(session: Session, windows: readonly PlanWindow[], grid: readonly number[]): Promise<readonly GridSelect[]> {
  const selects: GridSelect[] = [];
  if (grid.length > longestGrid) return selects;
  for (const key of new Set(windows.map(familyOf))) {
    const own = windows.filter(w => familyOf(w) === key && w.aggregates.some(a => isSliced(w, a)));
    const [window] = own;
    if (!window) continue;
    const slices = slicesOf(await endsOf(session, own, grid));
    if (slices.uses.length > mostCutoffs * slices.starts.length) continue;
    const fitting = own.flatMap((w, i) => w.aggregates.filter(a => isSliced(w, a)).map(a => ({ a, w, i, moments: momentsOf([a]) })));
    const levels = new Map<string, Levels>();
    for (const { a, w } of fitting.filter(f => f.a.aggregate === 'distinct' && f.moments.length === 0)) {
      const found = await levelsOf(session, w, a);
      if (found) levels.set(a.id, found);
    }
    const usable = fitting.filter(({ a }) => a.aggregate !== 'distinct' || levels.has(a.id));
    for (const moments of new Set(usable.map(f => JSON.stringify(f.moments)))) {
      const together = usable.filter(f => JSON.stringify(f.moments) === moments);
      const sliced = together.map(({ a, w, i }): Sliced => ({ aggregate: a, window: i, parts: partsOf(session, w, a) }));
      const family: Family = {
        windows: own,
        moments: JSON.parse(moments),
        sliced,
        levels: together.flatMap(({ a }) => levels.get(a.id) ?? []),
      };
      selects.push({ sql: await slicedSql(session, family, grid, slices), window, aggregates: sliced.map(s => s.aggregate) });
    }
  }
  return selects;
}
