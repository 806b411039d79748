/**
 * Numbers that the process holds and statements read by their place: what was computed outside of the engine needs neither a table nor a
 * join. All numbers of a place are read at once, for each call from the engine costs as much as a thousand numbers.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { name } from '../sql/write.ts';
import { type Called, engineTypeOf, mostRows, registerCalled } from './calledColumns.ts';
import { STRUCT } from './duckdbApi.ts';

export type HeldType = 'int32' | 'float64';

/** Writes the numbers of some places, one array for each, of its type and at least as long. */
export type PlaceReader = (rows: number, places: Int32Array, into: readonly (Int32Array | Float64Array)[]) => void;

export interface HeldNumbers {
  /**
   * Gives what reads numbers of these types as SQL, of SQL of a place: a struct, whose fields `field` writes. All of them are null where the place
   * is. They are held until the owner is forgotten.
   */
  readonly hold: (owner: string, fields: readonly HeldType[], read: PlaceReader) => (place: string) => string;
  readonly forget: (owner: string) => void;
}

/** A number of a struct. */
export const field = (struct: string, number: number): string => `struct_extract(${struct}, 'v${number}')`;

const nowhere = -1;

export function heldNumbers(connection: DuckDBConnection): HeldNumbers {
  const held = new Map<number, PlaceReader>();
  const owned = new Map<string, number[]>();
  const registered = new Set<string>();
  const places = new Int32Array(mostRows);
  let next = 0;
  const readerOf = (fields: readonly HeldType[]): string => {
    const named = `~held ${fields.map(field => field.slice(0, 1)).join('')}`;
    if (registered.has(named)) return name(named);
    registered.add(named);
    // Every call writes over what the one before it gave.
    const given = fields.map(type => (type === 'int32' ? new Int32Array(mostRows) : new Float64Array(mostRows)));
    registerCalled(connection, {
      name: named,
      parameters: ['int32', 'int32'],
      gives: STRUCT(Object.fromEntries(fields.map((type, i) => [`v${i}`, engineTypeOf(type)]))),
      everyRow: false,
      call(rows, [which, asked]) {
        const read = held.get(which?.[0] ?? -1);
        if (!asked || !read) throw new Error('Numbers are read that are no longer held.');
        const missing = placesIn(asked, rows, places);
        read(rows, places, given);
        return { fields: given, missing };
      },
    });
    return name(named);
  };
  return {
    hold(owner, fields, read) {
      const reader = readerOf(fields);
      const number = next++;
      held.set(number, read);
      owned.set(owner, [...(owned.get(owner) ?? []), number]);
      return place => `${reader}(${number}::INTEGER, coalesce(${place}, ${nowhere}::INTEGER))`;
    },
    forget(owner) {
      for (const number of owned.get(owner) ?? []) held.delete(number);
      owned.delete(owner);
    },
  };
}

/** Copies places and gives the rows that have none; these get one, so that reading needs to ask nothing. */
function placesIn(asked: Called, rows: number, places: Int32Array): readonly number[] {
  const missing: number[] = [];
  for (let row = 0; row < rows; row++) {
    const place = asked[row] as number;
    places[row] = place === nowhere ? 0 : place;
    if (place === nowhere) missing.push(row);
  }
  return missing;
}
