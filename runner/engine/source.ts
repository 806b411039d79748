/**
 * The files of a source, made readable: for each, the SQL that gives the declared columns as the file stores them. What a file lacks, or
 * is instead of what was declared, is said here in words before a row is read.
 */
import { open } from 'node:fs/promises';
import type { ScanNode } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import type { Stored } from '../sql/cell.ts';
import { list, name, quoted } from '../sql/write.ts';
import { type CsvFacts, type CsvProblem, inspectCsv } from './csvFile.ts';
import { type Database, SqlError } from './duckdb.ts';
import { neighbours, otherThanFile, shownPath, sourceFiles, sourcePath } from './files.ts';
import { finding, hasError, names, number } from './finding.ts';
import { nearest } from './nearest.ts';

/** A declared column in the file. */
export interface StoredColumn {
  readonly sql: string;
  readonly stored: Stored;
}

export interface SourceFile {
  readonly shown: string;
  /** A FROM clause; text that the engine drops goes to the tables `reject_errors` and `reject_scans`. */
  readonly from: string;
  /** In the order of the declared columns. */
  readonly columns: readonly StoredColumn[];
  /** Records before the first row of data. */
  readonly header: number;
  readonly csv: CsvFacts | null;
}

/** Rows of one file within the table of all that was read. */
export interface FileRows {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

export interface Source {
  readonly files: readonly SourceFile[];
  readonly findings: readonly FindingRecord[];
}

interface Opened {
  /** Null where a finding is an error. */
  readonly file: SourceFile | null;
  readonly findings: readonly FindingRecord[];
}

const refused = (...findings: readonly FindingRecord[]): Opened => ({ file: null, findings });

/** A line beyond this is no row of a table: most likely a quote that is never closed, or no CSV at all. */
const longestLine = 16 << 20;

const delimiterNames: Readonly<Record<string, string>> = { '\t': '\\t' };

const isGzip = (node: ScanNode, file: string): boolean =>
  node.options.compression === 'gzip' || (node.options.compression === 'auto' && file.toLowerCase().endsWith('.gz'));

function csvProblem(node: ScanNode, shown: string, problem: CsvProblem): FindingRecord {
  switch (problem.problem) {
    case 'empty':
      return finding('error', 'empty-file', node.place, `\`${shown}\` is empty.`, 'Put the data there, or name another file.');
    case 'binary':
      return finding(
        'error',
        'not-text',
        node.place,
        `\`${shown}\` is not a text file.`,
        'Name a CSV file; a Parquet file is read with `parquet("…")`.',
      );
    case 'encoding':
      return finding(
        'error',
        'encoding',
        node.place,
        `\`${shown}\` is written in ${problem.found}, and is read as ${node.options.encoding}.`,
        `Write \`encoding: "${problem.found}"\` in the call of \`csv\`.`,
      );
    case 'compression':
      return finding(
        'error',
        'unreadable-file',
        node.place,
        `\`${shown}\` cannot be read to its end: ${problem.message}.`,
        'Copy the file again; if it is not compressed, write `compression: "none"`.',
      );
  }
}

function structure(node: ScanNode, shown: string, facts: CsvFacts): FindingRecord[] {
  const found: FindingRecord[] = [];
  if (facts.openQuote !== null) {
    found.push(
      finding(
        'error',
        'open-quote',
        node.place,
        `A quote opens in record ${number(facts.openQuote)} of \`${shown}\` and is never closed, so the rest of the file is one value.`,
        'Close it, or write a quote inside a value twice: `""`.',
      ),
    );
  } else if (facts.longest.bytes > longestLine) {
    found.push(
      finding(
        'error',
        'long-line',
        node.place,
        `Record ${number(facts.longest.record)} of \`${shown}\` is ${number(Math.round(facts.longest.bytes / 1e6))} MB long; at most ${longestLine >> 20} MB are read.`,
        'Look for a missing line end or a quote that is never closed.',
      ),
    );
  }
  return found;
}

/** The place of each declared column among the file's; findings for those that are missing, doubled or not declared. */
function match(node: ScanNode, shown: string, header: readonly string[]): { readonly places: readonly number[]; readonly findings: FindingRecord[] } {
  const findings: FindingRecord[] = [];
  const places = node.columns.map(column => {
    const place = header.indexOf(column.name);
    if (place < 0) {
      const meant = nearest(
        column.name,
        header.filter(n => !node.columns.some(c => c.name === n)),
      );
      const help = meant === null ? `The file has ${names(header)}.` : `Did you mean \`${meant}\`? The file has ${names(header)}.`;
      findings.push(finding('error', 'missing-column', column.place, `\`${shown}\` has no column \`${column.name}\`.`, help));
    } else if (header.lastIndexOf(column.name) !== place) {
      const times = header.filter(n => n === column.name).length;
      findings.push(
        finding(
          'error',
          'duplicate-column',
          column.place,
          `\`${shown}\` has ${times} columns called \`${column.name}\`, so it is not clear which is meant.`,
          'Give each its own name in the first line of the file.',
        ),
      );
    }
    return place;
  });
  const undeclared = header.filter(n => !node.columns.some(c => c.name === n));
  if (undeclared.length) {
    findings.push(
      finding(
        'info',
        'undeclared-column',
        node.place,
        `\`${shown}\` also has ${names(undeclared)}, which \`${node.name}\` does not declare.`,
        'They are not read. Declare those that are needed.',
        undeclared.length,
      ),
    );
  }
  return { places, findings };
}

/** A first line that shares no name with the declaration: what it is instead is said once, not for every column. */
function noneDeclared(node: ScanNode, shown: string, header: readonly string[]): FindingRecord | null {
  if (node.columns.length < 2 || node.columns.some(c => nearest(c.name, header) !== null)) return null;
  const message = `The first line of \`${shown}\` names none of the columns of \`${node.name}\`: it is ${names(header.map(n => n.slice(0, 60)))}.`;
  const help =
    header.length === 1
      ? 'Name the character that separates the values, such as `delimiter: ":"`.'
      : 'Write the names of the columns there, or `header: false` in the call of `csv` if the file has none.';
  return finding('error', 'missing-column', node.place, message, help);
}

function otherDelimiter(node: ScanNode, shown: string, facts: CsvFacts, best: CsvFacts | CsvProblem): FindingRecord | null {
  if ('problem' in best || best.delimiter === facts.delimiter) return null;
  const has = (f: CsvFacts): number => node.columns.filter(c => f.first.includes(c.name)).length;
  if (has(best) <= has(facts)) return null;
  const written = delimiterNames[best.delimiter] ?? best.delimiter;
  return finding(
    'error',
    'delimiter',
    node.place,
    `The values of \`${shown}\` are separated by \`${written}\`, not by \`${delimiterNames[facts.delimiter] ?? facts.delimiter}\`.`,
    `Write \`delimiter: "${written}"\`, or leave the option out.`,
  );
}

async function csvFile(node: ScanNode, file: string, shown: string): Promise<Opened> {
  const { options } = node;
  const how = { encoding: options.encoding, gzip: isGzip(node, file), names: node.columns.map(c => c.name) };
  const declared = options.delimiter === '\\t' ? '\t' : options.delimiter;
  const facts = await inspectCsv(file, { ...how, delimiter: declared });
  if ('problem' in facts) return refused(csvProblem(node, shown, facts));
  if (options.header && declared !== null) {
    const other = otherDelimiter(node, shown, facts, await inspectCsv(file, { ...how, delimiter: null }));
    if (other) return refused(other);
  }
  const broken = structure(node, shown, facts);
  if (broken.length) return refused(...broken);
  const width = facts.first.length;
  const header = options.header ? facts.first : node.columns.map((c, i) => (i < width ? c.name : ''));
  const { places, findings } = match(node, shown, options.header ? header : header.filter(n => n !== ''));
  const none = options.header ? noneDeclared(node, shown, header) : null;
  if (none) return refused(none);
  if (!options.header && width > node.columns.length) {
    findings.push(
      finding(
        'info',
        'undeclared-column',
        node.place,
        `The rows of \`${shown}\` have ${number(width)} values, and \`${node.name}\` declares ${number(node.columns.length)} columns.`,
        'The values behind the declared columns are not read.',
      ),
    );
  }
  if (hasError(findings)) return refused(...findings);
  const columns = Array.from({ length: width }, (_, i) => `'c${i}': 'VARCHAR'`);
  // Nothing spells null where the list is empty; the engine wants at least one spelling.
  const nulls = options.nulls.length ? options.nulls : ['\u{10FFFD}'];
  const settings = [
    'auto_detect = false',
    `columns = {${list(columns)}}`,
    `delim = ${quoted(facts.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `header = ${options.header}`,
    `nullstr = [${list(nulls.map(quoted))}]`,
    'allow_quoted_nulls = false',
    // With line ends of both kinds the strict reader stops.
    `strict_mode = ${!facts.mixedLineEnds}`,
    'store_rejects = true',
    `max_line_size = ${Math.max(2_000_000, facts.longest.bytes * 2 + 1024)}`,
    `encoding = ${quoted(options.encoding)}`,
    `compression = ${quoted(how.gzip ? 'gzip' : 'none')}`,
  ];
  const source: SourceFile = {
    shown,
    from: `read_csv(${quoted(file)}, ${list(settings)})`,
    columns: places.map(place => ({ sql: name(`c${place}`), stored: 'text' })),
    header: options.header ? 1 : 0,
    csv: facts,
  };
  return { file: source, findings };
}

/** What the engine says, without the path that people know by another name. */
export const plainMessage = ({ message }: SqlError): string => message.replace(/^(Failed to read file|File) (["']).*?\2:? */, '').replace(/\.$/, '');

/** Parquet begins and ends with the same four letters. */
async function parquetProblem(node: ScanNode, path: string, shown: string, error: SqlError): Promise<FindingRecord> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size === 0) return csvProblem(node, shown, { problem: 'empty' });
    const marked = async (at: number): Promise<boolean> => (await file.read(Buffer.alloc(4), 0, 4, at)).buffer.toString('latin1') === 'PAR1';
    const why = !(await marked(0))
      ? 'is not a Parquet file.'
      : !(await marked(size - 4))
        ? 'is not complete: the end of a Parquet file is missing.'
        : `cannot be read as Parquet: ${plainMessage(error)}.`;
    return finding('error', 'unreadable-file', node.place, `\`${shown}\` ${why}`, 'Copy the file again; a CSV file is read with `csv("…")`.');
  } finally {
    await file.close();
  }
}

