/**
 * Entities in the order of their identity. Where each is observed at the same cutoffs, sorting them numbers the observations: the number of
 * one tells its entity and its cutoff, so nothing is joined to find what belongs to it.
 */
import { list, name } from '../sql/write.ts';
import { forgetLinks } from './linkedRows.ts';
import { beside, count, type Session } from './session.ts';

export interface EntityOrder {
  /** One row an entity: `~link` is its key and `~code` its place, from 0 on. */
  readonly table: string;
  readonly key: string;
  readonly entities: number;
}

const known = new WeakMap<Session, Map<string, EntityOrder>>();

/** That of a task which was executed; null where numbers tell nothing. */
export const orderOf = (session: Session, frame: string): EntityOrder | null => known.get(session)?.get(frame) ?? null;

export function forgetOrder(session: Session, frame: string): void {
  const order = orderOf(session, frame);
  if (order) forgetLinks(session, order);
  known.get(session)?.delete(frame);
}

/** Up to so many columns of the entity are sorted along; more are joined, before cutoffs make many rows of one. */
const fewColumns = 12;

/** Null where two entities have the same identity. */
export async function orderEntities(
  session: Session,
  frame: { readonly id: string; readonly key: string; readonly table: string; readonly identity: string; readonly columns: readonly string[] },
): Promise<EntityOrder | null> {
  const { id, key, table, identity, columns } = frame;
  const ordered = beside(id, 'order');
  const own = columns.length <= fewColumns ? columns.map(c => `b.${name(c)}`) : [];
  const entities = `SELECT ${list([...own, `b.${name(key)} AS "~link"`, 'b.rowid AS "~id"', `${identity} AS "#identity"`])} FROM ${name(table)} b`;
  await session.db.run(
    `CREATE OR REPLACE TABLE ${ordered} AS SELECT *, CAST(row_number() OVER () - 1 AS INTEGER) AS "~code" FROM (${entities} ORDER BY "#identity")`,
  );
  // Equal ones are neighbours.
  const [row = []] = await session.db.rows(
    `SELECT count(*), (SELECT count(*) FROM ${ordered}) FROM ${ordered} a JOIN ${ordered} b ON a.rowid + 1 = b.rowid WHERE a."#identity" = b."#identity"`,
  );
  if (count(row[0]) > 0) {
    await session.db.run(`DROP TABLE ${ordered}`);
    return null;
  }
  const order = { table: ordered, key, entities: count(row[1]) };
  known.set(session, (known.get(session) ?? new Map<string, EntityOrder>()).set(id, order));
  return order;
}

/** A SELECT of all entities at all cutoffs, ascending: the columns of the entity, `~id`, `#identity`, `#cutoff` and `#row`. */
export function orderedAtCutoffs(
  { table: ordered, entities }: EntityOrder,
  table: string,
  columns: readonly string[],
  cutoffs: readonly number[],
): string {
  const isJoined = columns.length > fewColumns;
  const of = isJoined ? 'r' : 'o';
  const items = list([...columns.map(c => `${of}.${name(c)}`), 'o."~id"', 'o."#identity"', 'o."~code"']);
  const from = `${ordered} o${isJoined ? ` JOIN ${name(table)} r ON r.rowid = o."~id"` : ''}`;
  const instants = `make_timestamp(unnest(CAST([${list(cutoffs.map(String))}] AS BIGINT[]))) AS "#cutoff"`;
  const row = `CAST("~code" AS BIGINT) * ${cutoffs.length} + unnest(CAST([${list(cutoffs.map((_, i) => String(i)))}] AS BIGINT[])) AS "#row"`;
  // The engine gives each thread so many rows of a table that few entities keep but one of them busy.
  const middle = Math.ceil(entities / 2);
  const parts = ['<', '>='].map(
    half => `SELECT * EXCLUDE ("~code"), ${instants}, ${row} FROM (SELECT ${items} FROM ${from} WHERE o."~code" ${half} ${middle})`,
  );
  return parts.join(' UNION ALL ');
}
