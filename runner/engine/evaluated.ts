/** What evaluations read of observations beside the matrix: which rows meet a condition, and the segments that rows fall into. */
import type { PlanExpr } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { shown } from '../sql/canonical.ts';
import { columnOf, condition, type Scope } from '../sql/expression.ts';
import { name } from '../sql/write.ts';
import { isTimeless } from './frame.ts';
import { gapFindings, inObservations, observationExample, type ToldGap } from './gaps.ts';
import { observe } from './observations.ts';
import { asking, blame } from './overflow.ts';
import { gapsOf } from './partial.ts';
import type { ReadPart } from './relational.ts';
import { beside, entryOf, nodeOf, type Session } from './session.ts';

/** Conditions and segments of evaluations read observations, rows along their refs, and the set. */
async function overObservations(session: Session, id: string): Promise<{ readonly from: string; readonly scope: Scope }> {
  const node = nodeOf(session, id, 'features');
  const frame = nodeOf(session, node.frame, 'frame');
  const { from, scope } = await observe(session, {
    table: name(node.split),
    isTimeless: isTimeless(frame),
    grid: null,
    paths: node.paths,
    windows: [],
  });
  return {
    from: `${from} JOIN ${beside(id, 'set')} s ON s."#row" = b."#row"`,
    scope: { ...scope, column: (wanted, of) => (of === 'set' ? `s.${name(wanted)}` : scope.column(wanted, of)) },
  };
}

export async function readWhere(session: Session, id: string, expr: PlanExpr): Promise<Uint8Array> {
  const { from, scope } = await overObservations(session, id);
  const items = `SELECT CAST(${condition(expr, scope)} AS INTEGER) FROM ${from} ORDER BY b."#row"`;
  const { rows } = entryOf(session, id).result;
  const [found] = await blamed(session, id, { from, scope, expr }, () => session.db.columns(items, rows, ['int32'] as const));
  return Uint8Array.from(found);
}

async function blamed<T>(
  session: Session,
  id: string,
  of: { readonly from: string; readonly scope: Scope; readonly expr: PlanExpr },
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { place } = nodeOf(session, id, 'features');
    throw await blame(session, error, [{ what: 'A condition or segment of an evaluation', place, expr: of.expr, ask: asking(of.from, of.scope) }]);
  }
}

export async function readGaps(session: Session, id: string, parts: readonly ReadPart[]): Promise<readonly FindingRecord[]> {
  const told = parts.flatMap(({ what, place, expr }) =>
    gapsOf(expr).map((gap): ToldGap => ({ gap, subject: what, where: inObservations, place, fate: 'it has no value there', result: null })),
  );
  if (told.length === 0) return [];
  const frame = nodeOf(session, nodeOf(session, id, 'features').frame, 'frame');
  return gapFindings(session, { ...(await overObservations(session, id)), example: observationExample(session, frame) }, told);
}

/** Names of segments in the order of their values; a null is the last. */
export async function readSegments(
  session: Session,
  id: string,
  by: PlanExpr,
): Promise<{ readonly names: readonly (string | null)[]; readonly codes: Int32Array }> {
  const { from, scope } = await overObservations(session, id);
  const value = columnOf(by, scope);
  const table = beside(id, 'segments');
  const made = `CREATE OR REPLACE TABLE ${table} AS SELECT b."#row" AS r, ${value} AS v FROM ${from}`;
  await blamed(session, id, { from, scope, expr: by }, () => session.db.run(made));
  const found = await session.db.rows(`SELECT ${shown('v', by.type)} FROM (SELECT DISTINCT v FROM ${table}) ORDER BY v NULLS LAST`);
  const [codes] = await session.db.columns(
    `SELECT CAST(dense_rank() OVER (ORDER BY v NULLS LAST) - 1 AS INTEGER) FROM ${table} ORDER BY r`,
    entryOf(session, id).result.rows,
    ['int32'] as const,
  );
  await session.db.run(`DROP TABLE ${table}`);
  return { names: found.map(row => (row[0] === null ? null : String(row[0]))), codes };
}
