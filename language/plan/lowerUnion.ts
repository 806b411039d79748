/** `union`: both sides brought to one list of columns, types and hidden known times, then put one after the other. */
import type { RelationModel } from '../model/typed.ts';
import { always, call, column, eventColumn, existsColumn, has, instant, knownColumn, knownOf, type Lowered, typeOf } from './knownTimes.ts';
import { Unplannable } from './lowering.ts';
import type { PlanExpr, PlanType } from './plan.ts';
import { isSameType, planType } from './planTypes.ts';
import { type PartMaker, type Projected, projected, type Stepped } from './stepped.ts';

const converted = (value: PlanExpr, to: PlanType): PlanExpr => (isSameType(value.type, to) ? value : call('coalesce', to, value));

/** When the cell of that side is known: by its own time, else with its row. */
function cellTime(side: Lowered, name: string): PlanExpr {
  if (side.late.has(name)) return instant(knownOf(name));
  return has(side, knownColumn) ? instant(knownColumn) : always;
}

export function lowerUnion(left: Lowered, model: RelationModel, right: Lowered, part: PartMaker): Stepped {
  const late = new Set(model.columns.map(c => c.name).filter(name => left.late.has(name) || right.late.has(name)));
  const either = (name: string): boolean => has(left, name) || has(right, name);
  const columnsOf = (side: Lowered): Projected => [
    ...model.columns.map(({ name, type }) => {
      const [own, common] = [typeOf(side, name), planType(type)];
      if (own === null || common === null) throw new Unplannable(`the column ${name} is not on both sides of the union`);
      return { name, value: converted(column(name, own), common) };
    }),
    ...(model.event ? [{ name: eventColumn, value: instant(eventColumn) }] : []),
    ...(either(knownColumn) ? [{ name: knownColumn, value: has(side, knownColumn) ? instant(knownColumn) : always }] : []),
    ...(either(existsColumn)
      ? [{ name: existsColumn, value: has(side, existsColumn) ? instant(existsColumn) : has(side, knownColumn) ? instant(knownColumn) : always }]
      : []),
    ...[...late].map(name => ({ name: knownOf(name), value: cellTime(side, name) })),
  ];
  const ours = projected(left, columnsOf(left), late, model);
  const theirs = part(projected(right, columnsOf(right), late, model), right);
  return { relation: ours.relation, steps: [...ours.steps, { op: 'union', right: theirs.id }] };
}
