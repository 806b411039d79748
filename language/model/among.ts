/**
 * Rows chosen among others that were known before them, and cells taken from those: the earliest of a group, the row before. At a cutoff these
 * are of the past; without cutoffs there is none, so that rows of all partitions choose, unless all of a group are of one entity.
 */
import type { Reason } from './facts.ts';
import type { Among, ColumnModel, RelationModel, TypedExpr } from './typed.ts';
import { columnNames } from './walk.ts';

interface Pair {
  readonly left: string;
  readonly right: string;
}

type Choices = readonly Among[] | undefined;

/** Absent where there are none. */
const both = (a: Choices, b: Choices): { readonly among?: readonly Among[] } => {
  const among = !a || !b || a === b ? (a ?? b) : [...a, ...b];
  return among ? { among } : {};
};

/** The choices that were made before, and one more. */
export const chosenAmong = ({ among }: { readonly among?: readonly Among[] }, by: readonly string[], reason: Reason): readonly Among[] => [
  ...(among ?? []),
  { by, reason },
];

/** What a value of the row was taken by: what each column was that it reads. */
export function takenAmong(value: TypedExpr, { columns }: RelationModel): { readonly among?: readonly Among[] } {
  if (columns.every(column => !column.among)) return {};
  const names = columnNames(value);
  return columns
    .filter(({ name }) => names.includes(name))
    .reduce<{ readonly among?: readonly Among[] }>((all, { among }) => both(all.among, among), {});
}

const renamed = (among: readonly Among[], now: (column: string) => string | null): readonly Among[] =>
  among.map(choice => ({ ...choice, by: choice.by.flatMap(name => now(name) ?? []) }));

/** Of a joined cell: the columns of its table are those of the left rows that they are equal to, by pairs of names. */
export function joinedAmong(column: ColumnModel | null, right: RelationModel, pairs: readonly Pair[]): { readonly among?: readonly Among[] } {
  const { among } = both(right.among, column?.among);
  return among ? { among: renamed(among, name => pairs.find(pair => pair.right === name)?.left ?? null) } : {};
}

/** Of a union the choices of both. */
export const unitedAmong = (left: { readonly among?: readonly Among[] }, right: { readonly among?: readonly Among[] } | null) =>
  both(left.among, right?.among);

/** The same with both as they are called afterwards, where choices were made. */
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
