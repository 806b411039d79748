/** What an expression sees inside a table step, a group or a check: the columns of one relation's row, and nothing of any cutoff. */
import { cover, type Place } from '../text/place.ts';
import type { Environment } from './environment.ts';
import { noFacts } from './factOps.ts';
import { problem } from './problem.ts';
import type { Scope } from './scope.ts';
import { scopeFor } from './scopes.ts';
import { type Member, type RowScope, reached, withoutKey } from './scopesRow.ts';
import type { ColumnModel, RelationModel, TypedExpr } from './typed.ts';
import { unknownType } from './typeOps.ts';

export const columnOf = (relation: RelationModel, name: string): ColumnModel | null => relation.columns.find(column => column.name === name) ?? null;
export const columnNames = (relation: RelationModel): string[] => relation.columns.map(column => column.name);

/** A column that a path reads of the row that a ref reaches. */
export interface PathRead {
  readonly ref: string;
  readonly table: RelationModel;
  /** The file that the path is written in. */
  readonly reader: string;
  readonly column: ColumnModel;
  readonly place: Place;
}

/** Paths through refs in a table step: columns of the relation stand for those that were joined, and the others are asked for. */
export interface PathReads {
  nameOf(ref: string, column: string): string | null;
  want(read: PathRead): void;
}

const uncertain = (place: Place): TypedExpr => ({ kind: 'error', type: unknownType, facts: noFacts, place });

function alongRef(object: TypedExpr, name: string, place: Place, relation: RelationModel, paths: PathReads, env: Environment): Member | null {
  if (object.kind !== 'column') return null;
  if (name === '') return { kind: 'value', value: uncertain(place) };
  const held = paths.nameOf(object.name, name);
  const joined = held === null ? null : columnOf(relation, held);
  const whole = { ...place, span: cover(object.place.span, place.span) };
  if (joined) return { kind: 'value', value: { kind: 'column', name: joined.name, type: joined.type, facts: joined.facts, place: whole } };
  const table = reached(object, env);
  if (!table) return null;
  const column = columnOf(table, name);
  if (!column)
    return table.open ? { kind: 'value', value: uncertain(place) } : { kind: 'unknown', of: `\`${table.name}\``, names: columnNames(table) };
  if (table.key === null) return withoutKey(table, place);
  paths.want({ ref: object.name, table, reader: env.file, column, place: whole });
  return { kind: 'value', value: uncertain(whole) };
}

function rowOf(relation: RelationModel, paths: PathReads | null): RowScope {
  const row: RowScope = {
    resolve(name, place) {
      const column = columnOf(relation, name);
      if (column) return { kind: 'column', name, type: column.type, facts: column.facts, place };
      return relation.open ? uncertain(place) : null;
    },
    names: () => columnNames(relation),
    member(object, name, place, env) {
      if (!('kind' in object) || object.type.kind !== 'ref') return null;
      if (paths) return alongRef(object, name, place, relation, paths, env);
      const whole = { ...place, span: cover(object.place.span, place.span) };
      return {
        kind: 'problem',
        problem: problem('later-form', whole, 'A path through refs cannot stand here yet.', {
          help: `Give it a name in a table first: \`| derive ${name} = ${object.kind === 'column' ? object.name : 'ref'}.${name}\`.`,
        }),
      };
    },
    entity: null,
    windowRow: () => row,
  };
  return row;
}

/** `group` and `check` allow aggregates over the group or the whole table. */
export const tableScope = (env: Environment, use: 'table' | 'group' | 'check', relation: RelationModel, paths: PathReads | null = null): Scope =>
  scopeFor(env, use, rowOf(relation, paths));
