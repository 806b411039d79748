/**
 * Windows at cutoffs that are the same few for every entity, where links and slices of time are few enough for memory: rows go once through
 * the process, which keeps totals by link and slice, and observations look up what their windows have by place. No statement groups or joins
 * rows, and every number is the one that the engine itself would give.
 */
import type { PlanAggregate, PlanExpr, PlanType, PlanWindow } from '../../language/plan/plan.ts';
import { condition, expression, type Scope } from '../sql/expression.ts';
import { cast, float, instant, name, quoted } from '../sql/write.ts';
import { type DensePart, isCounted, mostLevels } from './denseCells.ts';
import { type DenseReader, type DenseShape, type DenseSums, denseBytes, denseSums, type SliceRange, shortBytes } from './denseSums.ts';
import type { EntityOrder } from './entityOrder.ts';
import { type Ends, endsOf, familyOf, isOnTime, longestGrid, placeAmong, startsOf } from './gridWindows.ts';
import { field, type HeldType } from './heldNumbers.ts';
import { knownLinks, linkedRows } from './linkedRows.ts';
import { count, entryOf, type Session } from './session.ts';
import { hasSpells, isAdditive, isNeverNull, isPresent, micros, momentsOf, result, terms, timeOf } from './spells.ts';
import type { VisitedColumn } from './visitedRows.ts';
import { batchRows } from './windowKernel.ts';

export interface DenseTables {
  /** The name of a table of its own. */
  readonly table: (what: string) => string;
  readonly keep: (table: string, sql: string) => Promise<void>;
  /** Numbers under a name: they are forgotten where a table of that name would be dropped. */
  readonly owns: (name: string) => void;
}

export interface DenseObserved {
  readonly grid: readonly number[];
  readonly cutoff: string;
  readonly link: (window: PlanWindow) => string;
  /** A SELECT of all links that observations may have, as `~link`. */
  readonly links: (window: PlanWindow) => string;
  /** Where observations are numbered by entity and then by cutoff, and the window's links are the entities. */
  readonly inOrder: (window: PlanWindow) => EntityOrder | null;
}

/** A column of observations: a struct of numbers. */
export interface HeldColumn {
  readonly name: string;
  /** Over the observations and what is joined to them. */
  readonly sql: string;
  readonly joins: readonly string[];
}

export interface DenseWindows {
  readonly columns: readonly HeldColumn[];
  /** By the id of an aggregate: its value, over observations `b` with these columns. */
  readonly values: ReadonlyMap<string, string>;
}

/** With so many more places than rows most of them are empty. */
const placesPerRow = 8;
const fewPlaces = 1_000_000;

const plain: Scope = { column: wanted => name(wanted) };

/** Lets the process hear of a signal. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** One of the numbers that an aggregate is made of. */
interface Piece {
  readonly part: DensePart;
  /** Of a row; null where the part asks for nothing. */
  readonly sql: string | null;
  /** Of levels that come as texts: all of them, by their numbers. */
  readonly texts?: readonly string[];
}

const typeOfPart = {
  rows: 'int8',
  flag: 'int8',
  whole: 'float64',
  wide: 'float64',
  least: 'float64',
  greatest: 'float64',
  first: 'float64',
  last: 'float64',
  levels: 'int8',
  laterLevels: 'int8',
} as const;

/** A text that is no level: those that come as texts are shorter. */
const noLevel = quoted('~'.repeat(shortBytes + 1));

interface Planned {
  readonly aggregate: PlanAggregate;
  readonly window: PlanWindow;
  readonly pieces: readonly Piece[];
  readonly joins: readonly string[];
}

/** A least or greatest value as a float that holds it exactly, or tells that it does not; null where floats cannot. */
function asNumber(sql: string, type: PlanType): { readonly number: string; readonly back: (number: string) => string } | null {
  if (type === 'float') return { number: sql, back: x => x };
  if (type === 'timestamp') return { number: `CAST(${micros(sql)} AS DOUBLE)`, back: x => `make_timestamp(CAST(${x} AS BIGINT))` };
  if (type === 'date') {
    return { number: `CAST(${micros(cast(sql, 'date', 'timestamp'))} AS DOUBLE)`, back: x => `CAST(make_timestamp(CAST(${x} AS BIGINT)) AS DATE)` };
  }
  return null;
}

/** Microseconds as a float. */
const eventOf = (session: Session, window: PlanWindow): string => `CAST(${micros(timeOf(session, window, window.event))} AS DOUBLE)`;

