/**
 * JSON files for the engine: one object a line, a list of objects, or objects one behind the other. Each declared column is handed on as
 * the JSON that stands under its name; a line that is no object is a row that cannot be read.
 */
import type { ScanNode } from '../../../language/plan/plan.ts';
import type { FindingRecord } from '../../record.ts';
import { list, name, quoted } from '../../sql/write.ts';
import { type Database, SqlError } from '../duckdb.ts';
import { finding, hasError, number, pathPlace } from '../finding.ts';
import { inspectJson, type JsonFacts, type JsonProblem } from '../jsonFile.ts';
import { emptyFile, type FileAt, isGzip, longestLine, match, neverFits, type Opened, plainMessage, refused, type SourceFile } from './sourceFile.ts';

function jsonProblem(node: ScanNode, shown: string, problem: JsonProblem): FindingRecord {
  switch (problem.problem) {
    case 'empty':
      return emptyFile(node, shown);
    case 'binary':
      return finding('error', 'not-text', pathPlace(node), `\`${shown}\` is not a text file.`, 'Name a JSON file.');
    case 'encoding':
      return finding(
        'error',
        'encoding',
        pathPlace(node),
        `\`${shown}\` is written in ${problem.found}, and JSON is read as utf-8.`,
        'Save it as UTF-8.',
      );
    case 'shape':
      return finding(
        'error',
        'not-json',
        pathPlace(node),
        `\`${shown}\` holds no JSON objects: it begins with \`${problem.starts.trim().replace(/\s+/g, ' ')}\`.`,
        'Write one object a line, or a list of objects; a CSV file is read with `csv("…")`.',
      );
    case 'compression':
      return finding(
        'error',
        'unreadable-file',
        pathPlace(node),
        `\`${shown}\` cannot be read to its end: ${problem.message}.`,
        'Copy the file again; if it is not compressed, write `compression: "none"`.',
      );
  }
}

/** The name as a JSON pointer has it. */
const pointer = (column: string): string => `/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Rows of `line`, the text as it stands, and `object`, null where the line is none. */
function rowsOf(path: string, gzip: boolean, facts: JsonFacts): string {
  const compression = `compression = '${gzip ? 'gzip' : 'uncompressed'}'`;
  if (facts.shape !== 'lines') {
    const format = facts.shape === 'list' ? 'array' : 'unstructured';
    const json = `read_json_objects(${quoted(path)}, format = '${format}', ${compression}, maximum_object_size = ${longestLine})`;
    return `SELECT CAST(json AS VARCHAR) AS line, CASE WHEN json_type(json) = 'OBJECT' THEN json END AS object FROM ${json}`;
  }
  // A sign that JSON never holds unescaped separates values, so each line is one.
  const settings = [
    'auto_detect = false',
    "columns = {'line': 'VARCHAR'}",
    "delim = '\u0001'",
    "quote = ''",
    "escape = ''",
    'header = false',
    `nullstr = '\u{10FFFD}'`,
    'strict_mode = false',
    'store_rejects = true',
    `max_line_size = ${Math.max(2_000_000, facts.longest.bytes * 2 + 1024)}`,
    compression,
  ];
  const trimmed = `trim(line, ' ' || chr(9) || chr(13))`;
  return `SELECT line, CASE WHEN starts_with(text, '{') AND json_valid(text) THEN CAST(text AS JSON) END AS object FROM (SELECT line, ${trimmed} AS text FROM read_csv(${quoted(path)}, ${list(settings)})) WHERE text <> ''`;
}

/** Why the engine could not go on: where, in the file's own terms. */
function unreadable(node: ScanNode, shown: string, error: SqlError): FindingRecord {
  // The engine has counted the value that it could not read twice.
  const at = /at byte \d+ in record\/value (\d+): (.*)$/.exec(error.message);
  const why = at
    ? /end of data/.test(at[2] ?? '')
      ? `its end is missing (value ${number(Number(at[1]) - 1)} is not complete)`
      : `value ${number(Number(at[1]) - 1)} is not written as JSON`
    : /maximum_object_size/.test(error.message)
      ? `a value is longer than ${longestLine >> 20} MB`
      : plainMessage(error);
  return finding('error', 'unreadable-file', pathPlace(node), `\`${shown}\` cannot be read: ${why}.`, 'Correct the file, or export it again.');
}

