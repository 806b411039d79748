/**
 * What an observation has of its own, in tables of its own: its number, label, identity, cutoff and partition. Where a wide entity's columns
 * stay in the entity's table, a matrix is read without that table, and the memory of it is given back before.
 */
import { type FeaturesNode, type FrameNode, outerOf, type PlanExpr } from '../../language/plan/plan.ts';
import { list, name } from '../sql/write.ts';
import { narrowTable } from './frame.ts';
import { release } from './release.ts';
import { beside, nodeOf, type Session, stored } from './session.ts';
import { isByCutoff } from './split.ts';

const without = ['scan', 'relation', 'check'];

/** The observations of the set's split, with `#row`, `#label`, `#identity`, `#cutoff` and `#partition`; null: they lie only beside the entity's columns. */
async function narrowRows(session: Session, node: FeaturesNode): Promise<string | null> {
  const split = nodeOf(session, node.split, 'split');
  const rows = await narrowTable(session, node.frame);
  if (isByCutoff(session, split) || rows === null) return null;
  return `(SELECT o."#row", o."#label", o."#identity", o."#cutoff", p."#partition" FROM ${rows} o JOIN ${beside(node.split, 'partitions')} p ON o."#row" = p."#row")`;
}

/** What keeps observations together across a split, of the entity's columns; null: nothing does. */
export function groupOf(session: Session, node: FeaturesNode): PlanExpr | null {
  const method = outerOf(nodeOf(session, node.split, 'split'));
  return method.kind === 'random' ? null : method.group;
}

const readsEntity = (session: Session, node: FeaturesNode, frame: FrameNode): boolean =>
  groupOf(session, node) !== null || frame.weight !== undefined;

/** Where a matrix reads the rows of a set, beside its columns. */
export async function rowsOfMatrix(session: Session, node: FeaturesNode, frame: FrameNode): Promise<string> {
  return (readsEntity(session, node, frame) ? null : await narrowRows(session, node)) ?? name(node.split);
}

function hasLiteral(expr: PlanExpr): boolean {
  return expr.op === 'literal' || (expr.op === 'call' && expr.args.some(hasLiteral));
}

/** Of these tables, those that neither a matrix nor a rule needs once the observations are gathered. Rules look at the columns that features compare with numbers. */
async function spent(session: Session, node: FeaturesNode, ids: readonly string[]): Promise<readonly string[]> {
  const frame = nodeOf(session, node.frame, 'frame');
  const asks = node.steps.some(step => step.kind === 'row' && hasLiteral(step.value));
  if (!session.db.holdsMuch || asks || node.windows.length || node.paths.length || readsEntity(session, node, frame)) return [];
  if ((await narrowRows(session, node)) === null) return [];
  return ids.filter(id => without.includes(session.entries.get(id)?.node.kind ?? ''));
}

export async function shed(session: Session, features: string, ids: readonly string[]): Promise<readonly string[]> {
  const found = await spent(session, nodeOf(session, features, 'features'), ids);
  for (const id of found) await release(session, id);
  return found;
}

/** Gives back the rows of what `shed` is going to give back. The columns stay, for views that name them; to read a value of one is an error. */
export async function empty(session: Session, node: FeaturesNode, ids: readonly string[]): Promise<void> {
  const { db } = session;
  for (const id of await spent(session, node, ids)) {
    const columns = await db.rows(`SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ${stored(name(id))} ORDER BY column_index`);
    await release(session, id);
    const gone = [...columns, ['rowid', 'BIGINT']].map(
      ([held, type]) => `CAST(error('These rows are gone') AS ${type}) AS "${String(held).replaceAll('"', '""')}"`,
    );
    await db.run(`CREATE VIEW ${name(id)} AS SELECT ${list(gone)}`);
  }
  await db.giveBack();
}
