/** Checks: what each claim measures, which rows fail it, and the table without the rows that a quarantine takes out. */
import type { CheckNode, PlanCheckClaim } from '../../language/plan/plan.ts';
import type { CheckRecord } from '../record.ts';
import { expression } from '../sql/expression.ts';
import { micros } from '../sql/functions.ts';
import { cast, instant, interval, list, name } from '../sql/write.ts';
import { aggregating } from './aggregating.ts';
import { failing, firstFailing } from './failingRows.ts';
import { number, plural } from './finding.ts';
import type { NodeResult } from './relational.ts';
import { beside, columnsOf, count, entryOf, type Session, typeOf } from './session.ts';
import { checkGaps } from './tableGaps.ts';

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
  const measured = node.claims.map(
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
  const checks: CheckRecord[] = [];
  for (const [i, check] of measured.entries()) {
    const claim = node.claims[i];
    const first = claim && !check.passed && check.failing > 0 && check.severity !== 'quarantine' ? await firstFailing(session, node, claim) : null;
    checks.push(first === null ? check : { ...check, first });
  }
  // What a claim that ends the run holds against rows is kept where people can look, too.
  const listed = node.claims.flatMap(({ claim, severity }, i) => {
    const check = checks[i];
    const isListed = check && check.failing > 0 && (severity === 'quarantine' || (severity === 'error' && !check.passed));
    const failed = isListed ? failing(claim, table) : null;
    return failed === null ? [] : [{ failed, index: i }];
  });
  const out = listed.flatMap(({ failed, index }) => (node.claims[index]?.severity === 'quarantine' ? [failed] : [])).join(' OR ');
  await db.run(`DROP VIEW IF EXISTS ${name(node.id)}`);
  await db.run(`DROP TABLE IF EXISTS ${name(node.id)}`);
  await db.run(
    out
      ? `CREATE TABLE ${name(node.id)} AS SELECT * FROM ${table} WHERE (${out}) IS NOT TRUE`
      : `CREATE VIEW ${name(node.id)} AS SELECT * FROM ${table}`,
  );
  const entries = await quarantine(session, node, listed);
  const rows = out ? count((await db.rows(`SELECT count(*) FROM ${name(node.id)}`))[0]?.[0]) : total;
  const passed = checks.filter(c => c.passed).length;
  return {
    node: node.id,
    rows,
    summary: `${number(passed)} of ${plural(checks.length, 'claim')} ${passed === 1 || checks.length === 1 ? 'holds' : 'hold'}${total > rows ? ` · ${plural(total - rows, 'row')} set aside` : ''}`,
    findings: await checkGaps(session, node),
    quarantined: entries,
    detail: { kind: 'check', checks },
  };
}

/** The rows taken out or in the way, once for each claim that they fail; pii columns are left out. */
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
