/** Giving back what a node left in the engine, once nothing reads it. What is known of its columns and its result stays. */
import { list, name, quoted } from '../sql/write.ts';
import { dropShared } from './observations.ts';
import { beside, type Session } from './session.ts';

/** What nodes may have beside the table or view of their own name. */
const besides = ['quarantine', 'skipped', 'partitions', 'set'];

export async function release(session: Session, id: string): Promise<void> {
  const wanted = [name(id), ...besides.map(what => beside(id, what))];
  const names = list(wanted.map(written => quoted(written.slice(1, -1).replaceAll('""', '"'))));
  const found = await session.db.rows(
    `SELECT 'VIEW', view_name FROM duckdb_views() WHERE NOT internal AND view_name IN (${names}) UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE table_name IN (${names})`,
  );
  await dropShared(session, id);
  for (const [kind, own] of found) await session.db.run(`DROP ${kind} "${String(own).replaceAll('"', '""')}"`);
}
