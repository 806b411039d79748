/**
 * Reads a source under its declared schema. A cell that does not fit reads as null where the column admits nulls; where it does not, the
 * row is set aside, as is a row that is not shaped like the others. All of these are kept for the quarantine, with file, row and reason.
 */
import type { PlanColumn, ScanNode } from '../../language/plan/plan.ts';
import { writtenName } from '../../language/text/writtenName.ts';
import type { FindingRecord } from '../record.ts';
import { cell, quickCell, typedCell } from '../sql/cell.ts';
import { columnOf } from '../sql/expression.ts';
import { list, literal, name } from '../sql/write.ts';
import { nestedColumns } from './connectors/json.ts';
import { neverFits, plainMessage, type SourceFile } from './connectors/sourceFile.ts';
import { SqlError } from './duckdb.ts';
import { finding, hasError, inCode, number, pathPlace, plural } from './finding.ts';
import { createQuarantine, quarantineFindings, rejectedRows } from './quarantine.ts';
import type { ExecuteContext, NodeResult } from './relational.ts';
import { beside, count, type Session, tableScope } from './session.ts';
import { type FileRows, openSource } from './source.ts';

export const scanColumns = (node: ScanNode): PlanColumn[] => [
  ...node.columns.map(({ name, type }) => ({ name, type })),
  ...node.hidden.map(({ name, value }) => ({ name, type: value.type })),
];

/** The typed cells of a file; a finding for each column that the file's types can never fill. */
export function typedCells(node: ScanNode, file: SourceFile): { readonly cells: readonly string[]; readonly findings: readonly FindingRecord[] } {
  const findings: FindingRecord[] = [];
  const cells = node.columns.map((column, i) => {
    const { sql, stored } = file.columns[i] ?? { sql: 'NULL', stored: 'text' };
    const typed = typedCell(sql, stored, column.type, node.options);
    if (typed !== null) return typed;
    const type = typeof stored === 'object' ? stored.type : stored;
    findings.push(neverFits(column, type.toLowerCase(), file.shown, /^(STRUCT|MAP|UNION|BLOB|BIT)|\]$/.test(type)));
    return literal(column.type, null);
  });
  return { cells, findings };
}

/** Values, hidden columns, how many cells do not fit, and whether the row lacks a value it needs. */
export function readSql(node: ScanNode, file: SourceFile, typed: readonly string[]): string {
  const quick = file.columns.map(({ sql, stored }, i) => {
    const column = node.columns[i];
    return column && stored === 'text' ? quickCell(sql, column.type, node.options) : null;
  });
  const tried = quick.flatMap((q, i) => (q ? [`${q.read} AS ${name(`quick ${i}`)}`] : []));
  const read = file.columns.map(({ sql }, i) => {
    const [q, own] = [quick[i], name(`quick ${i}`)];
    const slow = typed[i] ?? 'NULL';
    return `${q ? `CASE WHEN ${q.accepts(own)} THEN ${own} WHEN ${sql} IS NOT NULL THEN ${slow} END` : slow} AS ${name(`typed ${i}`)}`;
  });
  const values = node.columns.map((column, i) => `${cell(name(`typed ${i}`), column)} AS ${name(column.name)}`);
  const present = file.columns.map(({ sql }, i) => `${sql} IS NOT NULL AS ${name(`has ${i}`)}`);
  const bad = node.columns.map((column, i) => `CAST(${name(`has ${i}`)} AND ${name(column.name)} IS NULL AS INTEGER)`);
  const out = node.columns.filter(c => !c.nullable).map(c => `${name(c.name)} IS NULL`);
  const broken = file.broken ? [`${file.broken.reason} IS NOT NULL AS "#broken"`] : [];
  if (file.broken) out.push('"#broken"');
  const columns = node.columns.map(c => name(c.name));
  const judged = `SELECT ${list([...columns, `${bad.join(' + ')} AS "#bad"`, `(${out.join(' OR ') || 'FALSE'}) AS "#out"`])} FROM (SELECT ${list([...values, ...file.columns.map((_, i) => name(`has ${i}`)), ...(file.broken ? ['"#broken"'] : [])])} FROM (SELECT ${list([...read, ...present, ...broken])} FROM (SELECT ${list(['*', ...tried])} FROM ${file.from})))`;
  return node.hidden.reduce(
    (inner, { name: hidden, value }) => `SELECT *, ${columnOf(value, tableScope())} AS ${name(hidden)} FROM (${inner})`,
    judged,
  );
}

