/** What the rules of all table steps share: looking columns up, fresh roots, changing the columns of a relation. */
import type { Name, Step } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import type { Environment } from './environment.ts';
import { blocksOf, noFacts, type Shifted, withLineage, zeroDuration } from './factOps.ts';
import type { Facts, Reason, Term } from './facts.ts';
import { problem, respell } from './problem.ts';
import { rootReached } from './roots.ts';
import type { Scope } from './scope.ts';
import { columnNames, columnOf, type PathReads, tableScope } from './tableScope.ts';
import type { ColumnModel, RelationModel, StepModel, TypedExpr } from './typed.ts';
import { isTime, kindText } from './typeOps.ts';
import type { Type } from './types.ts';
import { toldByMeeting } from './who.ts';

export type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>;

export interface StepResult {
  readonly step: StepModel;
  readonly result: RelationModel;
}

export interface StepContext {
  readonly env: Environment;
  /** The table that is being declared. */
  readonly table: string;
  /** A root that nothing else in the program has; `name` tells apart those of one step. */
  root(name: string): string;
  /** The term or shape of another table's row, as a row of this step sees it. */
  from<T extends Shifted>(other: T): T;
  place(span: Span): Place;
  /** The same step with roots of its own, for what it does beside its own work. */
  part(name: string): StepContext;
  /** What stands for paths through refs in this step; null: none is followed. */
  readonly paths: PathReads | null;
}

export const stepContext = (env: Environment, table: string, index: number): StepContext => contextAt(env, table, `${env.file}:${table}#${index}`);

const contextAt = (env: Environment, table: string, step: string): StepContext => ({
  env,
  table,
  root: name => `${step}.${name}`,
  from: other => ({ ...other, root: rootReached(step, other.root) }),
  place: span => ({ file: env.file, decl: env.decl, span }),
  part: name => contextAt(env, table, `${step}.${name}`),
  paths: null,
});

/** What an expression of the step sees. */
export const stepScope = ({ env, paths }: StepContext, use: 'table' | 'group', relation: RelationModel): Scope =>
  tableScope(env, use, relation, paths);

/** The column of that name, or null after saying that there is none. */
export function findColumn(name: Name, relation: RelationModel, context: StepContext): ColumnModel | null {
  const column = columnOf(relation, name.text);
  if (column || name.text === '' || relation.open) return column;
  const near = nearest(name.text, columnNames(relation));
  const place = context.place(name.span);
  context.env.report(
    problem(
      'unknown-column',
      place,
      `\`${relation.name}\` has no column \`${name.text}\`${relation.name === context.table ? ' at this step' : ''}.`,
      {
        help: near ? `Did you mean \`${near}\`?` : columnsHelp(relation),
        fixes: near ? [respell(place, near)] : [],
      },
    ),
  );
  return null;
}

function columnsHelp(relation: RelationModel): string {
  const names = columnNames(relation);
  const shown = names.slice(0, 12).map(name => `\`${name}\``);
  return `Its columns are ${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}.`;
}

/** The time column of that name, or null after saying why there is none. */
export function findTimeColumn(name: Name, relation: RelationModel, context: StepContext, what: string): ColumnModel | null {
  const column = findColumn(name, relation, context);
  if (!column || isTime(column.type)) return column;
  if (column.type.kind !== 'unknown') {
    context.env.report(
      problem('role-does-not-fit', context.place(name.span), `\`${name.text}\` is ${kindText(column.type)}, and ${what} is a date or a timestamp.`, {
        help: 'Name a date or timestamp column.',
      }),
    );
  }
  return null;
}

export function duplicateColumn(name: Name, context: StepContext, help: string, first: Place | null = null): void {
  context.env.report(
    problem('duplicate-column', context.place(name.span), `There is a column \`${name.text}\` already.`, {
      help,
      related: first ? [{ place: first, message: `the first \`${name.text}\`` }] : [],
    }),
  );
}

/** The shape of a time column; every time column has one from the step on that makes it. */
export const shapeOfColumn = (column: ColumnModel, context: StepContext): Shifted =>
  column.shape ?? { root: context.root(column.name), plus: zeroDuration };

/** What a choice of rows takes over from the values that decide it: not who they are, and no tags. */
export const deciding = (facts: Facts): Facts => ({ ...facts, identity: 'none', identityReason: null, tags: [] });

/**
 * What a match, a group or an order takes over from a value that it goes by. Keys, refs and what rows were grouped by only say who is meant;
 * any other value is told by it.
 */
export const matching = (facts: Facts, type: Type): Facts => withLineage(blocksOf(facts), toldByMeeting(facts, type));

export const knownTerms = (relation: RelationModel): readonly Term[] => (relation.known ? [relation.known.term] : []);

/** The column as it is, in the list of columns that a step leaves. */
export const keep = (column: ColumnModel, place: Place): { readonly name: string; readonly value: TypedExpr } => ({
  name: column.name,
  value: { kind: 'column', name: column.name, type: column.type, facts: column.facts, place },
});

/** Without the sets of which a column was lost. */
export function uniqueSets(relation: RelationModel, remains: (column: string) => string | null): readonly (readonly string[])[] {
  return (relation.uniqueTogether ?? []).flatMap(set => {
    const names = set.map(remains);
    return names.every(name => name !== null) ? [names] : [];
  });
}

/** Whether the values of these columns together are different in every row. */
export const isUnique = (relation: RelationModel, columns: readonly string[]): boolean =>
  (relation.key !== null && columns.includes(relation.key)) ||
  relation.columns.some(column => column.unique && columns.includes(column.name)) ||
  (relation.uniqueTogether ?? []).some(set => set.every(name => columns.includes(name)));

/** Rows may now repeat: nothing is unique any more. */
export const multiplied = (relation: RelationModel, why: Reason | null): RelationModel => ({
  ...relation,
  key: null,
  columns: relation.columns.map(column => (column.unique ? { ...column, unique: false } : column)),
  uniqueTogether: [],
  multiplied: relation.multiplied ?? why,
});

/** A column that a step computes. */
export const newColumn = (name: string, place: Place, value: Pick<ColumnModel, 'type' | 'facts' | 'shape'>): ColumnModel => ({
  name,
  ...value,
  unique: false,
  immutable: false,
  roles: [],
  doc: null,
  place,
});

/** A table of that name for `join` and `union`, or null after saying that there is none. */
export function findRelation(name: Name, context: StepContext): RelationModel | null {
  const { env } = context;
  const relation = env.relation(name.text);
  if (relation || name.text === '') return relation;
  const place = context.place(name.span);
  const candidates = env.visible('source', 'table');
  const near = nearest(name.text, candidates);
  if (candidates.includes(name.text)) return null;
  env.report(
    problem('unknown-table', place, `There is no source or table \`${name.text}\`.`, {
      help: near ? `Did you mean \`${near}\`?` : 'Declare it, or import it from the file that does.',
      fixes: near ? [respell(place, near)] : [],
    }),
  );
  return null;
}

export const emptyRelation = (name: string, place: Place): RelationModel => ({
  name,
  place,
  columns: [],
  exists: noFacts,
  event: null,
  known: null,
  key: null,
  multiplied: null,
  lag: null,
  open: true,
});