/** Whether the event of a source's row is nothing but this column, which then is read already. */
function isEventItself(session: Session, { relation, event }: Pick<PlanWindow, 'relation' | 'event'>, value: PlanExpr | null): boolean {
  const { node } = entryOf(session, relation);
  if (node.kind === 'check') return isEventItself(session, { relation: node.table, event }, value);
  const found = node.kind === 'scan' ? node.hidden.find(h => h.name === event)?.value : undefined;
  return found?.op === 'column' && value?.op === 'column' && value.of === null && value.name === found.name && value.type === 'timestamp';
}

async function piecesOf(
  session: Session,
  window: PlanWindow,
  a: PlanAggregate,
  tables: DenseTables,
): Promise<Pick<Planned, 'pieces' | 'joins'> | null> {
  const value = a.value === null ? 'NULL' : expression(a.value, plain);
  const kept = (sql: string, otherwise: string): string =>
    a.where ? `CASE WHEN ${condition(a.where, plain)} THEN ${sql} ELSE ${otherwise} END` : sql;
  if (a.aggregate === 'min' || a.aggregate === 'max') {
    const number = a.value && asNumber(value, a.value.type);
    if (!number) return null;
    const none = float(Number.NaN);
    const isEvent = a.where === null && isEventItself(session, window, a.value);
    if (isEvent) return { pieces: [{ part: a.aggregate === 'min' ? 'first' : 'last', sql: eventOf(session, window) }], joins: [] };
    const sql = kept(`coalesce(${number.number}, ${none})`, none);
    return { pieces: [{ part: a.aggregate === 'min' ? 'least' : 'greatest', sql }], joins: [] };
  }
  if (a.aggregate === 'distinct') {
    const table = tables.table(`levels ${a.id}`);
    const distinct = `SELECT DISTINCT ${value} AS "~v" FROM ${name(window.relation)} WHERE ${value} IS NOT NULL LIMIT ${mostLevels + 1}`;
    await tables.keep(table, `SELECT "~v", row_number() OVER () - 1 AS "~n" FROM (${distinct})`);
    const [row = []] = await session.db.rows(`SELECT count(*), typeof(any_value("~v")), max(strlen(CAST("~v" AS VARCHAR))) FROM ${table}`);
    const levels = count(row[0]);
    if (levels > mostLevels) return null;
    const halves = levels > mostLevels / 2 ? (['levels', 'laterLevels'] as const) : (['levels'] as const);
    if (row[1] === 'VARCHAR' && count(row[2]) <= shortBytes) {
      const texts = (await session.db.rows(`SELECT "~v" FROM ${table} ORDER BY "~n"`)).map(([text]) => String(text));
      const isThere = a.where === null && a.value !== null && isNeverNull(session, window.relation, a.value);
      const sql = isThere ? value : kept(`coalesce(${value}, ${noLevel})`, noLevel);
      return { pieces: halves.map(part => ({ part, sql, texts })), joins: [] };
    }
    const level = kept(`CAST(coalesce(${table}."~n", -1) AS TINYINT)`, '(-1)::TINYINT');
    return {
      pieces: halves.map(part => ({ part, sql: level })),
      joins: [`LEFT JOIN ${table} ON ${value} = ${table}."~v"`],
    };
  }
  const isThere = a.value !== null && isNeverNull(session, window.relation, a.value);
  const pieces = terms(a, plain, isThere).map(({ sql, isFlag, float: asFloat }): Piece => {
    if (sql === '1') return { part: 'rows', sql: null };
    if (isFlag) return { part: 'flag', sql: `CAST(${sql} AS TINYINT)` };
    return asFloat ? { part: 'wide', sql: asFloat } : { part: 'whole', sql: `CAST(${sql} AS DOUBLE)` };
  });
  return { pieces, joins: [] };
}

/** The value of an aggregate from what was looked up of its pieces. */
function assembled(a: PlanAggregate, pieces: readonly Piece[], found: readonly string[]): string {
  const [only = 'NULL'] = found;
  if (a.aggregate === 'distinct') return `CAST(${found.join(' + ')} AS BIGINT)`;
  if (a.aggregate === 'min' || a.aggregate === 'max') {
    const type = a.value?.type ?? a.type;
    return cast(asNumber('', type)?.back(`nullif(${only}, ${float(Number.NaN)})`) ?? only, type, a.type);
  }
  return result(
    a,
    found.map((sql, i) => (pieces[i]?.part === 'wide' ? sql : `CAST(${sql} AS BIGINT)`)),
  );
}

const isDense = (window: PlanWindow, a: PlanAggregate): boolean =>
  window.knownWithin.months === 0 &&
  hasSpells(a) &&
  momentsOf([a]).length === 0 &&
  (isAdditive(a) || ['min', 'max', 'distinct'].includes(a.aggregate));

