/** What a source could not take in: one entry a cell or row, with file, row, column and reason. Values of pii columns are left out. */
import type { ScanColumn, ScanNode } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { reason, typedCell, writtenCell } from '../sql/cell.ts';
import { list, name, quoted } from '../sql/write.ts';
import type { SourceFile } from './connectors/sourceFile.ts';
import { finding, number, plural } from './finding.ts';
import { numberHelp } from './numberSigns.ts';
import { beside, count, type Session } from './session.ts';
import type { FileRows } from './source.ts';

/** Rows are records of the file counted from 1, the header included, as a spreadsheet shows them. */
export async function createQuarantine(session: Session, node: ScanNode): Promise<void> {
  await session.db.run(
    `CREATE OR REPLACE TABLE ${beside(node.id, 'quarantine')} ("file" VARCHAR, "row" BIGINT, "column" VARCHAR, "reason" VARCHAR, "value" VARCHAR, "out" BOOLEAN)`,
  );
  await session.db.run(`CREATE OR REPLACE TABLE ${beside(node.id, 'skipped')} ("file" VARCHAR, "row" BIGINT)`);
  await dropRejects(session);
}

export async function dropQuarantine({ db }: Session, node: ScanNode): Promise<void> {
  for (const what of ['quarantine', 'skipped']) await db.run(`DROP TABLE IF EXISTS ${beside(node.id, what)}`);
}

async function dropRejects({ db }: Session): Promise<void> {
  await db.run('DROP TABLE IF EXISTS reject_errors');
  await db.run('DROP TABLE IF EXISTS reject_scans');
}

const rejectReason = `CASE error_type
  WHEN 'MISSING COLUMNS' THEN 'has too few values: ' || min_by(regexp_extract(error_message, 'Found: ([0-9]+)', 1), column_idx) || ' instead of ' || any_value(regexp_extract(error_message, 'Columns: ([0-9]+)', 1))
  WHEN 'TOO MANY COLUMNS' THEN 'has too many values: ' || max_by(regexp_extract(error_message, 'Found: ([0-9]+)', 1), column_idx) || ' instead of ' || any_value(regexp_extract(error_message, 'Columns: ([0-9]+)', 1))
  WHEN 'INVALID ENCODING' THEN 'has letters that are not in the declared encoding'
  WHEN 'UNQUOTED VALUE' THEN 'has a quote inside a value that is not doubled'
  ELSE 'cannot be read' END`;

/** Moves what the reader rejected into the quarantine; how many rows. */
export async function rejectedRows(session: Session, node: ScanNode, { file }: FileRows): Promise<number> {
  const { db } = session;
  const skipped = beside(node.id, 'skipped');
  const [exists] = await db.rows(`SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'`);
  let rejected = 0;
  if (count(exists?.[0])) {
    const value = node.columns.some(c => c.pii) ? 'NULL' : `any_value(csv_line)[:200]`;
    await db.run(
      `INSERT INTO ${beside(node.id, 'quarantine')} SELECT ${quoted(file.shown)}, line, NULL, ${rejectReason}, ${value}, TRUE FROM reject_errors GROUP BY line, error_type`,
    );
    await db.run(`INSERT INTO ${skipped} SELECT DISTINCT ${quoted(file.shown)}, line FROM reject_errors`);
    rejected = count((await db.rows(`SELECT count(DISTINCT line) FROM reject_errors`))[0]?.[0]);
    await dropRejects(session);
  }
  const blank = file.records?.blank.slice(0, 100_000) ?? [];
  if (blank.length) await db.run(`INSERT INTO ${skipped} SELECT ${quoted(file.shown)}, unnest([${list(blank.map(String))}])`);
  return rejected;
}

/** SQL of the record of the row at a place among those read, from 0: the records before it that were not read count too. */
export function recordPlace(node: ScanNode, file: SourceFile, i: string): string {
  const skipped = `(SELECT "row" - ${file.header} - row_number() OVER (ORDER BY "row") AS before FROM ${beside(node.id, 'skipped')} WHERE "file" = ${quoted(file.shown)})`;
  return `${i} + 1 + ${file.header} + (SELECT count(*) FROM ${skipped} s WHERE s.before <= ${i})`;
}

