/**
 * Which entity each row of a relation belongs to, by the place of the row: keys are compared once for all windows of all sets, and rows that
 * belong to none are counted on the way.
 */
import { name } from '../sql/write.ts';
import { type DenseShape, type DenseSums, denseSums, shortBytes, textBytes } from './denseSums.ts';
import { baseOf, count, type Entry, entryOf, type Session } from './session.ts';
import type { VisitedColumn } from './visitedRows.ts';

/** A table of them: `~link` is the key of each and `~code` its place, from 0 on. Another object stands for other entities. */
export interface LinkedEntities {
  readonly table: string;
}

export interface LinkedRows {
  /** The table that has the rows. */
  readonly table: string;
  /** By the place of a row, the place of its entity and 1; 0 where there is none. */
  readonly links: Int32Array;
  /** Rows whose link is not null and yet names no entity. */
  readonly missing: number;
}

interface Known {
  readonly entry: Entry;
  readonly entities: LinkedEntities;
  readonly rows: LinkedRows;
}

const known = new WeakMap<Session, Map<string, Known>>();

const keyOf = (relation: string, link: string): string => JSON.stringify([relation, link]);

/** What was found before of the same rows and entities. */
export function knownLinks(session: Session, relation: string, link: string, entities: LinkedEntities): LinkedRows | null {
  const found = known.get(session)?.get(keyOf(relation, link));
  return found && found.entry === entryOf(session, relation) && found.entities === entities ? found.rows : null;
}

/** Those of entities that are no longer there. */
export function forgetLinks(session: Session, entities: LinkedEntities): void {
  for (const [key, found] of known.get(session) ?? []) if (found.entities === entities) known.get(session)?.delete(key);
}

/** No more than this part of what may be taken beside the engine is kept. */
const shareKept = 1 / 4;

/** What is added up in the same pass. */
export interface AlongLinks {
  /** A float of each row whose link is not null: its event. */
  readonly event: string;
  /** Rows are added to this, by their entities and events. */
  readonly sums: (how: Pick<DenseShape, 'columns' | 'linking'>) => DenseSums;
}

/** Null where the rows have no places, or are too many to keep. What was found before is no pass. */
export async function linkedRows(
  session: Session,
  relation: string,
  link: string,
  entities: LinkedEntities,
  along: AlongLinks | null = null,
): Promise<LinkedRows | null> {
  const before = knownLinks(session, relation, link, entities);
  if (before) return before;
  const { db } = session;
  const entry = entryOf(session, relation);
  const base = await baseOf(session, relation);
  if (base === null) return null;
  const all = known.get(session) ?? new Map<string, Known>();
  known.set(session, all);
  const kept = [...all.values()].reduce((bytes, { rows }) => bytes + rows.links.byteLength, 0);
  const table = name(base);
  const column = `${table}.${name(link)}`;
  const [row] = await db.rows(
    `SELECT coalesce(max(rowid), -1) + 1, (SELECT count(*) FROM ${entities.table}), typeof(any_value(${column})) FROM ${table}`,
  );
  const [places = 0, many = 0] = (row ?? []).slice(0, 2).map(count);
  const room = db.spare * shareKept - kept - 4 * places;
  if (room < 0) return null;
  const texts = row?.[2] === 'VARCHAR' && textBytes(many) <= room && (await haveShortKeys(session, entities)) ? many : 0;
  const columns: VisitedColumn[] = [
    texts ? { sql: column, type: 'text' } : { sql: 'coalesce("~code" + 1, 0)', type: 'int32' },
    ...(along ? [{ sql: along.event, type: 'float64' } as const] : []),
    { sql: `CAST(${table}.rowid AS INTEGER)`, type: 'int32' },
  ];
  const sums = (along?.sums ?? onlyLinks(db.threads))({ columns: columns.map(c => c.type), linking: { places, texts } });
  const joined = texts ? '' : ` LEFT JOIN (SELECT "~link", "~code" FROM ${entities.table}) "~links" ON ${column} = "~links"."~link"`;
  try {
    if (texts) await nameEntities(session, entities, sums);
    await db.visit(columns, `${table}${joined} WHERE ${column} IS NOT NULL`, sums.add);
  } finally {
    await sums.finish();
  }
  const rows = { table, ...sums.links() };
  all.set(keyOf(relation, link), { entry, entities, rows });
  return rows;
}

const onlyLinks =
  (threads: number) =>
  (how: Pick<DenseShape, 'columns' | 'linking'>): DenseSums =>
    denseSums({ ...how, links: 0, starts: [0], end: 0, parts: [], rows: 0, keeps: 'cells', cutoffs: 0, readers: 0 }, threads);

/** Whether all keys are texts that the process can look up; it knows neither longer ones nor other types. */
async function haveShortKeys({ db }: Session, { table }: LinkedEntities): Promise<boolean> {
  const [row] = await db.rows(`SELECT typeof(any_value("~link")), coalesce(max(strlen(CAST("~link" AS VARCHAR))), 0) FROM ${table}`);
  return row?.[0] === 'VARCHAR' && count(row[1]) <= shortBytes;
}

async function nameEntities({ db }: Session, { table }: LinkedEntities, sums: DenseSums): Promise<void> {
  const columns = [
    { sql: '"~link"', type: 'text' },
    { sql: '"~code" + 1', type: 'int32' },
  ] as const;
  await db.visit(columns, `${table} WHERE "~link" IS NOT NULL`, (rows, [texts, links]) => sums.name(rows, texts as Int32Array, links as Int32Array));
}
