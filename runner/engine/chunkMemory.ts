/**
 * Columns of the engine's chunks as they lie in its memory. What the package makes of a column holds the same memory, but gives and takes it value
 * by value; the calls of its binding, which are public as well, give it whole.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { mostRows } from './calledColumns.ts';

export const vectorOf = ({ chunk }: DuckDBDataChunk, column: number): duckdb.Vector => duckdb.data_chunk_get_vector(chunk, column);

/** For as long as the chunk is there. */
export const bytesIn = (chunk: DuckDBDataChunk, column: number, bytesPerRow: number): Uint8Array =>
  duckdb.vector_get_data(vectorOf(chunk, column), chunk.rowCount * bytesPerRow);

/** The type is that of the column, and no value of it is null: what is null is any number here. */
export function int32sIn(chunk: DuckDBDataChunk, column: number): Int32Array {
  const { buffer, byteOffset } = bytesIn(chunk, column, Int32Array.BYTES_PER_ELEMENT);
  return new Int32Array(buffer, byteOffset, chunk.rowCount);
}

/** As `int32sIn`. */
export function float64sIn(chunk: DuckDBDataChunk, column: number): Float64Array {
  const { buffer, byteOffset } = bytesIn(chunk, column, Float64Array.BYTES_PER_ELEMENT);
  return new Float64Array(buffer, byteOffset, chunk.rowCount);
}

/** As `int32sIn`. */
export function int64sIn(chunk: DuckDBDataChunk, column: number): BigInt64Array {
  const { buffer, byteOffset } = bytesIn(chunk, column, BigInt64Array.BYTES_PER_ELEMENT);
  return new BigInt64Array(buffer, byteOffset, chunk.rowCount);
}

/** The bytes of a text that does not lie in the row itself: where they are stands at this place of the column's bytes. */
export const bytesBehind = ({ buffer, byteOffset }: Uint8Array, place: number, length: number): Uint8Array =>
  duckdb.get_data_from_pointer(buffer as ArrayBuffer, byteOffset + place, length);

export const copyInto = (vector: duckdb.Vector, { buffer, byteOffset, byteLength }: ArrayBufferView): void =>
  duckdb.copy_data_to_vector(vector, 0, buffer as ArrayBuffer, byteOffset, byteLength);

// What is copied must not lie in memory that threads share.
const numbers = new Float64Array(mostRows);
/** Whether a row has a value, in bits. */
const present = new Uint8Array(mostRows / 8);

/** Into a column of a chunk that has been reset; NaN becomes null. */
export function fillNumbers(chunk: DuckDBDataChunk, column: number, values: Float64Array): void {
  const vector = vectorOf(chunk, column);
  numbers.set(values);
  copyInto(vector, numbers.subarray(0, values.length));
  let missing = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) continue;
    if (missing++ === 0) present.fill(255);
    present[i >> 3] = (present[i >> 3] as number) & ~(1 << (i & 7));
  }
  if (missing === 0) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, present.buffer, 0, present.byteLength);
}
