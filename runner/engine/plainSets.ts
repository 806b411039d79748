/**
 * Columns of a feature set that a join gives, and those without: who reads none of the former reads a view in which nothing is joined, for
 * the engine joins whatever a view joins, read or not.
 */
import { beside, type Session } from './session.ts';

/** A table or view with all columns, and one without those that joins give; the same where there are none. */
export interface RoundTables {
  readonly table: string;
  readonly plain: string;
  readonly joined: ReadonlySet<string>;
}

export const tableWith = ({ table, plain, joined }: RoundTables, columns: readonly string[]): string =>
  columns.some(column => joined.has(column)) ? table : plain;

const known = new WeakMap<Session, Map<string, RoundTables>>();

export function rememberPlain(session: Session, id: string, tables: RoundTables): void {
  const own = known.get(session) ?? new Map<string, RoundTables>();
  known.set(session, own);
  own.set(id, tables);
}

export function forgetPlain(session: Session, id: string): void {
  known.get(session)?.delete(id);
}

export const isJoined = (session: Session, id: string, column: string): boolean => known.get(session)?.get(id)?.joined.has(column) ?? false;

/** The set of the node, or a view of it that has these columns. */
export function setWith(session: Session, id: string, columns: readonly string[]): string {
  const tables = known.get(session)?.get(id);
  return tables ? tableWith(tables, columns) : beside(id, 'set');
}
