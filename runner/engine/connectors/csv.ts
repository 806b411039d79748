/** CSV files for the engine: what they are instead of what was declared is said before a row is read. */
import type { ScanNode } from '../../../language/plan/plan.ts';
import type { FindingRecord } from '../../record.ts';
import { list, name, quoted } from '../../sql/write.ts';
import { type CsvFacts, type CsvProblem, inspectCsv } from '../csvFile.ts';
import { finding, hasError, names, number, pathPlace, plural } from '../finding.ts';
import { nearest } from '../nearest.ts';
import { emptyFile, type FileAt, isGzip, longestLine, match, type Opened, refused, type SourceFile } from './sourceFile.ts';

const delimiterNames: Readonly<Record<string, string>> = { '\t': '\\t' };

function csvProblem(node: ScanNode, shown: string, problem: CsvProblem): FindingRecord {
  switch (problem.problem) {
    case 'empty':
      return emptyFile(node, shown);
    case 'binary':
      return finding(
        'error',
        'not-text',
        pathPlace(node),
        `\`${shown}\` is not a text file.`,
        'Name a CSV file; a Parquet file is read with `parquet("…")`.',
      );
    case 'encoding':
      return finding(
        'error',
        'encoding',
        pathPlace(node),
        `\`${shown}\` is written in ${problem.found}, and is read as ${node.options.encoding}.`,
        `Write \`encoding: "${problem.found}"\` in the call of \`csv\`.`,
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

function structure(node: ScanNode, shown: string, facts: CsvFacts): FindingRecord[] {
  const found: FindingRecord[] = [];
  if (facts.openQuote !== null) {
    found.push(
      finding(
        'error',
        'open-quote',
        pathPlace(node),
        `A quote opens in record ${number(facts.openQuote)} of \`${shown}\` and is never closed, so the rest of the file is one value.`,
        'Close it, or write a quote inside a value twice: `""`.',
      ),
    );
  } else if (facts.longest.bytes > longestLine) {
    found.push(
      finding(
        'error',
        'long-line',
        pathPlace(node),
        `Record ${number(facts.longest.record)} of \`${shown}\` is ${number(Math.round(facts.longest.bytes / 1e6))} MB long; at most ${longestLine >> 20} MB are read.`,
        'Look for a missing line end or a quote that is never closed.',
      ),
    );
  }
  return found;
}

/** A first line that shares no name with the declaration: what it is instead is said once, not for every column. */
function noneDeclared(node: ScanNode, shown: string, header: readonly string[]): FindingRecord | null {
  if (node.columns.length < 2 || node.columns.some(c => nearest(c.name, header) !== null)) return null;
  const message = `The first line of \`${shown}\` names none of the columns of \`${node.name}\`: it is ${names(header.map(n => n.slice(0, 60)))}.`;
  const help =
    header.length === 1
      ? 'Name the character that separates the values, such as `delimiter: ":"`.'
      : 'Write the names of the columns there, or `header: false` in the call of `csv` if the file has none.';
  return finding('error', 'missing-column', pathPlace(node), message, help);
}

function otherDelimiter(node: ScanNode, shown: string, facts: CsvFacts, best: CsvFacts | CsvProblem): FindingRecord | null {
  if ('problem' in best || best.delimiter === facts.delimiter) return null;
  const has = (f: CsvFacts): number => node.columns.filter(c => f.first.includes(c.name)).length;
  if (has(best) <= has(facts)) return null;
  const written = delimiterNames[best.delimiter] ?? best.delimiter;
  return finding(
    'error',
    'delimiter',
    pathPlace(node),
    `The values of \`${shown}\` are separated by \`${written}\`, not by \`${delimiterNames[facts.delimiter] ?? facts.delimiter}\`.`,
    `Write \`delimiter: "${written}"\`, or leave the option out.`,
  );
}

/** A quoted spelling of a missing value is a text where texts belong, and else what it spells: no number or date is written so. */
function unquotedNulls(node: ScanNode, rows: string, places: readonly number[], spellings: readonly string[]): string {
  const typed = [...new Set(places.filter((place, i) => place >= 0 && node.columns[i]?.type !== 'text'))].map(place => name(`c${place}`));
  if (typed.length === 0 || spellings.length === 0) return rows;
  const read = typed.map(cell => `CASE WHEN ${cell} IN (${list(spellings.map(quoted))}) THEN NULL ELSE ${cell} END AS ${cell}`);
  return `(SELECT * REPLACE (${list(read)}) FROM ${rows})`;
}

/** The preamble with the empty lines behind it: the engine looks for the header in the very line behind those that it skips. */
function skippedLines({ preamble, blank }: CsvFacts): number {
  let lines: number = preamble;
  while (blank[lines - 1] === lines + 1) lines++;
  return lines;
}

export async function csvFile(node: ScanNode, at: FileAt): Promise<Opened> {
  const { options } = node;
  const { path, shown, headOnly } = at;
  const how = { encoding: options.encoding, gzip: isGzip(node, path), names: node.columns.map(c => c.name) };
  const declared = options.delimiter === '\\t' ? '\t' : options.delimiter;
  const facts = await inspectCsv(path, { ...how, delimiter: declared, headOnly });
  if ('problem' in facts) return refused(csvProblem(node, shown, facts));
  if (options.header && declared !== null) {
    const other = otherDelimiter(node, shown, facts, await inspectCsv(path, { ...how, delimiter: null, headOnly: true }));
    if (other) return refused(other);
  }
  const broken = headOnly ? [] : structure(node, shown, facts);
  if (broken.length) return refused(...broken);
  const width = facts.first.length;
  // Without a header the columns that are not in the path are read in the declared order.
  const inFile = node.columns.filter(c => !at.partitions.has(c.name));
  const columnNames = options.header ? facts.first : inFile.slice(0, width).map(c => c.name);
  const none = options.header ? noneDeclared(node, shown, columnNames) : null;
  if (none) return refused(none);
  const { names: all, columns, findings } = match(node, at, columnNames, place => ({ sql: name(`c${place}`), stored: 'text' }));
  const places = node.columns.map(c => columnNames.indexOf(c.name));
  if (!options.header && width > inFile.length) {
    findings.push(
      finding(
        'info',
        'undeclared-column',
        node.place,
        `The rows of \`${shown}\` have ${plural(width, 'value')}, and \`${node.name}\` declares ${plural(inFile.length, 'column')}.`,
        'The values behind the declared columns are not read.',
      ),
    );
  }
  if (hasError(findings)) return refused(...findings);
  const texts = Array.from({ length: width }, (_, i) => `'c${i}': 'VARCHAR'`);
  // A cell with the delimiter in it stands in quotes, and is a text.
  const spellings = options.nulls.filter(text => !text.includes(facts.delimiter));
  // Nothing spells null where the list is empty; the engine wants at least one spelling.
  const nulls = spellings.length ? spellings : ['\u{10FFFD}'];
  const settings = [
    'auto_detect = false',
    `columns = {${list(texts)}}`,
    `delim = ${quoted(facts.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `header = ${options.header}`,
    ...(facts.preamble > 0 ? [`skip = ${skippedLines(facts)}`] : []),
    `nullstr = [${list(nulls.map(quoted))}]`,
    'allow_quoted_nulls = false',
    // With line ends of both kinds the strict reader stops.
    `strict_mode = ${!facts.mixedLineEnds}`,
    'store_rejects = true',
    `max_line_size = ${Math.max(2_000_000, facts.longest.bytes * 2 + 1024)}`,
    `encoding = ${quoted(options.encoding)}`,
    `compression = ${quoted(how.gzip ? 'gzip' : 'none')}`,
  ];
  const header = facts.preamble + (options.header ? 1 : 0);
  const rows = `read_csv(${quoted(path)}, ${list(settings)})`;
  const source: SourceFile = {
    shown,
    names: all,
    from: facts.quotes || headOnly ? unquotedNulls(node, rows, places, spellings) : rows,
    columns,
    header,
    // Where rows have one value an empty line is a row without a value.
    records:
      width > 1 ? { expected: facts.records - header, blank: facts.blank } : { expected: facts.records - header + facts.blank.length, blank: [] },
    broken: null,
    table: null,
  };
  return { file: source, findings };
}
