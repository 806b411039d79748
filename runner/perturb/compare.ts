/** What must have stayed, held bit for bit against what it was: columns of observations, and what steps have learned. */

import type { RawColumn } from '../learn/columnFile.ts';
import type { Matrix, MatrixColumn } from '../learn/matrix.ts';
import { partitionNames } from '../learn/matrix.ts';
import type { StepOutput } from '../nodes/output.ts';
import { canonical } from '../store/canonical.ts';

export interface Observed {
  readonly matrix: Matrix;
  readonly raw: readonly RawColumn[];
}

/** Which observations are held against each other. */
export type Wanted = (matrix: Matrix, row: number) => boolean;

export interface Difference {
  readonly observations: number;
  readonly columns: number;
  /** Features whose columns have another value, with how many observations differ. */
  readonly moved: ReadonlyMap<string, number>;
  /** Observations that are gone or new, or in another partition. */
  readonly reassigned: number;
}

const keyOf = ({ identity, cutoff }: Matrix, row: number): string => `${identity[row] ?? ''} ${cutoff?.[row] ?? ''}`;

function rowsOf(matrix: Matrix, wanted: Wanted): Map<string, number> {
  const rows = new Map<string, number>();
  for (let row = 0; row < matrix.rows; row++) if (wanted(matrix, row)) rows.set(keyOf(matrix, row), row);
  return rows;
}

/** Of a category the level itself: its index may differ where later rows brought levels. */
function cellsOf(column: MatrixColumn): (row: number) => number | string {
  if (column.kind === 'number') {
    const { values } = column;
    return row => values[row] ?? Number.NaN;
  }
  const { levels, codes } = column;
  return row => {
    const code = codes[row] ?? -1;
    return code < 0 ? code : (levels[code] ?? code);
  };
}

const none = partitionNames.indexOf('none');

/** What is left out may be so for what was fitted, as the first rows are that a target encoding has nothing before to learn from. */
const isMoved = (was: number | undefined, is: number | undefined, pinned: boolean): boolean =>
  was !== is && (pinned || (was !== none && is !== none));

/**
 * `encoded`: as the fitted steps leave the columns; else as they are before any. `pinned`: the observations must be the same; else one may
 * come or go with its label, or be left out.
 */
export function differences(
  before: Observed,
  after: Observed,
  wanted: Wanted,
  { encoded, pinned }: { readonly encoded: boolean; readonly pinned: boolean },
): Difference {
  const [was, is] = [rowsOf(before.matrix, wanted), rowsOf(after.matrix, wanted)];
  const pairs: [number, number][] = [];
  let reassigned = pinned ? [...is.keys()].filter(key => !was.has(key)).length : 0;
  for (const [key, row] of was) {
    const now = is.get(key);
    if (now === undefined) reassigned += pinned ? 1 : 0;
    else if (isMoved(before.matrix.partition[row], after.matrix.partition[now], pinned)) reassigned++;
    else pairs.push([row, now]);
  }
  const columnsIn = ({ matrix, raw }: Observed): readonly (readonly [string, MatrixColumn])[] =>
    encoded ? matrix.columns.map(column => [column.name, column] as const) : raw.map(({ feature, column }) => [feature, column] as const);
  const named = columnsIn(before);
  const others = new Map(columnsIn(after));
  const moved = new Map<string, number>();
  for (const [feature, column] of named) {
    const other = others.get(feature);
    if (!other || other.kind !== column.kind) {
      moved.set(feature, pairs.length);
      continue;
    }
    const [one, two] = [cellsOf(column), cellsOf(other)];
    let differing = 0;
    for (const [row, now] of pairs) if (!Object.is(one(row), two(now))) differing++;
    if (differing > 0) moved.set(feature, differing);
  }
  return { observations: pairs.length, columns: named.length, moved, reassigned };
}

/** All that a step has learned or chosen, as text; null where it learns nothing. */
export function learnedBy({ fitted, state, rounds, tuned, finish, chosen }: StepOutput): string | null {
  const learned = { fitted: fitted && Object.keys(fitted).length > 0 ? fitted : null, state, rounds, tuned, finish, chosen };
  return Object.values(learned).every(part => part === null) ? null : canonical(learned);
}

export const isIn =
  (...names: readonly (typeof partitionNames)[number][]): Wanted =>
  ({ partition }, row) =>
    names.some(of => partitionNames[partition[row] ?? 3] === of);

/** All that both say. */
export const both =
  (one: Wanted, other: Wanted): Wanted =>
  (matrix, row) =>
    one(matrix, row) && other(matrix, row);

/** Observations whose cutoff is not after a moment. */
export const upTo =
  (moment: number): Wanted =>
  ({ cutoff }, row) =>
    cutoff !== null && Number(cutoff[row] ?? 0n) <= moment;
