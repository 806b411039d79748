/**
 * Windows at cutoffs that are the same few for every entity, where links and slices of time are few enough for memory: rows go once through
 * the process, which keeps totals by link and slice, and observations look up what their windows have by place. No statement groups or joins
 * rows, and every number is the one that the engine itself would give.
 */
import type { PlanAggregate, PlanWindow } from '../../language/plan/plan.ts';
import { float, instant, name } from '../sql/write.ts';
import { type DensePart, isCounted } from './denseCells.ts';
import { type Asked, assembled, type DenseTables, eventOf, type Piece, piecesOf, typeOfPart } from './densePieces.ts';
import { areFewRows, type DenseReader, type DenseShape, type DenseSums, denseBytes, denseSums, type SliceRange } from './denseSums.ts';
import type { EntityOrder } from './entityOrder.ts';
import { type Ends, endsOf, familyOf, isOnTime, longestGrid, placeAmong, startsOf } from './gridWindows.ts';
import { field, type HeldType, type PlaceReader } from './heldNumbers.ts';
import { knownLinks, linkedRows } from './linkedRows.ts';
import { count, type Session } from './session.ts';
import { hasSpells, isAdditive, isPresent, micros, momentsOf, timeOf } from './spells.ts';
import type { VisitedColumn } from './visitedRows.ts';
import { batchRows } from './windowKernel.ts';

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

/** Lets the process hear of a signal. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

interface Planned extends Asked {
  readonly aggregate: PlanAggregate;
  readonly window: PlanWindow;
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

/** Null where it would take too much memory, or where a total is larger than floats hold; `levels`: where there were more of them than it seemed. */
async function filled(session: Session, { windows, ends, codes, planned }: Family, cutoffs: number): Promise<Filled | 'levels' | null> {
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
  // Observations come in the order of their entities.
  const keeps = codes.order && areFewRows({ ...shape, parts: onlyRows(parts) }, session.db.spare) ? 'rows' : 'cells';
  const time = timeOf(session, window, window.event);
  const [first = null] = starts;
  const where = [
    isPresent(window),
    ...(first === null ? [] : [`${time} >= ${instant(first)}`]),
    ...(end === null ? [] : [`${time} < ${instant(end)}`]),
  ];
  const sums = await addedRows(session, { window, codes, joins: planned.flatMap(p => p.joins), where, parts, shape: { ...shape, keeps } });
  await turn();
  if (sums.lacksNumbers()) return 'levels';
  return sums.isExact() ? { sums, starts, parts: parts.map(p => p.part), places } : null;
}

/** Of all windows whose numbers are read by the same place: a call for each of them would take as long as to read the numbers. */
interface Holder {
  readonly column: string;
  readonly joins: readonly string[];
  readonly types: HeldType[];
  readonly readers: PlaceReader[];
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
  const holders = new Map<string, Holder>();
  for (const key of new Set(all.map(familyOf))) {
    const windows = all.filter(w => familyOf(w) === key && w.aggregates.some(a => isDense(w, a)));
    const [window] = windows;
    if (!window || !(await isOnTime(session, windows))) continue;
    const plan = async (mayNumber: boolean): Promise<readonly Planned[]> => {
      const planned: Planned[] = [];
      for (const w of windows) {
        for (const aggregate of w.aggregates.filter(a => isDense(w, a))) {
          const found = await piecesOf(session, w, aggregate, tables, mayNumber);
          if (found) planned.push({ aggregate, window: w, ...found });
        }
      }
      return planned;
    };
    const fill = (some: readonly Planned[]): ReturnType<typeof filled> | null =>
      some.length === 0 || codes.links === 0 ? null : filled(session, { windows, ends, codes, planned: some }, grid.length);
    const codes = await codesOf(window);
    const ends = await endsOf(session, windows, grid);
    let planned = await plan(true);
    let found = await fill(planned);
    if (found === 'levels') {
      planned = await plan(false);
      found = await fill(planned);
    }
    if (found === null || found === 'levels') continue;
    const place = codes.order
      ? 'CAST(b."#row" AS INTEGER)'
      : `CAST(${codes.table}."~code" + ${codes.links} * ${placeAmong(micros(observed.cutoff), grid.slice(1))} AS INTEGER)`;
    const holder = holders.get(place) ?? {
      column: tables.table(`held ${holders.size}`),
      joins: codes.order ? [] : [`LEFT JOIN ${codes.table} ON ${codes.table}."~link" = ${observed.link(window)}`],
      types: [],
      readers: [],
    };
    holders.set(place, holder);
    const { column, types } = holder;
    const first = types.length;
    const readers: DenseReader[] = [];
    const asked = new Map<string, number>();
    const fieldOf = (part: number, w: PlanWindow): string => {
      const which = windows.indexOf(w);
      const before = asked.get(`${part} ${which}`);
      if (before !== undefined) return field(`b.${column}`, before);
      const own = ends.map(e => e[which] ?? { low: null, high: null });
      readers.push({ part, ranges: rangesOf(own, found.starts) });
      const number = types.push(isCounted(found.parts[part] ?? 'rows') ? 'int32' : 'float64') - 1;
      asked.set(`${part} ${which}`, number);
      return field(`b.${column}`, number);
    };
    for (const [i, { aggregate, window: w, pieces }] of planned.entries()) {
      const pieceSql = (found.places[i] ?? []).map(part => fieldOf(part, w));
      values.set(aggregate.id, assembled(aggregate, pieces, pieceSql));
    }
    // An observation is a pair of a link and a cutoff, and all its numbers are read at once.
    const order = codes.order ? { byLink: true, step: grid.length } : { byLink: false, step: codes.links };
    const read = found.sums.reader(readers, order);
    const end = types.length;
    holder.readers.push((rows, places, into) => read(rows, places, into.slice(first, end)));
  }
  for (const [place, { column, joins, types, readers }] of holders) {
    tables.owns(column);
    const hold = session.db.held.hold(column, types, (rows, places, into) => {
      for (const read of readers) read(rows, places, into);
    });
    columns.push({ name: column, sql: hold(place), joins });
  }
  return { columns, values };
}
