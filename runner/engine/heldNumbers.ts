/**
 * Numbers that the process holds and statements read by their place: what was computed outside of the engine needs neither a table nor a
 * join. Null where the place is null.
 */
import { DOUBLE, type DuckDBConnection, DuckDBScalarFunction, INTEGER } from '@duckdb/node-api';

export interface HeldNumbers {
  /** Gives what reads them as SQL, of SQL of a place; they are held until the owner is forgotten. */
  readonly hold: (owner: string, numbers: Float64Array) => (place: string) => string;
  readonly forget: (owner: string) => void;
}

const reader = '"~held"';

export function heldNumbers(connection: DuckDBConnection): HeldNumbers {
  const held = new Map<number, Float64Array>();
  const owned = new Map<string, number[]>();
  let next = 0;
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: reader.slice(1, -1),
      returnType: DOUBLE,
      parameterTypes: [INTEGER, INTEGER],
      mainFunction(_, input, output) {
        const [which, places] = [0, 1].map(i => (input.getColumnVector(i) as unknown as { readonly items: Int32Array }).items);
        const numbers = held.get(which?.[0] ?? -1);
        if (!places || !numbers) throw new Error('Numbers are read that are no longer held.');
        read(numbers, places, (output as unknown as { readonly items: Float64Array }).items, input.rowCount);
        output.flush();
      },
    }),
  );
  return {
    hold(owner, numbers) {
      const number = next++;
      held.set(number, numbers);
      owned.set(owner, [...(owned.get(owner) ?? []), number]);
      return place => `${reader}(${number}::INTEGER, ${place})`;
    },
    forget(owner) {
      for (const number of owned.get(owner) ?? []) held.delete(number);
      owned.delete(owner);
    },
  };
}

function read(numbers: Float64Array, places: Int32Array, into: Float64Array, rows: number): void {
  for (let i = 0; i < rows; i++) into[i] = numbers[places[i] as number] as number;
}
