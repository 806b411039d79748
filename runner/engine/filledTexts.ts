/**
 * Texts put into the engine's rows as they lie there. Short ones lie in the rows themselves, and are copied without becoming a string;
 * `placedTexts.ts` reads them so.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Texts } from '../learn/texts.ts';
import { copyInto, vectorOf } from './chunkMemory.ts';
import { lengthBytes, mostInline, textBytes } from './placedTexts.ts';

/** A column of texts, each of which is that of a row of others. */
export interface TextsOf {
  readonly texts: Texts;
  readonly rows: Int32Array;
}

/** Into a column of a chunk, which has as many rows as are asked for from the first on. */
export function fillTexts(chunk: DuckDBDataChunk, column: number, { texts, rows }: TextsOf, first: number): void {
  const { rowCount } = chunk;
  const { bytes, starts } = texts;
  const vector = vectorOf(chunk, column);
  const into = new Uint8Array(rowCount * textBytes);
  const long: number[] = [];
  for (let i = 0; i < rowCount; i++) {
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
  copyInto(vector, into);
  for (const i of long) {
    const row = rows[first + i] as number;
    duckdb.vector_assign_string_element(vector, i, Buffer.from(bytes.subarray(starts[row], starts[row + 1])).toString('utf8'));
  }
}
