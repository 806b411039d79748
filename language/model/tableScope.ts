/** What an expression sees inside a table step, a group or a check: the columns of one relation's row, and nothing of any cutoff. */
import { cover } from '../text/place.ts';
import type { Environment } from './environment.ts';
import { noFacts } from './factOps.ts';
import { problem } from './problem.ts';
import type { Scope } from './scope.ts';
import { scopeFor } from './scopes.ts';
import type { RowScope } from './scopesRow.ts';
import type { ColumnModel, RelationModel } from './typed.ts';
import { unknownType } from './typeOps.ts';

export const columnOf = (relation: RelationModel, name: string): ColumnModel | null => relation.columns.find(column => column.name === name) ?? null;
export const columnNames = (relation: RelationModel): string[] => relation.columns.map(column => column.name);

function rowOf(relation: RelationModel): RowScope {
  const row: RowScope = {
    resolve(name, place) {
      const column = columnOf(relation, name);
      if (column) return { kind: 'column', name, type: column.type, facts: column.facts, place };
      return relation.open ? { kind: 'error', type: unknownType, facts: noFacts, place } : null;
    },
    names: () => columnNames(relation),
    member(object, name, place) {
      if (!('kind' in object) || object.type.kind !== 'ref') return null;
      const { table } = object.type;
      return {
        kind: 'problem',
        problem: problem('later-form', { ...place, span: cover(object.place.span, place.span) }, 'A table step cannot follow a ref yet.', {
          help: `Join the table first: \`| join ${table} on …\`, then read \`${name}\`.`,
        }),
      };
    },
    entity: null,
    windowRow: () => row,
  };
  return row;
}

/** `group` and `check` allow aggregates over the group or the whole table. */
export const tableScope = (env: Environment, use: 'table' | 'group' | 'check', relation: RelationModel): Scope => scopeFor(env, use, rowOf(relation));
