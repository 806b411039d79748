/**
 * Rows that the engine hands to the process as it reads them: its threads call for each batch while others go on, which takes less than to
 * fetch results, and no result is kept.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { name } from '../sql/write.ts';
import { type Called, type CalledType, registerCalled } from './calledColumns.ts';
import { TINYINT } from './duckdbApi.ts';

export interface VisitedColumn {
  readonly sql: string;
  readonly type: CalledType;
}

/** Up to 2,048 rows at once, in any order: each column, until the visit ends. */
export type RowVisit = (rows: number, columns: readonly Called[]) => void;

export interface RowVisits {
  /** Every row of a FROM clause with what may follow it. A visit waits until those before it have ended, whether they failed or not. */
  readonly rows: (columns: readonly VisitedColumn[], from: string, visit: RowVisit) => Promise<void>;
}

/** `working` does a visit when its turn has come. */
export function rowVisits(connection: DuckDBConnection, working: (work: () => Promise<void>) => Promise<void>): RowVisits {
  const registered = new Map<string, string>();
  let visiting: RowVisit | null = null;
  let before: Promise<void> = Promise.resolve();
  const reader = (columns: readonly VisitedColumn[]): string => {
    const parameters = columns.map(c => c.type);
    const key = parameters.join(' ');
    const known = registered.get(key);
    if (known !== undefined) return known;
    // Thousands of columns would make a long name.
    const named = `~visit ${registered.size}`;
    registerCalled(connection, {
      name: named,
      parameters,
      // Nobody reads what it gives.
      gives: TINYINT,
      everyRow: true,
      call(rows, called) {
        if (!visiting) throw new Error('Rows come when nobody visits them.');
        visiting(rows, called);
        return null;
      },
    });
    const quoted = name(named);
    registered.set(key, quoted);
    return quoted;
  };
  return {
    rows(columns, from, visit) {
      const visited = async (): Promise<void> => {
        visiting = visit;
        try {
          await connection.run(`SELECT count(${reader(columns)}(${columns.map(c => c.sql).join(', ')})) FROM ${from}`);
        } finally {
          visiting = null;
        }
      };
      const turn = before.then(() => working(visited));
      before = turn.catch(() => undefined);
      return turn;
    },
  };
}
