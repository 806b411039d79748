/** Arrow files for the engine, which cannot read them itself: their declared columns become a table when they are needed. */
import type { DuckDBType } from '@duckdb/node-api';
import type { ScanNode } from '../../../language/plan/plan.ts';
import type { FindingRecord } from '../../record.ts';
import { type ArrowFile, ArrowProblem, openArrow } from '../arrowFile.ts';
import type { Database } from '../duckdb.ts';
import { BOOLEAN } from '../duckdbApi.ts';
import { finding, hasError, pathPlace } from '../finding.ts';
import { beside } from '../session.ts';
import { emptyFile, type FileAt, match, type Opened, refused } from './sourceFile.ts';

function arrowProblem(node: ScanNode, shown: string, problem: ArrowProblem): FindingRecord {
  if (problem.kind === 'empty') return emptyFile(node, shown);
  return finding('error', 'unreadable-file', pathPlace(node), `\`${shown}\` ${problem.message}.`, 'Copy the file again, or write it anew.');
}

export async function arrowFile(node: ScanNode, at: FileAt, db: Database): Promise<Opened> {
  const { path, shown } = at;
  let opened: ArrowFile;
  try {
    opened = await openArrow(path);
  } catch (error) {
    if (!(error instanceof ArrowProblem)) throw error;
    return refused(arrowProblem(node, shown, error));
  }
  await opened.close();
  const { fields } = opened;
  const {
    names: all,
    columns,
    findings,
  } = match(
    node,
    at,
    fields.map(f => f.name),
    place => {
      const type = fields[place]?.kind.type ?? '';
      return { sql: `"c${place}"`, stored: type === 'VARCHAR' ? 'text' : { type } };
    },
  );
  if (hasError(findings)) return refused(...findings);
  const table = beside(node.id, `rows of ${shown}`);
  const declared = node.columns.map(c => fields.findIndex(f => f.name === c.name)).filter(place => place >= 0);
  const read = declared.flatMap((place): { place: number; name: string; type: DuckDBType }[] => {
    const column = fields[place]?.kind.column;
    return column ? [{ place, name: `c${place}`, type: column.type }] : [];
  });
  // A table has a column, even where all that is declared stands in the path.
  if (read.length === 0) read.push({ place: fields.length, name: 'none', type: BOOLEAN });
  const load = async (): Promise<FindingRecord | null> => {
    const file = await openArrow(path);
    try {
      await db.append(table, read, file.batches(read.map(c => c.place)));
      return null;
    } catch (error) {
      if (!(error instanceof ArrowProblem)) throw error;
      return arrowProblem(node, shown, error);
    } finally {
      await file.close();
    }
  };
  return {
    file: {
      shown,
      names: all,
      from: table,
      columns,
      header: 0,
      records: null,
      broken: null,
      table: { load, drop: () => db.run(`DROP TABLE IF EXISTS ${table}`) },
    },
    findings,
  };
}
