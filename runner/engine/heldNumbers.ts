/**
 * Numbers that the process holds and statements read by their place: what was computed outside of the engine needs neither a table nor a
 * join. All numbers of a place are read at once, for each call from the engine costs as much as a thousand numbers.
 */
import { DOUBLE, type DuckDBConnection, DuckDBScalarFunction, type DuckDBStructVector, INTEGER, STRUCT } from '@duckdb/node-api';
import { name } from '../sql/write.ts';
import { ageMemory } from './youngMemory.ts';

const types = { int32: INTEGER, float64: DOUBLE } as const;
const bytesOf = { int32: 4, float64: 8 } as const;

export type HeldType = keyof typeof types;

/** Writes the numbers of some places, one array for each, of its type. */
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

interface NumbersVector {
  readonly items: Int32Array | Float64Array;
  readonly setItem: (row: number, value: number | null) => void;
}

const nowhere = -1;

export function heldNumbers(connection: DuckDBConnection): HeldNumbers {
  const held = new Map<number, PlaceReader>();
  const owned = new Map<string, number[]>();
  const registered = new Set<string>();
  const places = new Int32Array(2048);
  let next = 0;
  const readerOf = (fields: readonly HeldType[]): string => {
    const named = `~held ${fields.map(field => field.slice(0, 1)).join('')}`;
    if (registered.has(named)) return name(named);
    registered.add(named);
    const bytesPerRow = fields.reduce((bytes, type) => bytes + bytesOf[type], 2 * bytesOf.int32);
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: named,
        returnType: STRUCT(Object.fromEntries(fields.map((type, i) => [`v${i}`, types[type]]))),
        parameterTypes: [INTEGER, INTEGER],
        mainFunction(_, input, output) {
          ageMemory(input.rowCount * bytesPerRow);
          const [which, asked] = [0, 1].map(i => (input.getColumnVector(i) as unknown as { readonly items: Int32Array }).items);
          const read = held.get(which?.[0] ?? -1);
          if (!asked || !read) throw new Error('Numbers are read that are no longer held.');
          const struct = output as DuckDBStructVector;
          const vectors = fields.map((_field, i) => struct.entryVectorAt(i) as unknown as NumbersVector);
          const missing = placesIn(asked, input.rowCount, places);
          read(
            input.rowCount,
            places,
            vectors.map(vector => vector.items),
          );
          for (const row of missing) for (const vector of vectors) vector.setItem(row, null);
          output.flush();
        },
      }),
    );
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
function placesIn(asked: Int32Array, rows: number, places: Int32Array): readonly number[] {
  const missing: number[] = [];
  for (let row = 0; row < rows; row++) {
    const place = asked[row] as number;
    places[row] = place === nowhere ? 0 : place;
    if (place === nowhere) missing.push(row);
  }
  return missing;
}
