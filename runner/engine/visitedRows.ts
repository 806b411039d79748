/**
 * Rows that the engine hands to the process as it reads them: its threads call for each batch while others go on, which takes less than to
 * fetch results, and no result is kept.
 */
import { DOUBLE, type DuckDBConnection, DuckDBScalarFunction, type DuckDBType, INTEGER, TINYINT } from '@duckdb/node-api';

const types = { int8: TINYINT, int32: INTEGER, float64: DOUBLE } satisfies Record<string, DuckDBType>;

export interface VisitedColumn {
  readonly sql: string;
  readonly type: keyof typeof types;
}

export type Visited = Int8Array | Int32Array | Float64Array;

/** Up to 2,048 rows at once, in any order: each column as it lies in memory, until the visit ends; what is null is any number there. */
export type RowVisit = (rows: number, columns: readonly Visited[]) => void;

export interface RowVisits {
  /** Every row of a FROM clause with what may follow it. */
  readonly rows: (columns: readonly VisitedColumn[], from: string, visit: RowVisit) => Promise<void>;
}

interface Vector {
  readonly items: Visited;
}

export function rowVisits(connection: DuckDBConnection): RowVisits {
  const visiting = new Map<number, RowVisit>();
  const registered = new Set<string>();
  let next = 0;
  const reader = (columns: readonly VisitedColumn[]): string => {
    const named = `~visit ${columns.map(c => c.type).join(' ')}`;
    if (registered.has(named)) return `"${named}"`;
    registered.add(named);
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: named,
        returnType: TINYINT,
        parameterTypes: [INTEGER, ...columns.map(c => types[c.type])],
        // Else rows that are alike would be visited once.
        volatile: true,
        mainFunction(_, input, output) {
          const read = (i: number): Visited => (input.getColumnVector(i) as unknown as Vector).items;
          const visit = visiting.get(read(0)[0] ?? -1);
          if (!visit) throw new Error('Rows come when nobody visits them.');
          visit(
            input.rowCount,
            columns.map((_column, i) => read(i + 1)),
          );
          (output as unknown as Vector).items.fill(0);
          output.flush();
        },
      }),
    );
    return `"${named}"`;
  };
  return {
    async rows(columns, from, visit) {
      const number = next++;
      visiting.set(number, visit);
      try {
        await connection.run(`SELECT max(${reader(columns)}(${[`${number}::INTEGER`, ...columns.map(c => c.sql)].join(', ')})) FROM ${from}`);
      } finally {
        visiting.delete(number);
      }
    },
  };
}
