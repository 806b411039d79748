/** The files of a source, made readable by its connector. What is wrong with them as a whole is said here, before a row is read. */
import { isAbsolute } from 'node:path';
import type { ScanNode } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { arrowFile } from './connectors/arrow.ts';
import { csvFile } from './connectors/csv.ts';
import { jsonFile } from './connectors/json.ts';
import { parquetFile } from './connectors/parquet.ts';
import { type FileAt, type FileFinding, missingColumn, type Opened, type SourceFile } from './connectors/sourceFile.ts';
import type { Database } from './duckdb.ts';
import { neighbours, otherThanFile, partitionsOf, shownPath, sourceFiles, sourcePath } from './files.ts';
import { finding, pathPlace } from './finding.ts';
import { nearest } from './nearest.ts';

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

async function noFile(root: string, node: ScanNode): Promise<FindingRecord> {
  const path = sourcePath(node);
  const other = await otherThanFile(root, node);
  if (other !== null) {
    const is = { folder: 'is a folder', 'broken link': 'is a link to a file that is not there', other: 'is not a file' }[other];
    const all = `${node.connector}("${node.path.replace(/\/$/, '')}/*.${node.connector}")`;
    const help = other === 'folder' ? `Name a file, or all files in it: \`${all}\`.` : 'Put the file there, or name another.';
    return finding('error', 'missing-file', pathPlace(node), `\`${path}\` ${is}.`, help);
  }
  if (/[*?]/.test(path)) {
    const signs = '`*` stands for any name, `**` for folders of any depth.';
    const help = isAbsolute(node.path) ? `In a path ${signs}` : `The path is relative to the file that declares the source; ${signs}`;
    return finding('error', 'missing-file', pathPlace(node), `No file matches \`${path}\`.`, help);
  }
  const { wanted, names: beside } = await neighbours(root, node);
  const near = beside.filter(n => !n.endsWith('.cupel'));
  const stem = (file: string): string => file.replace(/\.[^.]*$/, '');
  const meantStem = nearest(stem(wanted), near.map(stem));
  const meant = near.find(n => stem(n) === meantStem);
  const where = isAbsolute(node.path) ? 'Put the file there, or name another.' : 'The path is relative to the file that declares the source.';
  const help = meant ? `Did you mean \`${meant}\`?` : where;
  return finding('error', 'missing-file', pathPlace(node), `There is no file \`${path}\`.`, help);
}

const connectors: Readonly<Record<ScanNode['connector'], (node: ScanNode, at: FileAt, db: Database) => Promise<Opened>>> = {
  arrow: arrowFile,
  csv: csvFile,
  json: jsonFile,
  parquet: parquetFile,
};

interface FoundIn {
  readonly of: FileFinding;
  readonly shown: string;
}

/** `headOnly`: what is wrong with rows is not looked for, and the files are not meant to be read. */
export async function openSource(db: Database, root: string, node: ScanNode, headOnly = false): Promise<Source> {
  const paths = await sourceFiles(root, node);
  if (paths.length === 0) return { files: [], findings: [await noFile(root, node)] };
  const files: SourceFile[] = [];
  const found: FoundIn[] = [];
  for (const path of paths) {
    const shown = shownPath(root, path);
    const opened = await connectors[node.connector](node, { path, shown, partitions: partitionsOf(shown), headOnly }, db);
    if (opened.file) files.push(opened.file);
    // What the first file has beyond the schema is said once.
    for (const of of opened.findings) if (of.severity !== 'info' || path === paths[0]) found.push({ of, shown });
  }
  return { files, findings: missingOnce(found) };
}

/** A column that several files lack is told of the first of them. */
function missingOnce(found: readonly FoundIn[]): FindingRecord[] {
  const times = new Map<ScanNode['columns'][number], number>();
  for (const { of } of found) if (of.lacks) times.set(of.lacks, (times.get(of.lacks) ?? 0) + 1);
  return found.flatMap(({ of, shown }): readonly FindingRecord[] => {
    if (!of.lacks) return [of];
    const count = times.get(of.lacks);
    times.delete(of.lacks);
    return count === undefined ? [] : [missingColumn(of.lacks, shown, count - 1, of.help)];
  });
}
