/**
 * Which rows fail a claim: the condition that they meet, and the first of them for people who want to look. Where that ends the run and a source
 * is checked, they are named by their places in the files, else by their keys: what a run gives does not depend on the order of rows.
 * Tables hold no places, so the files are read again, as far as the first of these rows.
 */
import type { CheckNode, PlanCheckClaim, ScanNode } from '../../language/plan/plan.ts';
import { expression } from '../sql/expression.ts';
import { column, list, name } from '../sql/write.ts';
import { number } from './finding.ts';
import { personalColumns } from './personal.ts';
import { createQuarantine, dropQuarantine, recordPlace, rejectedRows } from './quarantine.ts';
import { readSql, typedCells } from './scan.ts';
import { count, entryOf, type Session, tableOf, tableScope } from './session.ts';
import { openSource } from './source.ts';

const most = 3;

/** A condition that is true on the rows that fail a claim; null for claims about the table as a whole. */
export function failing(claim: PlanCheckClaim['claim'], table: string): string | null {
  switch (claim.kind) {
    case 'row':
      return `(${expression(claim.condition, tableScope())}) IS FALSE`;
    case 'complete':
      return `${name(claim.column)} IS NULL`;
    case 'unique': {
      const columns = list(claim.columns.map(name));
      const present = claim.columns.map(c => `${name(c)} IS NOT NULL`).join(' AND ');
      return `(${present} AND (${columns}) IN (SELECT ${claim.columns.length > 1 ? `(${columns})` : columns} FROM ${table} WHERE ${present} GROUP BY ${columns} HAVING count(*) > 1))`;
    }
    case 'refers':
      return `(${name(claim.column)} IS NOT NULL AND ${name(claim.column)} NOT IN (SELECT ${column('other', claim.key)} FROM ${name(claim.table)} other WHERE ${column('other', claim.key)} IS NOT NULL))`;
    case 'aggregate':
    case 'fresh':
      return null;
  }
}

/** ``rows 2, 3, 4 of `orders.csv` ``; null where no row of its own fails the claim, or none can be named. */
export async function firstFailing(session: Session, node: CheckNode, { claim, severity }: PlanCheckClaim): Promise<string | null> {
  const failed = failing(claim, name(node.table));
  if (failed === null) return null;
  const { node: base } = entryOf(session, await tableOf(session, node.table));
  return base.kind === 'scan' && severity === 'error' ? inFiles(session, base, failed) : byKey(session, node, failed);
}

async function inFiles(session: Session, scan: ScanNode, failed: string): Promise<string | null> {
  const { db } = session;
  // Beside what the scan itself has set aside.
  const again = { ...scan, id: `${scan.id} again` };
  const { files } = await openSource(db, session.root, scan);
  for (const file of files) {
    await createQuarantine(session, again);
    await file.table?.load();
    const rows = `SELECT row_number() OVER () - 1 AS "#i", * FROM (${readSql(scan, file, typedCells(scan, file).cells)})`;
    const found = await db.rows(`SELECT "#i" FROM (${rows}) WHERE NOT "#out" AND ${failed} LIMIT ${most}`);
    await rejectedRows(session, again, { file, start: 0, end: 0 });
    const places = found.length
      ? await db.rows(`SELECT ${recordPlace(again, file, 'i')} FROM (SELECT unnest([${list(found.map(([i]) => String(i)))}]) AS i) ORDER BY 1`)
      : [];
    await file.table?.drop();
    await dropQuarantine(session, again);
    if (places.length) return `${places.length > 1 ? 'rows' : 'row'} ${places.map(([row]) => number(count(row))).join(', ')} of \`${file.shown}\``;
  }
  return null;
}

async function byKey(session: Session, node: CheckNode, failed: string): Promise<string | null> {
  const { key } = node;
  if (key === null || personalColumns(session, node.table).has(key)) return null;
  const found = await session.db.rows(
    `SELECT DISTINCT ${name(key)} AS k, CAST(${name(key)} AS VARCHAR)[:60] FROM ${name(node.table)} WHERE ${failed} AND ${name(key)} IS NOT NULL ORDER BY 1 LIMIT ${most}`,
  );
  return found.length === 0 ? null : `the ${found.length > 1 ? 'rows' : 'row'} with \`${key}\` ${found.map(([, k]) => JSON.stringify(k)).join(', ')}`;
}