/** Rows of a file that have something to say: their cells again as text, with the reason in words. `which`: SQL over their place `i`, from 0. */
async function entriesOf(session: Session, node: ScanNode, file: SourceFile, which: string): Promise<void> {
  const { db } = session;
  const raws = file.columns.map(({ sql }, i) => `${sql} AS ${name(`raw ${i}`)}`);
  const entries = node.columns.map((column, i) => {
    const raw = name(`raw ${i}`);
    const stored = file.columns[i]?.stored ?? 'text';
    const typed = typedCell(raw, stored, column.type, node.options) ?? 'NULL';
    const wrong = reason(raw, stored, typed, column);
    const why = column.nullable ? wrong : `CASE WHEN ${raw} IS NULL THEN 'is missing' ELSE ${wrong} END`;
    return `{'c': ${quoted(column.name)}, 'r': ${why}, 'v': ${column.pii ? 'CAST(NULL AS VARCHAR)' : `(${writtenCell(raw, stored)})[:200]`}, 'o': ${!column.nullable}}`;
  });
  const { broken } = file;
  const whole = broken
    ? `{'c': CAST(NULL AS VARCHAR), 'r': "#broken", 'v': ${node.columns.some(c => c.pii) ? 'NULL' : '"#line"[:200]'}, 'o': TRUE}`
    : '';
  const found = broken ? `CASE WHEN "#broken" IS NULL THEN [${list(entries)}] ELSE [${whole}] END` : `[${list(entries)}]`;
  if (broken) raws.push(`${broken.reason} AS "#broken"`, `${broken.value} AS "#line"`);
  const record = recordPlace(node, file, 'b.i');
  await db.run(
    `INSERT INTO ${beside(node.id, 'quarantine')}
     SELECT ${quoted(file.shown)}, ${record}, b.e.c, b.e.r, b.e.v, b.e.o
     FROM (SELECT i, unnest(list_filter(${found}, lambda e: e.r IS NOT NULL)) AS e
       FROM (SELECT row_number() OVER () - 1 AS i, ${list(raws)} FROM ${file.from}) WHERE ${which}) b`,
  );
  await dropRejects(session);
}