/** The names in all objects: in their order, whatever order the objects have, and as the first object has them. */
async function keysOf(db: Database, rows: string): Promise<{ readonly header: readonly string[]; readonly ordered: readonly string[] }> {
  const header = (await db.rows(`SELECT DISTINCT unnest(json_keys(object)) AS k FROM (${rows}) ORDER BY k`)).map(row => String(row[0]));
  const [first] = await db.rows(`SELECT CAST(to_json(json_keys(object)) AS VARCHAR) FROM (${rows}) WHERE object IS NOT NULL LIMIT 1`);
  const ordered = first ? new Set(JSON.parse(String(first[0])) as string[]) : new Set<string>();
  return { header, ordered: [...ordered, ...header.filter(k => !ordered.has(k))] };
}

export async function jsonFile(node: ScanNode, at: FileAt, db: Database): Promise<Opened> {
  const { path, shown } = at;
  const gzip = isGzip(node, path);
  const facts = await inspectJson(path, gzip);
  if ('problem' in facts) return refused(jsonProblem(node, shown, facts));
  if (facts.shape === 'lines' && facts.longest.bytes > longestLine) {
    const message = `Line ${number(facts.longest.line)} of \`${shown}\` is ${number(Math.round(facts.longest.bytes / 1e6))} MB long; at most ${longestLine >> 20} MB are read.`;
    return refused(finding('error', 'long-line', pathPlace(node), message, 'Write one object a line.'));
  }
  const rows = rowsOf(path, gzip, facts);
  try {
    const { header, ordered } = await keysOf(db, rows);
    const [first] = header.length ? [] : await db.rows(`SELECT line, object IS NULL FROM (${rows}) LIMIT 1`);
    if (first?.[1] === true) return refused(jsonProblem(node, shown, { problem: 'shape', starts: String(first[0]).trim().slice(0, 20) }));
    // Where there is no row at all no column is missing.
    const names = header.length ? header : node.columns.map(c => c.name);
    const { columns, findings } = match(node, at, names, place => ({
      sql: name(`value ${place}`),
      stored: 'json',
    }));
    if (hasError(findings)) return refused(...findings);
    const read = node.columns.map(c => names.indexOf(c.name)).filter(place => place >= 0);
    const nulls = list(['null', ...node.options.nulls.map(text => JSON.stringify(text))].map(quoted));
    const values = read.map((place, i) => {
      const value = `CAST(found[${i + 1}] AS VARCHAR)`;
      return `CASE WHEN ${value} NOT IN (${nulls}) THEN ${value} END AS ${name(`value ${place}`)}`;
    });
    const pointers = list(read.map(place => quoted(pointer(names[place] ?? ''))));
    const found = `json_extract(object, [${pointers || "'/'"}])`;
    const file: SourceFile = {
      shown,
      names: [...ordered, ...at.partitions.keys()],
      from: `(SELECT ${list(['line', 'object IS NULL AS broken', ...values])} FROM (SELECT line, object, ${found} AS found FROM (${rows})))`,
      columns,
      header: 0,
      records: facts.shape === 'lines' ? { expected: facts.lines, blank: facts.blank } : null,
      broken: { reason: `CASE WHEN broken THEN 'has no complete JSON object' END`, value: 'line' },
      table: null,
    };
    return { file, findings };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return refused(unreadable(node, shown, error));
  }
}

/** Columns of which no row of the file has a single value, only objects and lists. `read` has the typed rows of the file. */
export async function nestedColumns(node: ScanNode, file: SourceFile, db: Database, read: string): Promise<FindingRecord[]> {
  const stored = node.columns.flatMap((column, i) => (file.columns[i]?.stored === 'json' ? [{ column, sql: file.columns[i].sql }] : []));
  if (stored.length === 0) return [];
  const [counts] = await db.rows(`SELECT ${list(stored.map(({ column }) => `count(${name(column.name)})`))} FROM ${read}`);
  const without = stored.filter((_, i) => Number(counts?.[i]) === 0);
  if (without.length === 0) return [];
  const begins = (sql: string, sign: string): string => `count(*) FILTER (starts_with(${sql}, '${sign}'))`;
  const [kinds] = await db.rows(
    `SELECT ${list(without.map(({ sql }) => `[count(${sql}), ${begins(sql, '{')}, ${begins(sql, '[')}]`))} FROM ${file.from}`,
  );
  return without.flatMap(({ column }, i) => {
    const [all = 0, objects = 0, lists = 0] = JSON.parse(String(kinds?.[i])) as number[];
    return all > 0 && objects + lists === all ? [neverFits(column, objects >= lists ? 'an object' : 'a list', file.shown, true)] : [];
  });
}
