/**
 * Rows that the engine hands to the process as it reads them: its threads call for each batch while others go on, which takes less than to
 * fetch results, and no result is kept.
 */
import { DOUBLE, type DuckDBConnection, DuckDBScalarFunction, type DuckDBType, type DuckDBVector, INTEGER, TINYINT, VARCHAR } from '@duckdb/node-api';
import { ageMemory } from './youngMemory.ts';

const types = { int8: TINYINT, int32: INTEGER, float64: DOUBLE, text: VARCHAR } satisfies Record<string, DuckDBType>;

/** Of a value. */
export const bytesOf = { int8: 1, int32: 4, float64: 8, text: 16 } satisfies Record<keyof typeof types, number>;

export interface VisitedColumn {
  readonly sql: string;
  readonly type: keyof typeof types;
}

export type Visited = Int8Array | Int32Array | Float64Array;

/**
 * Up to 2,048 rows at once, in any order: each column as it lies in memory, until the visit ends; what is null is any number there. Texts are
 * four words each, as `kernel/texts.ts` reads them.
 */
export type RowVisit = (rows: number, columns: readonly Visited[]) => void;

export interface RowVisits {
  /** Every row of a FROM clause with what may follow it; one statement at a time. */
  readonly rows: (columns: readonly VisitedColumn[], from: string, visit: RowVisit) => Promise<void>;
}

function visited(vector: DuckDBVector, type: VisitedColumn['type']): Visited {
  if (type !== 'text') return (vector as unknown as { readonly items: Visited }).items;
  const { buffer, byteOffset, byteLength } = (vector as unknown as { readonly dataView: DataView }).dataView;
  return new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
}

export function rowVisits(connection: DuckDBConnection): RowVisits {
  const registered = new Set<string>();
  let visiting: RowVisit | null = null;
  const reader = (columns: readonly VisitedColumn[]): string => {
    const named = `~visit ${columns.map(c => c.type).join(' ')}`;
    if (registered.has(named)) return `"${named}"`;
    registered.add(named);
    const bytesPerRow = columns.reduce((bytes, { type }) => bytes + bytesOf[type], 0);
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: named,
        returnType: TINYINT,
        parameterTypes: columns.map(c => types[c.type]),
        // Else rows that are alike would be visited once.
        volatile: true,
        // Nobody reads what it gives.
        mainFunction(_, input) {
          if (!visiting) throw new Error('Rows come when nobody visits them.');
          ageMemory(input.rowCount * bytesPerRow);
          visiting(
            input.rowCount,
            columns.map(({ type }, i) => visited(input.getColumnVector(i), type)),
          );
        },
      }),
    );
    return `"${named}"`;
  };
  return {
    async rows(columns, from, visit) {
      if (visiting) throw new Error('Rows are visited one statement at a time.');
      visiting = visit;
      try {
        await connection.run(`SELECT count(${reader(columns)}(${columns.map(c => c.sql).join(', ')})) FROM ${from}`);
      } finally {
        visiting = null;
      }
    },
  };
}
