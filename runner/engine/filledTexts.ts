/**
 * Texts put into the engine's rows as they lie there. Short ones lie in the rows themselves, and are copied without becoming a string;
 * `placedTexts.ts` reads them so.
 */
import type { DuckDBVarCharVector } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Texts } from '../learn/texts.ts';
import { lengthBytes, mostInline, textBytes } from './placedTexts.ts';

/** A column of texts, each of which is that of a row of others. */
export interface TextsOf {
  readonly texts: Texts;
  readonly rows: Int32Array;
}

/** The vector has as many rows as are asked for from the first on. */
export function fillTexts(vector: DuckDBVarCharVector, { texts, rows }: TextsOf, first: number): void {
  const { dataView, vector: raw } = vector as unknown as { readonly dataView: DataView; readonly vector: duckdb.Vector };
  const { bytes, starts } = texts;
  const into = new Uint8Array(dataView.buffer, dataView.byteOffset, dataView.byteLength).fill(0);
  const long: number[] = [];
  for (let i = 0; i < vector.itemCount; i++) {
    const row = rows[first + i] as number;
    const from = starts[row] as number;
    const length = (starts[row + 1] as number) - from;
    if (length > mostInline) {
      long.push(i);
      continue;
    }
    const at = i * textBytes;
    into[at] = length;
    for (let k = 0; k < length; k++) into[at + lengthBytes + k] = bytes[from + k] as number;
  }
  duckdb.copy_data_to_vector(raw, 0, into.buffer as ArrayBuffer, into.byteOffset, into.byteLength);
  for (const i of long) {
    const row = rows[first + i] as number;
    duckdb.vector_assign_string_element(raw, i, Buffer.from(bytes.subarray(starts[row], starts[row + 1])).toString('utf8'));
  }
}
