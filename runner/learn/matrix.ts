/** What learning and judging read: columns of plain typed arrays, never rows as objects. The engine fills it; nothing here changes it. */

import type { PlanResample } from '../../language/plan/plan.ts';

export interface NumberColumn {
  readonly kind: 'number';
  readonly name: string;
  /** NaN: null. Of a column that lies in a file, reading it may read the file: take it once, not in a loop. */
  readonly values: Float64Array;
  /** Of a column that lies in a file: the values of these rows, without the others. */
  readonly gather?: (rows: Int32Array, into: Float64Array) => void;
}

export interface CategoryColumn {
  readonly kind: 'category';
  readonly name: string;
  /** The levels of train, sorted by code point. */
  readonly levels: readonly string[];
  /** Index into `levels`; `nullCode`: null; `unseenCode`: a level that train does not have. */
  readonly codes: Int32Array;
  /** As of numbers. */
  readonly gather?: (rows: Int32Array, into: Int32Array) => void;
}

export type MatrixColumn = NumberColumn | CategoryColumn;

export const nullCode = -1;
export const unseenCode = -2;

/** The partition codes of `Matrix.partition`, by index. */
export const partitionNames = ['train', 'validate', 'test', 'none'] as const;

export interface Matrix {
  readonly rows: number;
  readonly columns: readonly MatrixColumn[];
  /** 0 and 1 for a binary label, the value otherwise; NaN: none. */
  readonly label: Float64Array;
  /** Index into `partitionNames`. */
  readonly partition: Uint8Array;
  /** The entity's key as text, one a row. */
  readonly identity: readonly string[];
  /** Cluster ids for intervals: rows of the same entity or group have the same id. */
  readonly entity: Int32Array;
  /** Microseconds since 1970; null where the task has no cutoffs. */
  readonly cutoff: BigInt64Array | null;
  readonly weight: Float64Array | null;
  /** Rows that every fit makes up beside those that it is given; absent: none. */
  readonly resample?: PlanResample;
}
