/**
 * Which entity each row of a relation belongs to, by the place of the row: keys are compared once for all windows of all sets, and rows that
 * belong to none are counted on the way.
 */
import { name } from '../sql/write.ts';
import { baseOf, count, type Entry, entryOf, type Session } from './session.ts';
import { mostTexts, type ShortTexts, shortBytes, shortTexts } from './shortTexts.ts';

/** A table of them: `~link` is the key of each and `~code` its place, from 0 on. Another object stands for other entities. */
export interface LinkedEntities {
  readonly table: string;
}

export interface LinkedRows {
  /** The table that has the rows. */
  readonly table: string;
  /** By the place of a row, the place of its entity; the number of entities where there is none. */
  readonly codes: Int32Array;
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

/** What is looked at in the same pass: a float of each row whose link is not null, and the place of its entity, or -1. */
export interface AlongLinks {
  readonly sql: string;
  readonly visit: (rows: number, codes: Int32Array, values: Float64Array) => void;
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
  const entry = entryOf(session, relation);
  const base = await baseOf(session, relation);
  if (base === null) return null;
  const all = known.get(session) ?? new Map<string, Known>();
  known.set(session, all);
  const kept = [...all.values()].reduce((bytes, { rows }) => bytes + rows.codes.byteLength, 0);
  const table = name(base);
  const column = `${table}.${name(link)}`;
  const [row] = await session.db.rows(
    `SELECT coalesce(max(rowid), -1) + 1, (SELECT count(*) FROM ${entities.table}), typeof(any_value(${column})) FROM ${table}`,
  );
  const [places = 0, none = 0] = (row ?? []).slice(0, 2).map(count);
  if (kept + 4 * places > session.db.spare * shareKept) return null;
  const codes = new Int32Array(places).fill(none);
  const texts = row?.[2] === 'VARCHAR' ? await textsOf(session, entities, none) : null;
  const found = new Int32Array(2048);
  let missing = 0;
  await session.db.visit(
    [
      { sql: `CAST(${table}.rowid AS INTEGER)`, type: 'int32' },
      texts ? { sql: column, type: 'text' } : { sql: 'coalesce("~code", -1)', type: 'int32' },
      ...(along ? [{ sql: along.sql, type: 'float64' } as const] : []),
    ],
    `${table}${texts ? '' : ` LEFT JOIN (SELECT "~link", "~code" FROM ${entities.table}) "~links" ON ${column} = "~links"."~link"`} WHERE ${column} IS NOT NULL`,
    (rows, [at, keys, values]) => {
      texts?.find(rows, keys as Int32Array, found);
      const own = texts ? found : (keys as Int32Array);
      missing += placed(codes, rows, at as Int32Array, own);
      along?.visit(rows, own, values as Float64Array);
    },
  );
  const rows = { table, codes, missing };
  all.set(keyOf(relation, link), { entry, entities, rows });
  return rows;
}

/** Gives how many have none. */
function placed(codes: Int32Array, rows: number, at: Int32Array, found: Int32Array): number {
  let missing = 0;
  for (let i = 0; i < rows; i++) {
    const code = found[i] as number;
    if (code < 0) missing++;
    else codes[at[i] as number] = code;
  }
  return missing;
}

/** The places of entities by their keys; null where these are no short texts. */
async function textsOf(session: Session, { table }: LinkedEntities, entities: number): Promise<ShortTexts | null> {
  const [row] = await session.db.rows(`SELECT typeof(any_value("~link")), coalesce(max(strlen(CAST("~link" AS VARCHAR))), 0) FROM ${table}`);
  if (row?.[0] !== 'VARCHAR' || count(row[1]) > shortBytes || entities > mostTexts) return null;
  const texts = shortTexts(entities);
  await session.db.visit(
    [
      { sql: '"~link"', type: 'text' },
      { sql: '"~code"', type: 'int32' },
    ],
    `${table} WHERE "~link" IS NOT NULL`,
    (rows, [links, codes]) => texts.add(rows, links as Int32Array, codes as Int32Array),
  );
  return texts;
}
