/**
 * Rows chosen among others that were known before them, and cells taken from those: the earliest of a group, the row before. At a cutoff these
 * are of the past; without cutoffs there is none, so that rows of all partitions choose, unless all of a group are of one entity.
 */
import type { Reason } from './facts.ts';
import type { Among, RelationModel, TypedExpr } from './typed.ts';
import { columnNames } from './walk.ts';

interface Pair {
  readonly left: string;
  readonly right: string;
}

/** A relation, for its rows, or a column, for its cells; absent where nothing was chosen. */
interface Choices {
  readonly among?: readonly Among[];
}

/** The choices of both. */
export function unitedAmong({ among: a }: Choices, { among: b }: Choices): Choices {
  const among = !a || !b || a === b ? (a ?? b) : [...a, ...b];
  return among ? { among } : {};
}

/** The choices that were made before, and one more. */
export const chosenAmong = ({ among }: Choices, by: readonly string[], reason: Reason): readonly Among[] => [...(among ?? []), { by, reason }];

/** The choices by which the columns were taken that a value of the row reads. */
export function takenAmong(value: TypedExpr, { columns }: RelationModel): Choices {
  if (columns.every(column => !column.among)) return {};
  const names = columnNames(value);
  return columns.filter(({ name }) => names.includes(name)).reduce(unitedAmong, {});
}

const renamed = (among: readonly Among[], now: (column: string) => string | null): readonly Among[] =>
  among.map(choice => ({ ...choice, by: choice.by.flatMap(name => now(name) ?? []) }));

/** Of a joined row, or a cell of it: the columns of its table are those of the left rows that they are equal to, by pairs of names. */
export function joinedAmong(right: RelationModel, pairs: readonly Pair[], column: Choices = {}): Choices {
  const { among } = unitedAmong(right, column);
  return among ? { among: renamed(among, name => pairs.find(pair => pair.right === name)?.left ?? null) } : {};
}

/** The relation with the choices of its rows and its cells changed. */
function changed<R extends RelationModel>(relation: R, change: (among: readonly Among[]) => readonly Among[]): R {
  const { among, columns } = relation;
  if (!among && columns.every(column => !column.among)) return relation;
  return {
    ...relation,
    ...(among && { among: change(among) }),
    columns: columns.map(column => (column.among ? { ...column, among: change(column.among) } : column)),
  };
}

/** With choices under the names that their columns have now, and without those that are gone: `now` gives null for these. */
export const amongAfter = <R extends RelationModel>(relation: R, now: (column: string) => string | null): R =>
  changed(relation, among => renamed(among, now));

/** With a column that repeats another. */
export const amongCopied = <R extends RelationModel>(relation: R, of: string, copy: string): R =>
  changed(relation, among => among.map(choice => (choice.by.includes(of) ? { ...choice, by: [...choice.by, copy] } : choice)));