async function parquetFile(db: Database, node: ScanNode, file: string, shown: string): Promise<Opened> {
  const from = `read_parquet(${quoted(file)})`;
  try {
    const described = await db.rows(`DESCRIBE SELECT * FROM ${from}`);
    const header = described.map(row => String(row[0]));
    const { places, findings } = match(node, shown, header);
    if (hasError(findings)) return refused(...findings);
    const columns = places.map((place): StoredColumn => {
      const type = String(described[place]?.[1]);
      // The file's own names, which know capitals.
      return { sql: `"${header[place]?.replaceAll('"', '""')}"`, stored: type === 'VARCHAR' ? 'text' : { type } };
    });
    return { file: { shown, from, columns, header: 0, csv: null }, findings };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return refused(await parquetProblem(node, file, shown, error));
  }
}

async function noFile(root: string, node: ScanNode): Promise<FindingRecord> {
  const path = sourcePath(node);
  const other = await otherThanFile(root, node);
  if (other !== null) {
    const is = { folder: 'is a folder', 'broken link': 'is a link to a file that is not there', other: 'is not a file' }[other];
    const all = `${node.connector}("${node.path.replace(/\/$/, '')}/*.${node.connector}")`;
    const help = other === 'folder' ? `Name a file, or all files in it: \`${all}\`.` : 'Put the file there, or name another.';
    return finding('error', 'missing-file', node.place, `\`${path}\` ${is}.`, help);
  }
  const { wanted, names: beside } = await neighbours(root, node);
  const near = beside.filter(n => !n.endsWith('.cupel'));
  const stem = (file: string): string => file.replace(/\.[^.]*$/, '');
  const meantStem = nearest(stem(wanted), near.map(stem));
  const meant = near.find(n => stem(n) === meantStem);
  const help = meant ? `Did you mean \`${meant}\`?` : 'The path is relative to the file that declares the source.';
  return finding('error', 'missing-file', node.place, `There is no file \`${path}\`.`, help);
}

export async function openSource(db: Database, root: string, node: ScanNode): Promise<Source> {
  const paths = await sourceFiles(root, node);
  if (paths.length === 0) return { files: [], findings: [await noFile(root, node)] };
  const files: SourceFile[] = [];
  const findings: FindingRecord[] = [];
  for (const path of paths) {
    const shown = shownPath(root, path);
    const opened = node.connector === 'csv' ? await csvFile(node, path, shown) : await parquetFile(db, node, path, shown);
    if (opened.file) files.push(opened.file);
    // What the first file has beyond the schema is said once.
    findings.push(...opened.findings.filter(f => f.severity !== 'info' || path === paths[0]));
  }
  return { files, findings };
}
