/** What every step of a table leaves: the relation with its columns, hidden ones included, and the plan's steps that made it. */
import type { RelationModel } from '../model/typed.ts';
import { column, existsColumn, knownColumn, type Lowered, latest, rowTimes } from './knownTimes.ts';
import { identityOf } from './lowerSource.ts';
import type { PlanExpr, RelationStep } from './plan.ts';

export interface Stepped {
  readonly relation: Lowered;
  readonly steps: readonly RelationStep[];
}

export type Projected = Extract<RelationStep, { op: 'project' }>['columns'];

/** The columns that told rows apart before still do, under the names they have now; where one is gone, all that are left are taken. */
function identityAfter(relation: Lowered, columns: Projected, late: ReadonlySet<string>, model: RelationModel): readonly string[] {
  const now = relation.identity.map(name => columns.find(({ value }) => value.op === 'column' && value.of === null && value.name === name)?.name);
  return now.length > 0 && now.every(name => name !== undefined && !late.has(name))
    ? now.filter(name => name !== undefined)
    : identityOf(model.columns, late);
}

/** The relation after its columns were computed anew; `late` names those that now have a known time of their own. */
export function projected(relation: Lowered, columns: Projected, late: ReadonlySet<string>, model: RelationModel): Stepped {
  const step: RelationStep = { op: 'project', columns };
  const types = columns.map(({ name, value }) => ({ name, type: value.type }));
  const next = { ...relation, model, columns: types, late, key: model.key, identity: identityAfter(relation, columns, late, model) };
  return { relation: next, steps: [step] };
}

/** Every column as it is. */
export const kept = (relation: Pick<Lowered, 'columns'>): Projected =>
  relation.columns.map(({ name, type }) => ({ name, value: column(name, type) }));

/** With `#exists` moved to the last of these times; they never make a row known earlier. */
export function existingFrom(relation: Lowered, times: readonly PlanExpr[]): Stepped {
  const exists = latest([...rowTimes(relation, knownColumn, existsColumn), ...times]);
  if (times.length === 0 || !exists) return { relation, steps: [] };
  const columns = [...kept(relation).filter(c => c.name !== existsColumn), { name: existsColumn, value: exists }];
  return projected(relation, columns, relation.late, relation.model);
}

export const withModel = (relation: Lowered, model: RelationModel): Lowered => ({
  ...relation,
  model,
  key: model.key,
});

/** Makes a node of its own for the right side of a step, which must have exactly the left side's columns. */
export type PartMaker = (stepped: Stepped, right: Lowered) => Lowered;
