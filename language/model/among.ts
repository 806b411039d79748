/**
 * Rows chosen among others that were known before them, and cells taken from those: the earliest of a group, the row before. At a cutoff these
 * are of the past; without cutoffs there is none, so that rows of all partitions choose, unless all of a group are of one entity.
 */
import { comesFrom } from './factOps.ts';
import type { Facts, Reason } from './facts.ts';
import type { StepContext } from './stepContext.ts';
import type { Among, ColumnModel, RelationModel, TypedExpr } from './typed.ts';
import { sameRef } from './typeOps.ts';
import type { TypeOf } from './types.ts';
import { columnNames } from './walk.ts';

interface Pair {
  readonly left: string;
  readonly right: string;
}

/** A relation, for its rows, or a column, for its cells; absent where nothing was chosen. */
export interface Choices {
  readonly among?: readonly Among[];
}

const isSame = (a: Among, b: Among): boolean =>
  a === b || (a.reason === b.reason && a.by.length === b.by.length && a.by.every(name => b.by.includes(name)));

/** The choices of both, each once. */
export function unitedAmong({ among: a }: Choices, { among: b }: Choices): Choices {
  const among = !a || !b || a === b ? (a ?? b) : [...a, ...b.filter(choice => !a.some(known => isSame(known, choice)))];
  return among ? { among } : {};
}

/** The choices that were made before, and one more among the rows of a table. */
export const chosenAmong = (
  { among }: Choices,
  by: readonly string[],
  reason: Reason,
  { table, env }: Pick<StepContext, 'table' | 'env'>,
): readonly Among[] => [...(among ?? []), { by, reason, rows: { table, file: env.file } }];

/** Of a group: it is there, and holds what it does, by all rows that are alike in the columns. */
export const groupedAmong = (by: readonly string[], reason: Reason, { table, env }: Pick<StepContext, 'table' | 'env'>): Choices => ({
  among: [{ by, reason, rows: { table, file: env.file }, isMatched: true }],
});

/** Whether equal values of both are about one and the same: a key and a ref to it, two such refs, or one column of a source read twice. */
function isOneNotion(left: ColumnModel, right: ColumnModel): boolean {
  if (left.definition && left.definition.text === right.definition?.text) return true;
  if (left.type.kind === 'ref') return right.type.kind === 'ref' ? sameRef(left.type, right.type) : isKeyOf(right, left.type);
  return right.type.kind === 'ref' && isKeyOf(left, right.type);
}

const isKeyOf = ({ type, facts }: ColumnModel, ref: TypeOf<'ref'>): boolean => type.kind === 'key' && comesFrom(facts, ref);

/** Whether the ref leads to the one row of the table that has it as its key. */
export const leadsTo = ({ name, place, key }: RelationModel, column: ColumnModel, ref: TypeOf<'ref'>): boolean =>
  column.name === key && ((name === ref.table && place.file === ref.home) || isKeyOf(column, ref));

/**
 * Of a join: the rows that it brings in are among those that are alike in what meets. There is no choice where a ref leads to the one row that
 * has the key.
 */
export function matchedAmong(
  left: RelationModel,
  right: RelationModel,
  pairs: readonly { readonly left: ColumnModel; readonly right: ColumnModel }[],
  reason: Reason,
): Choices {
  if (pairs.some(pair => pair.left.type.kind === 'ref' && leadsTo(right, pair.right, pair.left.type))) return {};
  const alike = pairs.filter(pair => isOneNotion(pair.left, pair.right)).map(pair => pair.left.name);
  // Rows that are alike in the key are one row.
  const by = left.key !== null && alike.includes(left.key) ? left.columns.map(({ name }) => name) : alike;
  return { among: [{ by, reason, rows: { table: right.name, file: right.place.file }, isMatched: true }] };
}

/** A figure over all rows, which is told of as that. */
export const isOfAll = ({ facts }: { readonly facts: Facts }): boolean => facts.blocks.some(({ rule }) => rule === 'all-rows-aggregate');

export function withoutMatched({ among }: Choices): Choices {
  const rest = among?.filter(({ isMatched }) => !isMatched) ?? [];
  return rest.length > 0 ? { among: rest } : {};
}

/** The choices by which these columns were taken. */
export const columnsAmong = ({ columns }: RelationModel, names: readonly string[]): Choices =>
  columns.every(column => !column.among) ? {} : columns.filter(({ name }) => names.includes(name)).reduce(unitedAmong, {});

/** The choices by which the columns were taken that a value of the row reads. */
export const takenAmong = (value: TypedExpr, relation: RelationModel): Choices =>
  relation.columns.every(column => !column.among) ? {} : columnsAmong(relation, columnNames(value));

/** The choices by which the columns were taken that tell rows of one moment apart. */
export const apartAmong = (relation: RelationModel): Choices =>
  relation.apart !== null || relation.key !== null ? {} : relation.columns.reduce(unitedAmong, {});

/** The relation whose rows are there because of these choices too. */
export const withAmong = <R extends RelationModel>(relation: R, ...choices: readonly Choices[]): R => {
  const { among } = choices.reduce(unitedAmong, {});
  return among ? { ...relation, ...unitedAmong(relation, { among }) } : relation;
};

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

/** With columns that are a function of these: rows that are alike in all of the one are alike in the other. */
export const amongDecided = <R extends RelationModel>(relation: R, of: readonly string[], decided: readonly string[]): R =>
  changed(relation, among =>
    among.map(choice => (of.length > 0 && of.every(name => choice.by.includes(name)) ? { ...choice, by: [...choice.by, ...decided] } : choice)),
  );