/** The slices of each cutoff that a window covers. */
const rangesOf = (ends: readonly Ends[], starts: readonly (number | null)[]): readonly SliceRange[] =>
  ends.map(({ low, high }) => {
    if (low !== null && high !== null && low >= high) return { first: 0, end: 0 };
    const end = high === null ? -1 : starts.indexOf(high);
    return { first: low === null ? 0 : starts.indexOf(low), end: end < 0 ? starts.length : end };
  });

interface Codes {
  readonly table: string;
  readonly links: number;
  /** Where the number of an observation tells its link and its cutoff. */
  readonly order: EntityOrder | null;
}

interface Family {
  readonly windows: readonly PlanWindow[];
  readonly ends: readonly (readonly Ends[])[];
  readonly codes: Codes;
  readonly planned: readonly Planned[];
}

interface Filled {
  readonly sums: DenseSums;
  readonly starts: readonly (number | null)[];
  readonly parts: readonly DensePart[];
  /** By aggregate: the parts that its pieces are in. */
  readonly places: readonly (readonly number[])[];
}

interface Adding {
  readonly window: PlanWindow;
  readonly codes: Codes;
  readonly joins: readonly string[];
  readonly where: readonly string[];
  readonly parts: readonly Piece[];
  readonly shape: Omit<DenseShape, 'parts' | 'columns' | 'linking'>;
}

const onlyRows = (parts: readonly Piece[]): DenseShape['parts'] => parts.map(({ part }) => ({ part, column: null, texts: null }));

/** Where nothing but the event is read of rows, they are added while it is found to whom they belong. */
async function linkedAndAdded(session: Session, { window, codes, parts, shape }: Adding): Promise<DenseSums | null> {
  const { order } = codes;
  if (!order || parts.some(part => part.sql !== null) || knownLinks(session, window.relation, window.link.row, order)) return null;
  const event = `CASE WHEN ${isPresent(window)} THEN ${eventOf(session, window)} ELSE ${float(Number.NaN)} END`;
  let made: DenseSums | null = null;
  await linkedRows(session, window.relation, window.link.row, order, {
    event,
    sums(how) {
      made = denseSums({ ...shape, ...how, parts: onlyRows(parts) }, session.db.threads);
      return made;
    },
  });
  return made;
}

async function addedRows(session: Session, adding: Adding): Promise<DenseSums> {
  const along = await linkedAndAdded(session, adding);
  if (along) return along;
  const { window, codes, joins, where, parts, shape } = adding;
  const linked = codes.order && (await linkedRows(session, window.relation, window.link.row, codes.order));
  const columns: VisitedColumn[] = [
    { sql: linked ? `CAST(${linked.table}.rowid AS INTEGER)` : '"~code" + 1', type: 'int32' },
    { sql: eventOf(session, window), type: 'float64' },
  ];
  // Where the values of each part are among the columns; what is asked twice comes once.
  const placed = parts.map(({ part, sql, texts = null }) => {
    if (sql === null) return { part, column: null, texts: null };
    const type = texts ? 'text' : typeOfPart[part];
    const known = columns.findIndex(c => c.sql === sql && c.type === type);
    return { part, column: known < 0 ? columns.push({ sql, type }) - 1 : known, texts };
  });
  const sums = denseSums({ ...shape, parts: placed, columns: columns.map(c => c.type), linking: null }, session.db.threads);
  const byLink = `${name(window.relation)} JOIN (SELECT "~link", "~code" FROM ${codes.table}) "~links" ON ${name(window.link.row)} = "~links"."~link"`;
  const own = new Int32Array(batchRows);
  try {
    await session.db.visit(columns, `${[linked?.table ?? byLink, ...joins].join(' ')} WHERE ${where.join(' AND ')}`, (rows, visited) => {
      if (!linked) return sums.add(rows, visited);
      const [places, ...values] = visited;
      for (let i = 0; i < rows; i++) own[i] = linked.links[(places as Int32Array)[i] as number] as number;
      sums.add(rows, [own, ...values]);
    });
  } finally {
    await sums.finish();
  }
  return sums;
}

