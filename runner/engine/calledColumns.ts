/**
 * Functions that statements call with whole columns. What the package makes of a call, types and vectors of all that comes and goes, takes
 * longer than to go through two thousand numbers: columns are read and written here as they lie in the engine's memory.
 */
import type { DuckDBConnection, DuckDBStructVector, DuckDBType } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { DOUBLE, DuckDBScalarFunction, DuckDBVector, INTEGER, TINYINT, VARCHAR } from './duckdbApi.ts';
import { ageMemory } from './youngMemory.ts';

const types = { int8: TINYINT, int32: INTEGER, float64: DOUBLE, text: VARCHAR } satisfies Record<string, DuckDBType>;

export type CalledType = keyof typeof types;

/** Of a value. */
export const bytesOf = { int8: 1, int32: 4, float64: 8, text: 16 } satisfies Record<CalledType, number>;

export const engineTypeOf = (type: CalledType): DuckDBType => types[type];

/** Rows of a call at most. */
export const mostRows = 2048;

/** A column as it lies in memory, until the call ends; what is null is any number there. Texts are four words each, as `kernel/texts.ts` reads them. */
export type Called = Int8Array | Int32Array | Float64Array;

/** Numbers that go to fields of the struct that a call gives, and the rows whose fields are null. */
export interface Given {
  readonly fields: readonly (Int32Array | Float64Array)[];
  readonly missing: readonly number[];
}

export interface CalledFunction {
  readonly name: string;
  readonly parameters: readonly CalledType[];
  readonly gives: DuckDBType;
  /** Else rows that are alike may be called for once. */
  readonly everyRow: boolean;
  /** Null: nobody reads what it gives. */
  readonly call: (rows: number, columns: readonly Called[]) => Given | null;
}

function columnOf(bytes: Uint8Array, type: CalledType, rows: number): Called {
  if (type === 'float64') return new Float64Array(bytes.buffer, bytes.byteOffset, rows);
  if (type === 'int8') return new Int8Array(bytes.buffer, bytes.byteOffset, rows);
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Int32Array.BYTES_PER_ELEMENT);
}

function write(output: duckdb.Vector, rows: number, { fields, missing }: Given): void {
  for (const [i, { buffer, byteOffset, BYTES_PER_ELEMENT }] of fields.entries()) {
    duckdb.copy_data_to_vector(duckdb.struct_vector_get_child(output, i), 0, buffer as ArrayBuffer, byteOffset, rows * BYTES_PER_ELEMENT);
  }
  if (missing.length === 0) return;
  const struct = DuckDBVector.create(output, rows) as DuckDBStructVector;
  for (const i of fields.keys()) {
    const field = struct.entryVectorAt(i);
    for (const row of missing) field.setItem(row, null);
    field.flush();
  }
}

export function registerCalled(connection: DuckDBConnection, { name, parameters, gives, everyRow, call }: CalledFunction): void {
  const made = new DuckDBScalarFunction();
  made.setName(name);
  made.setReturnType(gives);
  for (const type of parameters) made.addParameter(types[type]);
  if (everyRow) made.setVolatile();
  const bytesPerRow = parameters.reduce((bytes, type) => bytes + bytesOf[type], 0);
  duckdb.scalar_function_set_function(made.scalar_function, (_, input, output) => {
    const rows = duckdb.data_chunk_get_size(input);
    ageMemory(rows * bytesPerRow);
    const columns = parameters.map((type, i) =>
      columnOf(duckdb.vector_get_data(duckdb.data_chunk_get_vector(input, i), rows * bytesOf[type]), type, rows),
    );
    const given = call(rows, columns);
    if (given) write(output, rows, given);
  });
  connection.registerScalarFunction(made);
}
