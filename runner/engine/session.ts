/** What the executed nodes left behind: their tables in the engine, the columns of these, and their results. */
import type { PlanColumn, PlanType } from '../../language/plan/plan.ts';
import type { AggregateExpr, Scope } from '../sql/expression.ts';
import { column, name, quoted } from '../sql/write.ts';
import type { Database } from './duckdb.ts';
import type { NodeResult, RelationalNode } from './relational.ts';

export interface Entry {
  readonly node: RelationalNode;
  /** Of the table that carries the node's id as its name. */
  readonly columns: readonly PlanColumn[];
  readonly result: NodeResult;
}

export interface Session {
  readonly db: Database;
  readonly root: string;
  /** Windows look at every pair of observation and row: what the quicker ways are held against. */
  readonly pairsOnly: boolean;
  readonly entries: Map<string, Entry>;
}

export function entryOf(session: Session, id: string): Entry {
  const entry = session.entries.get(id);
  if (!entry) throw new Error(`Node ${id} is read before it was executed.`);
  return entry;
}

export function nodeOf<K extends RelationalNode['kind']>(session: Session, id: string, kind: K): Extract<RelationalNode, { kind: K }> {
  const { node } = entryOf(session, id);
  if (node.kind !== kind) throw new Error(`Node ${id} is a ${node.kind}, not a ${kind}.`);
  return node as Extract<RelationalNode, { kind: K }>;
}

export const columnsOf = (session: Session, id: string): readonly PlanColumn[] => entryOf(session, id).columns;

export function typeOf(columns: readonly PlanColumn[], wanted: string): PlanType {
  const found = columns.find(c => c.name === wanted);
  if (!found) throw new Error(`The plan reads column ${wanted}, which is not there.`);
  return found.type;
}

/** A table beside the node's own, such as its quarantine. */
export const beside = (id: string, what: string): string => name(`${id} #${what}`);

/** Columns of one table only; `of` qualifies them where a statement reads several. */
export const tableScope = (table: string | null = null, aggregate?: (expr: AggregateExpr) => string): Scope => ({
  column(wanted, of) {
    if (of !== null) throw new Error(`The plan reads ${wanted} of ${of}, which is not in scope.`);
    return table === null ? name(wanted) : column(table, wanted);
  },
  ...(aggregate ? { aggregate } : {}),
});

export const count = (value: unknown): number => Number(value ?? 0);

/** A name as the engine holds it, as a literal. */
export const stored = (written: string): string => quoted(written.slice(1, -1).replaceAll('""', '"'));

/** The table whose rows the relation has: a check that sets nothing aside is a view of another. */
export async function tableOf(session: Session, id: string): Promise<string> {
  const { node } = entryOf(session, id);
  if (node.kind !== 'check') return id;
  const [row] = await session.db.rows(`SELECT count(*) FROM duckdb_views() WHERE NOT internal AND view_name = ${stored(name(id))}`);
  return count(row?.[0]) > 0 ? tableOf(session, node.table) : id;
}

/** As `tableOf`, but null where it is no table either: its rows then have no places. */
export async function baseOf(session: Session, id: string): Promise<string | null> {
  const table = await tableOf(session, id);
  const [row] = await session.db.rows(`SELECT count(*) FROM duckdb_tables() WHERE table_name = ${stored(name(table))}`);
  return count(row?.[0]) > 0 ? table : null;
}
