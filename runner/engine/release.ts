/** Giving back what a node left in the engine, once nothing reads it. What is known of its columns and its result stays. */
import { name } from '../sql/write.ts';
import { forgetOrder } from './entityOrder.ts';
import { dropShared } from './observations.ts';
import { forgetPlain } from './plainSets.ts';
import { beside, type Session, stored } from './session.ts';

/** Whatever stands beside the node's own table or view goes with it. */
export async function release(session: Session, id: string): Promise<void> {
  const isOwn = (column: string): string => `(${column} = ${stored(name(id))} OR starts_with(${column}, ${stored(beside(id, ''))}))`;
  const found = await session.db.rows(
    `SELECT 'VIEW', view_name FROM duckdb_views() WHERE NOT internal AND ${isOwn('view_name')} UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE ${isOwn('table_name')}`,
  );
  await dropShared(session, id);
  forgetOrder(session, id);
  forgetPlain(session, id);
  for (const [kind, own] of found) await session.db.run(`DROP ${kind} "${String(own).replaceAll('"', '""')}"`);
}