/** What a cell looks like says more about the mistake than why it does not fit. */
const spellings: readonly (readonly [reason: RegExp, cell: RegExp, help: string | ((cell: string) => string)])[] = [
  [
    /^is not (?!in |one of)/,
    /^(?:n\/?a|null|none|nil|nan|missing|unknown|unbekannt|[-–—.?]+|#n\/a)$/i,
    cell => `Where this means that there is no value, say so behind the path: \`nulls: ["", ${JSON.stringify(cell)}]\`, and add \`?\` to the type.`,
  ],
  [
    /whole number/,
    /^[+-]?\d+[.,]\d+$/,
    'Declare the column as `float`, and write `int(round(x))` where a whole number is needed, or correct the data.',
  ],
  [/a date/, /^\d{1,4}[./-]\d/, 'Say how the file writes dates, such as `date_format: "%d.%m.%Y"` behind its path, or correct the data.'],
  [
    /a timestamp/,
    /^\d{1,4}[./-]\d/,
    'Say how the file writes them, such as `timestamp_format: "%d.%m.%Y %H:%M"` behind its path, or correct the data.',
  ],
  [
    /true or false/,
    /./,
    cell =>
      `Declare the column as a category of its levels: \`category { ${JSON.stringify(cell)}, … }\`; as a label, it says \`positive: ${JSON.stringify(cell)}\`.`,
  ],
];

const remedies: readonly (readonly [pattern: RegExp, rule: string, help: string])[] = [
  [/^is missing/, 'missing-value', 'Add `?` to the type to read them with null.'],
  [/^is not one of/, 'unknown-level', 'Add the level to the declaration, or correct the data.'],
  [/^is (an object|a list)$/, 'nested-value', 'Write single values to the file, or leave the column out of the declaration.'],
  [/^is not in/, 'out-of-range', 'Widen the declared range, or correct the data.'],
  [/^does not match/, 'pattern', 'Change the pattern, or correct the data.'],
  [/encoding$/, 'encoding', 'Name the encoding of the file, such as `encoding: "latin-1"`.'],
  [/^has /, 'ragged-row', 'Correct these lines in the file.'],
  [/./, 'bad-cell', 'Correct the data, or declare the type (or date format) that the file has.'],
];

/** What the spelling of the cell, the column and the options of the file say to do; undefined where they say nothing. */
function remedyOf(why: string, cell: string, node: ScanNode, column: ScanColumn | undefined): string | undefined {
  const { options } = node;
  const level = column?.levels?.find(l => l.toLowerCase() === cell.toLowerCase());
  if (level !== undefined && level !== cell)
    return `Capitals count: where ${JSON.stringify(cell)} means ${JSON.stringify(level)}, declare the column as \`text\` and write \`derive level = lower(x)\` in a table.`;
  const format = /a date/.test(why) ? options.dateFormat : /a timestamp/.test(why) ? options.timestampFormat : null;
  if (format !== null && /^\d{4}-\d{2}-\d{2}/.test(cell) && !format.startsWith('%Y-'))
    return `A source reads one way of writing: this cell is written as in ISO 8601, and the source says ${JSON.stringify(format)}. Write all of them alike in the file.`;
  if (format !== null && /\d/.test(cell))
    return `There is no such day, or it is not written as ${JSON.stringify(format)}: correct the data, or the format.`;
  const written = /number/.test(why) ? numberHelp(cell, node, /whole/.test(why)) : undefined;
  if (written !== undefined) return written;
  const told = spellings.find(([of, looks]) => of.test(why) && looks.test(cell))?.[2];
  return typeof told === 'function' ? told(cell.slice(0, 20)) : told;
}

interface Words {
  /** What becomes of bad cells, and of rows without a value that they need. */
  readonly cells: string;
  readonly rows: string;
  /** Which rows of the files were looked at, behind a comma; empty: all. */
  readonly among: string;
}

const ofRun: Words = {
  cells: 'These cells read as null and are kept in the quarantine.',
  rows: 'The rows are set aside in the quarantine.',
  among: '',
};

async function findingsOf(session: Session, node: ScanNode, words: Words = ofRun): Promise<FindingRecord[]> {
  const why = `CASE WHEN "reason" LIKE 'has too%' THEN regexp_replace("reason", ':.*', '') ELSE "reason" END AS why`;
  const groups = await session.db.rows(
    `SELECT "column", why, count(*), min_by("value", ("file", "row")), list_sort(list(DISTINCT "row") FILTER ("file" = first))[:3], bool_or("out"), count(DISTINCT "file"), first
     FROM (SELECT *, min("file") OVER (PARTITION BY "column", why) AS first FROM (SELECT *, ${why} FROM ${beside(node.id, 'quarantine')}))
     GROUP BY "column", why, first ORDER BY why`,
  );
  // Rows as a whole, then the columns in their declared order.
  const place = ([column]: (typeof groups)[number]): number => node.columns.findIndex(c => c.name === column);
  const ordered = [...groups].sort((a, b) => place(a) - place(b));
  return ordered.map(([column, reason, times, value, rows, out, files, file]) => {
    const at = node.columns.find(c => c.name === column);
    const why = String(reason);
    const [, rule, help] = remedies.find(([pattern]) => pattern.test(why)) ?? ['', 'bad-cell', ''];
    const cell = String(value ?? '').trim();
    const spelling = remedyOf(why, cell, node, at);
    const example = value !== null && column !== null && why !== 'is missing' ? `, such as "${String(value).slice(0, 40)}"` : '';
    const first = String(rows).replace(/[[\]]/g, '');
    const more = count(times) > first.split(',').length ? ', …' : '';
    const [of, within] = count(files) > 1 ? [`${count(files)} files`, `\`${file}\`, `] : [`\`${file}\``, ''];
    const where = `${plural(count(times), 'row')} of ${of}${words.among}`;
    const places = `(${within}${first.includes(',') || more ? 'rows' : 'row'} ${first}${more})`;
    const message =
      column === null
        ? `${where}${words.among && ','} ${count(times) > 1 ? why.replace(/^has/, 'have') : why} ${places}.`
        : `\`${column}\` ${why} in ${where}${example} ${places}.`;
    const fate = out ? words.rows : words.cells;
    return finding('warning', rule, at?.place ?? node.place, message, `${fate} ${spelling ?? help}`, count(times));
  });
}

export interface Quarantine {
  readonly findings: readonly FindingRecord[];
  readonly entries: number;
  /** Rows that were never read. */
  readonly rejected: number;
}

export async function quarantineFindings(
  session: Session,
  node: ScanNode,
  files: readonly FileRows[],
  bad: { readonly rows: number; readonly cells: number },
): Promise<Quarantine> {
  const quarantine = beside(node.id, 'quarantine');
  const rejected = count((await session.db.rows(`SELECT count(*) FROM ${quarantine}`))[0]?.[0]);
  for (const of of bad.rows + bad.cells > 0 ? files : []) {
    await of.file.table?.load();
    const bad = `SELECT rowid - ${of.start} FROM ${beside(node.id, 'read')} WHERE rowid >= ${of.start} AND rowid < ${of.end} AND ("#bad" > 0 OR "#out")`;
    await entriesOf(session, node, of.file, `i IN (${bad})`);
    await of.file.table?.drop();
  }
  const entries = count((await session.db.rows(`SELECT count(*) FROM ${quarantine}`))[0]?.[0]);
  return { findings: entries ? await findingsOf(session, node) : [], entries, rejected };
}

/** Rows of each file that are looked at without a run. */
const sampleRows = 10_000;

/** What the first rows of the files do not keep of the declaration: they prove what occurs, and nothing of what does not. */
export async function sampleFindings(session: Session, scan: ScanNode, files: readonly SourceFile[]): Promise<readonly FindingRecord[]> {
  const node = { ...scan, id: `${scan.id} sample` };
  await createQuarantine(session, node);
  let cut = false;
  for (const file of files) {
    await file.table?.load();
    const first = { ...file, from: `(SELECT * FROM ${file.from} LIMIT ${sampleRows})` };
    const [row] = await session.db.rows(`SELECT count(*) FROM ${first.from}`);
    const isCut = count(row?.[0]) >= sampleRows;
    cut ||= isCut;
    if (isCut) {
      await entriesOf(session, node, first, 'TRUE');
      const own = `"file" = ${quoted(file.shown)}`;
      const [said] = await session.db.rows(`SELECT count(*) FROM ${beside(node.id, 'quarantine')} WHERE ${own}`);
      if (count(said?.[0]) > 0) {
        // Only who reads to the end is told which rows were left out, and without these no row has its number.
        await session.db.run(`DELETE FROM ${beside(node.id, 'quarantine')} WHERE ${own}`);
        await session.db.rows(`SELECT count(*) FROM ${file.from}`);
        await rejectedRows(session, node, { file: first, start: 0, end: 0 });
        await entriesOf(session, node, first, 'TRUE');
        const behind = `${own} AND "row" > ${recordPlace(node, file, String(sampleRows - 1))}`;
        await session.db.run(`DELETE FROM ${beside(node.id, 'quarantine')} WHERE ${behind}`);
      }
    } else {
      await rejectedRows(session, node, { file: first, start: 0, end: 0 });
      await entriesOf(session, node, first, 'TRUE');
    }
    await file.table?.drop();
  }
  const among = cut ? `, among the first ${number(sampleRows)}${files.length > 1 ? ' of each file' : ''}` : '';
  const found = await findingsOf(session, node, { cells: 'A run reads these cells as null.', rows: 'A run sets these rows aside.', among });
  await dropQuarantine(session, node);
  return found;
}
