/** Parquet files for the engine. */
import { open } from 'node:fs/promises';
import type { ScanNode } from '../../../language/plan/plan.ts';
import type { FindingRecord } from '../../record.ts';
import { quoted } from '../../sql/write.ts';
import { type Database, SqlError } from '../duckdb.ts';
import { finding, hasError, pathPlace } from '../finding.ts';
import { emptyFile, type FileAt, match, type Opened, plainMessage, refused } from './sourceFile.ts';

/** Parquet begins and ends with the same four letters. */
async function parquetProblem(node: ScanNode, path: string, shown: string, error: SqlError): Promise<FindingRecord> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size === 0) return emptyFile(node, shown);
    const marked = async (at: number): Promise<boolean> => (await file.read(Buffer.alloc(4), 0, 4, at)).buffer.toString('latin1') === 'PAR1';
    const why = !(await marked(0))
      ? 'is not a Parquet file.'
      : !(await marked(size - 4))
        ? 'is not complete: the end of a Parquet file is missing.'
        : `cannot be read as Parquet: ${plainMessage(error)}.`;
    return finding('error', 'unreadable-file', pathPlace(node), `\`${shown}\` ${why}`, 'Copy the file again; a CSV file is read with `csv("…")`.');
  } finally {
    await file.close();
  }
}

export async function parquetFile(node: ScanNode, at: FileAt, db: Database): Promise<Opened> {
  const { path, shown } = at;
  const from = `read_parquet(${quoted(path)}, hive_partitioning = false)`;
  try {
    const described = await db.rows(`DESCRIBE SELECT * FROM ${from}`);
    const header = described.map(row => String(row[0]));
    const {
      names: all,
      columns,
      findings,
    } = match(node, at, header, place => {
      const type = String(described[place]?.[1]);
      // The file's own names, which know capitals.
      return { sql: `"${header[place]?.replaceAll('"', '""')}"`, stored: type === 'VARCHAR' ? 'text' : { type } };
    });
    if (hasError(findings)) return refused(...findings);
    return { file: { shown, names: all, from, columns, header: 0, records: null, broken: null, table: null }, findings };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return refused(await parquetProblem(node, path, shown, error));
  }
}
