/**
 * Texts of the engine's rows, which come in any order, as bytes in the order of their places. Short ones lie in the rows themselves, where they
 * are copied without becoming a string.
 */
import type { DuckDBVarCharVector } from '@duckdb/node-api';
import { type Texts, textsOf } from '../learn/texts.ts';

export interface PlacedTexts {
  readonly add: (vector: DuckDBVarCharVector, places: Int32Array, rows: number) => void;
  readonly all: () => Texts;
}

/** A text in the engine's rows: its length, and the bytes of one that has no more than so many. */
export const textBytes = 16;
export const lengthBytes = 4;
export const mostInline = 12;

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
    add(vector, places, count) {
      const { dataView } = vector as unknown as { readonly dataView: DataView };
      const bytes = new Uint8Array(dataView.buffer, dataView.byteOffset, dataView.byteLength);
      for (let i = 0; i < count; i++) {
        const place = places[i] as number;
        let length = dataView.getUint32(i * textBytes, true);
        at[place] = end;
        if (length <= mostInline) {
          makeRoom(length);
          const from = i * textBytes + lengthBytes;
          for (let k = 0; k < length; k++) pool[end + k] = bytes[from + k] as number;
        } else {
          const text = Buffer.from(String(vector.getItem(i)), 'utf8');
          length = text.length;
          makeRoom(length);
          pool.set(text, end);
        }
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
