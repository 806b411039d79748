/**
 * Entities in the order of their identity. Where each is observed at the same cutoffs, sorting them numbers the observations: the number of
 * one tells its entity and its cutoff, so nothing is joined to find what belongs to it.
 */
import { list, name } from '../sql/write.ts';
import { forgetLinks } from './linkedRows.ts';
import { beside, count, type Session } from './session.ts';

export interface EntityOrder {
  /** One row an entity: `~link` is its key and `~code` its place, from 0 on; few columns of it stand beside them, many are joined by `~id`. */
  readonly table: string;
  readonly key: string;
  readonly entities: number;
  readonly hasColumns: boolean;
  /** SQL of the identity, over a row `o`. */
  readonly identity: string;
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
  frame: {
    readonly id: string;
    readonly key: string;
    readonly table: string;
    /** SQL of the identity, of that of a key. */
    readonly identity: (key: string) => string;
    /** Quickly made of a key: it is not kept. */
    readonly isPlain: boolean;
    readonly columns: readonly string[];
  },
): Promise<EntityOrder | null> {
  const { id, key, table, identity, isPlain, columns } = frame;
  const ordered = beside(id, 'order');
  const hasColumns = columns.length <= fewColumns;
  const own = hasColumns ? columns.filter(c => c !== key).map(c => `b.${name(c)}`) : ['b.rowid AS "~id"'];
  const link = `b.${name(key)}`;
  const items = [...own, `${link} AS "~link"`, ...(isPlain ? [] : [`${identity(link)} AS "#identity"`])];
  const entities = `SELECT ${list(items)} FROM ${name(table)} b ORDER BY ${identity(link)}`;
  await session.db.run(`CREATE OR REPLACE TABLE ${ordered} AS SELECT *, CAST(row_number() OVER () - 1 AS INTEGER) AS "~code" FROM (${entities})`);
  const made = isPlain ? identity('o."~link"') : 'o."#identity"';
  // Equal ones are neighbours.
  const [row = []] = await session.db.rows(
    `SELECT count(*) FILTER (WHERE "~again"), count(*) FROM (SELECT ${made} = lag(${made}) OVER () AS "~again" FROM ${ordered} o)`,
  );
  if (count(row[0]) > 0) {
    await session.db.run(`DROP TABLE ${ordered}`);
    return null;
  }
  const order = { table: ordered, key, entities: count(row[1]), hasColumns, identity: made };
  known.set(session, (known.get(session) ?? new Map<string, EntityOrder>()).set(id, order));
  return order;
}

/** Columns of the entity over a row `o` of an order that has them. */
export const orderedColumns = ({ key }: EntityOrder, columns: readonly string[]): readonly string[] =>
  columns.map(c => (c === key ? `o."~link" AS ${name(c)}` : `o.${name(c)}`));

/** A SELECT of all entities at all cutoffs, ascending: the columns of the entity, `~code`, `#identity`, `#cutoff` and `#row`; and `~id` where columns are joined. */
export function orderedAtCutoffs(order: EntityOrder, table: string, columns: readonly string[], cutoffs: readonly number[]): string {
  const { table: ordered, hasColumns, identity } = order;
  const own = hasColumns ? orderedColumns(order, columns) : [...columns.map(c => `r.${name(c)}`), 'o."~id"'];
  const items = list([...own, `${identity} AS "#identity"`, 'o."~code"']);
  const from = `${ordered} o${hasColumns ? '' : ` JOIN ${name(table)} r ON r.rowid = o."~id"`}`;
  const instants = `make_timestamp(unnest(CAST([${list(cutoffs.map(String))}] AS BIGINT[]))) AS "#cutoff"`;
  const row = `CAST("~code" AS BIGINT) * ${cutoffs.length} + unnest(CAST([${list(cutoffs.map((_, i) => String(i)))}] AS BIGINT[])) AS "#row"`;
  return `SELECT *, ${instants}, ${row} FROM (SELECT ${items} FROM ${from})`;
}
