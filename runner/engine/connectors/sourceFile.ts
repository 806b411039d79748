/** A file of a source as its connector hands it on: where its rows are, and which of its columns are the declared ones. */
import type { ScanNode } from '../../../language/plan/plan.ts';
import type { FindingRecord } from '../../record.ts';
import type { Stored } from '../../sql/cell.ts';
import { quoted } from '../../sql/write.ts';
import type { SqlError } from '../duckdb.ts';
import { finding, names, pathPlace, plural } from '../finding.ts';
import { nearest } from '../nearest.ts';

/** A declared column in the file. */
export interface StoredColumn {
  readonly sql: string;
  readonly stored: Stored;
}

export interface SourceFile {
  readonly shown: string;
  /** Of all its columns, those of its path behind its own. */
  readonly names: readonly string[];
  /** A FROM clause; text that the engine drops goes to the tables `reject_errors` and `reject_scans`. */
  readonly from: string;
  /** In the order of the declared columns. */
  readonly columns: readonly StoredColumn[];
  /** Records before the first row of data. */
  readonly header: number;
  /** What the file must give, counted without the engine; null where the format itself says it. */
  readonly records: {
    /** Rows of data, those included that cannot be read. */
    readonly expected: number;
    /** Records without anything, from 1, which the engine passes over. */
    readonly blank: readonly number[];
  } | null;
  /** Rows that are none: SQL of the reason, null where there is none, and of what stands there instead. */
  readonly broken: { readonly reason: string; readonly value: string } | null;
  /** Where the rows are in a table that is made before they are read and dropped afterwards; `load` says what is wrong with the file. */
  readonly table: { readonly load: () => Promise<FindingRecord | null>; readonly drop: () => Promise<void> } | null;
}

/** Where a file is, and what its path says: `year=2024/` gives every row of it the column `year`. */
export interface FileAt {
  readonly path: string;
  readonly shown: string;
  readonly partitions: ReadonlyMap<string, string | null>;
  /** Only the columns are asked for, as far as the format tells them without its rows. */
  readonly headOnly: boolean;
}

type DeclaredColumn = ScanNode['columns'][number];

export interface FileFinding extends FindingRecord {
  /** The declared column that the file lacks, where that is all there is to say: it is told once of all files that lack it. */
  readonly lacks?: DeclaredColumn;
}

export interface Opened {
  /** Null where a finding is an error. */
  readonly file: SourceFile | null;
  readonly findings: readonly FileFinding[];
}

export const refused = (...findings: readonly FileFinding[]): Opened => ({ file: null, findings });

export const emptyFile = (node: ScanNode, shown: string): FindingRecord =>
  finding('error', 'empty-file', pathPlace(node), `\`${shown}\` is empty.`, 'Put the data there, or name another file.');

export const isGzip = (node: ScanNode, file: string): boolean =>
  node.options.compression === 'gzip' || (node.options.compression === 'auto' && file.toLowerCase().endsWith('.gz'));

/** A line beyond this is no row of a table: most likely a quote that is never closed, or no text at all. */
export const longestLine = 16 << 20;

/** What the engine says, without the path that people know by another name. */
export const plainMessage = ({ message }: SqlError): string => message.replace(/^(Failed to read file|File) (["']).*?\2:? */, '').replace(/\.$/, '');

/** A column that the declared type can never be read from. */
export const neverFits = (column: DeclaredColumn, found: string, shown: string, nested: boolean): FindingRecord =>
  finding(
    'error',
    'column-type',
    column.place,
    `\`${column.name}\` is ${found} in \`${shown}\` and cannot be read as ${typeof column.type === 'object' ? 'decimal' : column.type}.`,
    nested ? 'Write it to the file as text or numbers, or leave the column out of the declaration.' : 'Declare the type that the file has.',
  );

/** `more`: other files that lack it too. */
export function missingColumn(column: DeclaredColumn, shown: string, more: number, help: string | null): FindingRecord {
  const files = more === 0 ? `\`${shown}\` has` : `\`${shown}\` and ${plural(more, 'more file', 'more files')} have`;
  return finding('error', 'missing-column', column.place, `${files} no column \`${column.name}\`.`, help, more + 1);
}

/** The declared columns in the file or, failing that, in its path; findings for those that are missing, doubled or not declared. */
export function match(
  node: ScanNode,
  { shown, partitions }: FileAt,
  header: readonly string[],
  stored: (place: number) => StoredColumn,
): { readonly names: readonly string[]; readonly columns: readonly StoredColumn[]; readonly findings: FileFinding[] } {
  const findings: FileFinding[] = [];
  const all = [...header, ...[...partitions.keys()].filter(n => !header.includes(n))];
  const declared = new Set(node.columns.map(c => c.name));
  const undeclared = all.filter(n => !declared.has(n));
  const columns = node.columns.map((column): StoredColumn => {
    const place = header.indexOf(column.name);
    const part = place < 0 ? partitions.get(column.name) : undefined;
    if (part !== undefined) return { sql: part === null ? 'CAST(NULL AS VARCHAR)' : quoted(part), stored: 'text' };
    if (place < 0 && column.optional) return { sql: 'CAST(NULL AS VARCHAR)', stored: 'text' };
    if (place < 0) {
      const meant = nearest(column.name, undeclared);
      const help = meant === null ? `The file has ${names(all)}.` : `Did you mean \`${meant}\`? The file has ${names(all)}.`;
      findings.push({ ...missingColumn(column, shown, 0, help), lacks: column });
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
    return stored(place);
  });
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
  return { names: all, columns, findings };
}