async function readFiles(
  session: Session,
  node: ScanNode,
  files: readonly SourceFile[],
  context: ExecuteContext,
): Promise<{ readonly rows: readonly FileRows[]; readonly findings: readonly FindingRecord[] }> {
  const { db } = session;
  const read = beside(node.id, 'read');
  const rows: FileRows[] = [];
  const findings: FindingRecord[] = [];
  await db.run(`DROP TABLE IF EXISTS ${read}`);
  for (const [i, file] of files.entries()) {
    context.progress(i, files.length, 'files', null);
    const { cells, findings: found } = typedCells(node, file);
    if (found.length) return { rows, findings: found };
    const start = rows.at(-1)?.end ?? 0;
    const unread = await file.table?.load();
    if (unread) return { rows, findings: [unread] };
    try {
      await db.run(`${i === 0 ? `CREATE TABLE ${read} AS` : `INSERT INTO ${read}`} ${readSql(node, file, cells)}`);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      const help = 'Look at the file in an editor, or export it again.';
      return {
        rows,
        findings: [finding('error', 'unreadable-file', pathPlace(node), `\`${file.shown}\` cannot be read: ${plainMessage(error)}.`, help)],
      };
    }
    await file.table?.drop();
    const end = count((await db.rows(`SELECT count(*) FROM ${read}`))[0]?.[0]);
    rows.push({ file, start, end });
    const nested = await nestedColumns(node, file, db, `(SELECT * FROM ${read} WHERE rowid >= ${start})`);
    if (nested.length) return { rows, findings: nested };
    const rejected = file.records ? await rejectedRows(session, node, { file, start, end }) : 0;
    findings.push(...unaccounted(node, file, end - start + rejected));
  }
  return { rows, findings };
}

/** Records that are neither read nor rejected: none, or the reader and we disagree about where records end. */
function unaccounted(node: ScanNode, file: SourceFile, seen: number): FindingRecord[] {
  const expected = file.records?.expected ?? 0;
  if (seen >= expected) return [];
  const message = `${plural(expected - seen, 'record')} of \`${file.shown}\` could not be read.`;
  return [finding('error', 'lost-rows', node.place, message, 'Look for quotes that are not doubled inside a value.', expected - seen)];
}

/** A column that must not repeat: which rows repeat, without the values. */
async function repeated(
  session: Session,
  node: ScanNode,
  column: ScanNode['columns'][number],
  files: readonly FileRows[],
): Promise<FindingRecord | null> {
  const { db } = session;
  const read = beside(node.id, 'read');
  const wanted = name(column.name);
  const [totals] = await db.rows(`SELECT count(${wanted}) - count(DISTINCT ${wanted}) FROM ${read} WHERE NOT "#out"`);
  const extra = count(totals?.[0]);
  if (extra === 0) return null;
  const rows = await db.rows(
    `SELECT rowid FROM ${read} WHERE NOT "#out" AND ${wanted} IN (SELECT ${wanted} FROM ${read} WHERE NOT "#out" GROUP BY ${wanted} HAVING count(*) > 1 ORDER BY min(rowid) LIMIT 1) ORDER BY rowid LIMIT 3`,
  );
  const places = rows.map(([rowid]) => {
    const at = files.find(f => count(rowid) < f.end);
    return { file: at?.file.shown ?? '', row: at ? number(count(rowid) - at.start + 1 + at.file.header) : '' };
  });
  const [first] = places;
  const oneFile = places.every(p => p.file === first?.file);
  const examples = oneFile
    ? `rows ${places.map(p => p.row).join(', ')} of \`${first?.file}\``
    : places.map(p => `row ${p.row} of \`${p.file}\``).join(', ');
  const what = node.key === column.name ? 'the key' : 'unique';
  return finding(
    'error',
    'repeated-key',
    column.place,
    `\`${column.name}\` is ${what} of \`${node.name}\`, and ${plural(extra, 'row repeats', 'rows repeat')} a value of another (for example ${examples}).`,
    node.key === column.name
      ? `Remove the repeated rows, or declare ${inCode(`${writtenName(column.name)} : text`)} and derive a table with ${keepingOne(node, column.name)}.`
      : 'Remove the repeated rows, or the word `unique`.',
    extra,
  );
}

