/** Checks: what each claim measures, which rows fail it, and the table without the rows that a quarantine takes out. */
import type { CheckNode, PlanCheckClaim } from '../../language/plan/plan.ts';
import type { CheckRecord } from '../record.ts';
import { expression } from '../sql/expression.ts';
import { micros } from '../sql/functions.ts';
import { cast, column, instant, interval, list, name } from '../sql/write.ts';
import { aggregating } from './aggregating.ts';
import { number, plural } from './finding.ts';
import type { NodeResult } from './relational.ts';
import { beside, columnsOf, count, entryOf, type Session, tableScope, typeOf } from './session.ts';
import { checkGaps } from './tableGaps.ts';

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

/** The declared end of the source that a table is read from; null: none is declared. */
function declaredEnd(session: Session, id: string): number | null {
  const { node } = entryOf(session, id);
  switch (node.kind) {
    case 'scan':
      return node.until;
    case 'check':
      return declaredEnd(session, node.table);
    case 'relation':
      return declaredEnd(session, node.base);
    default:
      return null;
  }
}

interface Measured {
  readonly failing: string;
  /** SQL of a BOOLEAN, may be null. */
  readonly passed: string;
  /** SQL of a DOUBLE, may be null. */
  readonly value: string;
}

function measure(session: Session, node: CheckNode, { claim }: PlanCheckClaim, table: string): Measured {
  const columns = columnsOf(session, node.table);
  const failed = failing(claim, table);
  const kept = (f: string): string => `CASE WHEN count(*) = 0 THEN 1.0 ELSE CAST(count(*) - ${f} AS DOUBLE) / count(*) END`;
  if (failed !== null) {
    const f = `count(*) FILTER (WHERE ${failed})`;
    return { failing: f, passed: claim.kind === 'complete' ? `${kept(f)} >= ${claim.atLeast}` : `${f} = 0`, value: kept(f) };
  }
  if (claim.kind === 'aggregate') {
    const { scope } = aggregating(columns, [claim.condition, claim.value], node.key === null ? [] : [node.key]);
    return { failing: '0', passed: expression(claim.condition, scope), value: `CAST(${expression(claim.value, scope)} AS DOUBLE)` };
  }
  if (claim.kind !== 'fresh') throw new Error(`There is no claim ${claim.kind}.`);
  const until = declaredEnd(session, node.table);
  const known = columns.some(c => c.name === '#known') ? `max(${name('#known')})` : 'CAST(NULL AS TIMESTAMP)';
  const end = until === null ? known : instant(until);
  const type = typeOf(columns, claim.column);
  const latest = cast(`max(${name(claim.column)})`, type, 'timestamp');
  return {
    failing: '0',
    passed: `${latest} + ${interval(claim.within)} >= ${end}`,
    value: `CAST(epoch_us(${end}) - ${micros({ sql: latest, type: 'timestamp' })} AS DOUBLE)`,
  };
}

export async function executeCheck(session: Session, node: CheckNode): Promise<NodeResult> {
  const { db } = session;
  const table = name(node.table);
  const columns = columnsOf(session, node.table);
  const aggregated = node.claims.flatMap(({ claim }) => (claim.kind === 'aggregate' ? [claim.condition, claim.value] : []));
  const { from } = aggregating(columns, aggregated, node.key === null ? [] : [node.key]);
  const items = node.claims.map(claim => measure(session, node, claim, table)).flatMap(m => [m.failing, m.passed, m.value]);
  const [row = []] = await db.rows(`SELECT ${list(['count(*)', ...items])} FROM ${from(`SELECT * FROM ${table}`)}`);
  const total = count(row[0]);
  const checks = node.claims.map(
    (claim, i): CheckRecord => ({
      file: claim.place.file,
      range: claim.place.range,
      table: entryOf(session, node.table).node.name,
      claim: claim.text,
      passed: row[3 * i + 2] === true,
      failing: count(row[3 * i + 1]),
      total,
      value: row[3 * i + 3] === null || row[3 * i + 3] === undefined ? null : Number(row[3 * i + 3]),
      severity: claim.severity,
    }),
  );
  const quarantined = node.claims.flatMap(({ claim, severity }, i) => {
    const failed = severity === 'quarantine' && (checks[i]?.failing ?? 0) > 0 ? failing(claim, table) : null;
    return failed === null ? [] : [{ failed, index: i }];
  });
  const out = quarantined.map(q => q.failed).join(' OR ');
  await db.run(`DROP VIEW IF EXISTS ${name(node.id)}`);
  await db.run(`DROP TABLE IF EXISTS ${name(node.id)}`);
  await db.run(
    out
      ? `CREATE TABLE ${name(node.id)} AS SELECT * FROM ${table} WHERE (${out}) IS NOT TRUE`
      : `CREATE VIEW ${name(node.id)} AS SELECT * FROM ${table}`,
  );
  const entries = await quarantine(session, node, quarantined);
  const rows = out ? count((await db.rows(`SELECT count(*) FROM ${name(node.id)}`))[0]?.[0]) : total;
  const passed = checks.filter(c => c.passed).length;
  return {
    node: node.id,
    rows,
    summary: `${number(passed)} of ${plural(checks.length, 'claim')} ${passed === 1 ? 'holds' : 'hold'}${total > rows ? ` · ${number(total - rows)} rows set aside` : ''}`,
    findings: await checkGaps(session, node),
    quarantined: entries,
    detail: { kind: 'check', checks },
  };
}

/** The rows taken out, once for each claim that they fail; pii columns are left out. */
async function quarantine(session: Session, node: CheckNode, taken: readonly { readonly failed: string; readonly index: number }[]): Promise<number> {
  const shown = columnsOf(session, node.table)
    .map(c => c.name)
    .filter(c => !c.startsWith('#') && !node.pii.includes(c));
  const target = beside(node.id, 'quarantine');
  await session.db.run(`DROP TABLE IF EXISTS ${target}`);
  if (taken.length === 0) return 0;
  // The table is read once for all claims: those that fail are few.
  const failed = beside(node.id, 'failing');
  const flags = taken.map((t, i) => `${t.failed} AS "~f${i}"`);
  const any = taken.map((_, i) => `"~f${i}"`).join(' OR ');
  await session.db.run(
    `CREATE OR REPLACE TABLE ${failed} AS SELECT * FROM (SELECT ${list([...shown.map(name), ...flags])} FROM ${name(node.table)}) WHERE ${any}`,
  );
  const selects = taken.map(({ index }, i) => {
    const claim = node.claims[index]?.text.replaceAll("'", "''") ?? '';
    return `SELECT ${list([`'${claim}' AS "#claim"`, ...shown.map(name)])} FROM ${failed} WHERE "~f${i}"`;
  });
  await session.db.run(`CREATE TABLE ${target} AS ${selects.join(' UNION ALL ')}`);
  await session.db.run(`DROP TABLE ${failed}`);
  return count((await session.db.rows(`SELECT count(*) FROM ${target}`))[0]?.[0]);
}
