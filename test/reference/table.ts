/** What the reference interpreter computes with: plain rows as objects, and values whose type the plan tells. */
import type { PlanColumn, PlanType } from '../../language/plan/plan.ts';
import type { DurationValue } from '../../language/text/duration.ts';

/** int: bigint; decimal: bigint without its point; float: number; date and timestamp: microseconds since 1970 UTC as number. */
export type Value = boolean | bigint | number | string | DurationValue | null;

export type Row = Readonly<Record<string, Value>>;

export interface Table {
  readonly columns: readonly PlanColumn[];
  readonly rows: readonly Row[];
}

export function typeOfColumn(table: Pick<Table, 'columns'>, name: string): PlanType {
  const column = table.columns.find(c => c.name === name);
  if (!column) throw new Error(`The plan reads column ${name}, which is not there.`);
  return column.type;
}

export function cell(row: Row, name: string): Value {
  const value = row[name];
  if (value === undefined) throw new Error(`The plan reads column ${name}, which is not there.`);
  return value;
}

/** Something in the data that no result can be given for, such as an int beyond 64 bits. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
