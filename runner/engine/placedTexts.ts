/**
 * Texts of the engine's rows, which come in any order, as bytes in the order of their places. Short ones lie in the rows themselves, where they
 * are copied without becoming a string.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { type Texts, textsOf } from '../learn/texts.ts';
import { bytesBehind, bytesIn } from './chunkMemory.ts';

export interface PlacedTexts {
  /** Each text of a column of the chunk, none of them null, with its place. */
  readonly add: (chunk: DuckDBDataChunk, column: number, places: Int32Array) => void;
  readonly all: () => Texts;
}

/** A text in the engine's rows: its length, and the bytes of one that has no more than so many; else four of them, and where all are. */
export const textBytes = 16;
export const lengthBytes = 4;
export const mostInline = 12;
const pointerAt = 8;

const firstRoom = 1 << 16;

export function placedTexts(rows: number): PlacedTexts {
  const lengths = new Int32Array(rows);
  /** In the order in which they came. */
  const at = new Float64Array(rows);
  let pool = new Uint8Array(firstRoom);
  let end = 0;
  const makeRoom = (bytes: number): void => {
    if (end + bytes <= pool.length) return;
    const larger = new Uint8Array(Math.max(end + bytes, pool.length * 2));
    larger.set(pool.subarray(0, end));
    pool = larger;
  };
  return {
    add(chunk, column, places) {
      const bytes = bytesIn(chunk, column, textBytes);
      const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const { rowCount } = chunk;
      for (let i = 0; i < rowCount; i++) {
        const place = places[i] as number;
        const length = words.getUint32(i * textBytes, true);
        at[place] = end;
        makeRoom(length);
        if (length <= mostInline) {
          const from = i * textBytes + lengthBytes;
          for (let k = 0; k < length; k++) pool[end + k] = bytes[from + k] as number;
        } else pool.set(bytesBehind(bytes, i * textBytes + pointerAt, length), end);
        lengths[place] = length;
        end += length;
      }
    },
    all() {
      const ordered = new Uint8Array(end);
      let next = 0;
      for (let place = 0; place < rows; place++) {
        const from = at[place] as number;
        const length = lengths[place] as number;
        for (let k = 0; k < length; k++) ordered[next + k] = pool[from + k] as number;
        next += length;
      }
      return textsOf(ordered, lengths);
    },
  };
}