/** Of more columns the step is described and not written. */
const mostWritten = 8;

/** Rows with a time are dropped but for the earliest of each key; of others only copies are, which are alike in every column. */
function keepingOne(node: ScanNode, key: string): string {
  const time = node.hidden.find(h => h.name === '#event')?.value;
  const first = writtenName(key);
  if (time) return inCode(`dedupe by ${first} keep earliest${time.op === 'column' ? ` ${writtenName(time.name)}` : ''}`);
  const others = node.columns.flatMap(({ name }) => (name === key ? [] : [writtenName(name)]));
  if (others.length < mostWritten) return `${inCode(`dedupe by ${[first, ...others].join(', ')} keep earliest ${first}`)}, which drops copies`;
  return `${inCode(`dedupe by ${first}, … keep earliest ${first}`)}, which names every column and drops copies`;
}

const emptyFiles = ([file, ...others]: readonly SourceFile[]): string =>
  others.length ? 'its files hold none' : `\`${file?.shown}\` holds ${file?.header ? 'nothing but its header' : 'none'}`;

export async function executeScan(session: Session, node: ScanNode, context: ExecuteContext): Promise<NodeResult> {
  const { db } = session;
  const table = name(node.id);
  const read = beside(node.id, 'read');
  const result = (rows: number, findings: readonly FindingRecord[], quarantined = 0, outRows = 0, badCells = 0): NodeResult => ({
    node: node.id,
    rows,
    summary: `${plural(rows, 'row')}${outRows ? ` · ${number(outRows)} set aside` : ''}`,
    findings,
    quarantined,
    detail: { kind: 'scan', columns: node.columns.length, quarantinedRows: outRows, quarantinedCells: badCells },
  });
  await createQuarantine(session, node);
  const source = await openSource(db, session.root, node);
  if (hasError(source.findings)) return result(0, source.findings);
  const { rows: files, findings: reading } = await readFiles(session, node, source.files, context);
  if (hasError(reading)) return result(0, [...source.findings, ...reading]);
  const [totals] = await db.rows(
    `SELECT count(*) FILTER (WHERE NOT "#out"), count(*) FILTER (WHERE "#out"), coalesce(sum("#bad") FILTER (WHERE NOT "#out"), 0), count(*) FROM ${read}`,
  );
  const [kept, out, bad, all] = (totals ?? []).map(count);
  const broken = await quarantineFindings(session, node, files, { rows: out ?? 0, cells: bad ?? 0 });
  const rejected = broken.rejected;
  const findings = [...source.findings, ...reading, ...broken.findings];
  for (const column of node.columns.filter(c => c.unique || c.name === node.key)) {
    const found = await repeated(session, node, column, files);
    if (found) findings.push(found);
  }
  if ((kept ?? 0) === 0) {
    const none = (all ?? 0) + rejected === 0;
    findings.push(
      none
        ? finding(
            'warning',
            'no-rows',
            node.place,
            `\`${node.name}\` has no rows: ${emptyFiles(source.files)}.`,
            'Put the data there, or name another file.',
          )
        : finding(
            'error',
            'no-rows',
            node.place,
            `No row of \`${node.name}\` fits its declaration.`,
            'See the findings above: most likely a type or a format is declared otherwise than the file has it.',
          ),
    );
  }
  const columns = scanColumns(node).map(c => name(c.name));
  if (out) {
    await db.run(`CREATE OR REPLACE TABLE ${table} AS SELECT ${list(columns)} FROM ${read} WHERE NOT "#out"`);
    await db.run(`DROP TABLE ${read}`);
  } else {
    await db.run(`DROP TABLE IF EXISTS ${table}`);
    await db.run(`ALTER TABLE ${read} DROP COLUMN "#bad"`);
    await db.run(`ALTER TABLE ${read} DROP COLUMN "#out"`);
    await db.run(`ALTER TABLE ${read} RENAME TO ${table}`);
  }
  return result(kept ?? 0, findings, broken.entries, (out ?? 0) + rejected, bad ?? 0);
}