/** Null where it would take too much memory, or where a total is larger than floats hold. */
async function filled(session: Session, { windows, ends, codes, planned }: Family, cutoffs: number): Promise<Filled | null> {
  const [window] = windows;
  if (!window) return null;
  const { starts, end } = startsOf(ends);
  const parts: Piece[] = [];
  const places = planned.map(({ pieces }) =>
    pieces.map(piece => {
      const found = parts.findIndex(p => p.part === piece.part && p.sql === piece.sql);
      return found < 0 ? parts.push(piece) - 1 : found;
    }),
  );
  const [row] = await session.db.rows(`SELECT count(*) FROM ${name(window.relation)}`);
  const rows = count(row?.[0]);
  const shape = {
    links: codes.links,
    starts: starts.map(s => s ?? Number.NEGATIVE_INFINITY),
    end: end ?? Number.POSITIVE_INFINITY,
    rows,
    cutoffs,
    readers: parts.length * windows.length,
  };
  const cells = codes.links * starts.length;
  if (cells > Math.max(fewPlaces, placesPerRow * rows)) return null;
  if (denseBytes({ ...shape, parts: onlyRows(parts) }) > session.db.spare) return null;
  const time = timeOf(session, window, window.event);
  const [first = null] = starts;
  const where = [
    isPresent(window),
    ...(first === null ? [] : [`${time} >= ${instant(first)}`]),
    ...(end === null ? [] : [`${time} < ${instant(end)}`]),
  ];
  const sums = await addedRows(session, { window, codes, joins: planned.flatMap(p => p.joins), where, parts, shape });
  await turn();
  return sums.isExact() ? { sums, starts, parts: parts.map(p => p.part), places } : null;
}

/** What can be had so, of all windows; the rest is left to other ways. */
export async function denseWindows(
  session: Session,
  all: readonly PlanWindow[],
  observed: DenseObserved,
  tables: DenseTables,
): Promise<DenseWindows> {
  const columns: HeldColumn[] = [];
  const values = new Map<string, string>();
  const { grid } = observed;
  if (grid.length > longestGrid) return { columns, values };
  const known = new Map<string, Codes>();
  const codesOf = async (window: PlanWindow): Promise<Codes> => {
    const inOrder = observed.inOrder(window);
    const links = inOrder?.table ?? observed.links(window);
    const found = known.get(links);
    if (found) return found;
    const table = inOrder?.table ?? tables.table(`links ${known.size}`);
    if (inOrder === null) {
      const ordered = `SELECT * FROM (${links}) ORDER BY "~link"`;
      await tables.keep(table, `SELECT "~link", CAST(row_number() OVER () - 1 AS INTEGER) AS "~code" FROM (${ordered})`);
    }
    const [row] = await session.db.rows(`SELECT count(*) FROM ${table}`);
    const codes = { table, links: count(row?.[0]), order: inOrder };
    known.set(links, codes);
    return codes;
  };
  for (const key of new Set(all.map(familyOf))) {
    const windows = all.filter(w => familyOf(w) === key && w.aggregates.some(a => isDense(w, a)));
    const [window] = windows;
    if (!window || !(await isOnTime(session, windows))) continue;
    const planned: Planned[] = [];
    for (const w of windows) {
      for (const aggregate of w.aggregates.filter(a => isDense(w, a))) {
        const found = await piecesOf(session, w, aggregate, tables);
        if (found) planned.push({ aggregate, window: w, ...found });
      }
    }
    const codes = await codesOf(window);
    const ends = await endsOf(session, windows, grid);
    const found = planned.length === 0 || codes.links === 0 ? null : await filled(session, { windows, ends, codes, planned }, grid.length);
    if (!found) continue;
    const column = tables.table(`held ${columns.length}`);
    const readers: DenseReader[] = [];
    const types: HeldType[] = [];
    const asked = new Map<string, number>();
    const fieldOf = (part: number, w: PlanWindow): string => {
      const which = windows.indexOf(w);
      const before = asked.get(`${part} ${which}`);
      if (before !== undefined) return field(`b.${column}`, before);
      const own = ends.map(e => e[which] ?? { low: null, high: null });
      types.push(isCounted(found.parts[part] ?? 'rows') ? 'int32' : 'float64');
      const number = readers.push({ part, ranges: rangesOf(own, found.starts) }) - 1;
      asked.set(`${part} ${which}`, number);
      return field(`b.${column}`, number);
    };
    for (const [i, { aggregate, window: w, pieces }] of planned.entries()) {
      const pieceSql = (found.places[i] ?? []).map(part => fieldOf(part, w));
      values.set(aggregate.id, assembled(aggregate, pieces, pieceSql));
    }
    const place = codes.order
      ? 'CAST(b."#row" AS INTEGER)'
      : `CAST(${codes.table}."~code" + ${codes.links} * ${placeAmong(micros(observed.cutoff), grid.slice(1))} AS INTEGER)`;
    tables.owns(column);
    // An observation is a pair of a link and a cutoff, and all its numbers are read at once.
    const order = codes.order ? { byLink: true, step: grid.length } : { byLink: false, step: codes.links };
    columns.push({
      name: column,
      sql: session.db.held.hold(column, types, found.sums.reader(readers, order))(place),
      joins: codes.order ? [] : [`LEFT JOIN ${codes.table} ON ${codes.table}."~link" = ${observed.link(window)}`],
    });
  }
  return { columns, values };
}
