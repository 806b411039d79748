/**
 * Tables: each step as the plan's, with the hidden columns carried along. A cell is known when all it was made of is known; what decided
 * that a row is there is carried in `#exists` for those who join it.
 */
import type { RelationModel, Sorting, StepModel, TypedExpr } from '../model/typed.ts';
import {
  begins,
  column,
  columnsRead,
  eventColumn,
  existsColumn,
  has,
  hidden,
  instant,
  knownColumn,
  knownOf,
  type Lowered,
  latest,
  lateTimes,
  passes,
  rowTimes,
  tieOf,
  typeOf,
} from './knownTimes.ts';
import { Unplannable } from './lowering.ts';
import { lowerJoin } from './lowerJoin.ts';
import { lowerUnion } from './lowerUnion.ts';
import type { PlanExpr, RelationStep } from './plan.ts';
import { groupReader, lowerExpr, type Reader, rowReader } from './planExpr.ts';
import { existingFrom, kept, type PartMaker, projected, type Stepped, withModel } from './stepped.ts';

type StepOf<K extends StepModel['kind']> = Extract<StepModel, { kind: K }>;

function filtered(relation: Lowered, condition: TypedExpr, model: RelationModel): Stepped {
  const where = lowerExpr(
    condition,
    rowReader(name => typeOf(relation, name), relation.locate),
    'bool',
  );
  const settled = existingFrom(relation, lateTimes(relation, columnsRead(condition)));
  return { relation: withModel(settled.relation, model), steps: [{ op: 'filter', where }, ...settled.steps] };
}

function computed(relation: Lowered, step: StepOf<'project'>, model: RelationModel): Stepped {
  const reader = rowReader(name => typeOf(relation, name), relation.locate);
  const late = new Set<string>();
  const columns = step.columns.map(({ name, value }) => ({ name, value: lowerExpr(value, reader) }));
  const times = step.columns.flatMap(({ name, value }) => {
    const known = latest(lateTimes(relation, columnsRead(value)));
    if (known) late.add(name);
    return known ? [{ name: knownOf(name), value: known }] : [];
  });
  const rows = [...(model.event ? [eventColumn] : []), knownColumn, existsColumn].filter(name => has(relation, name));
  return projected(relation, [...columns, ...rows.map(name => ({ name, value: instant(name) })), ...times], late, model);
}

/** A group is there from the moment at which its first row is settled. */
function grouped(relation: Lowered, step: StepOf<'group'>, model: RelationModel): Stepped {
  const reader = groupReader(name => typeOf(relation, name), relation.locate);
  const settled = latest([...rowTimes(relation, knownColumn, existsColumn), ...lateTimes(relation, step.by)]);
  const first: PlanExpr | null = settled && {
    op: 'aggregate',
    type: 'timestamp',
    aggregate: 'min',
    value: settled,
    where: null,
    parameters: {},
    scale: 0,
  };
  const aggregates = [
    ...step.aggregates.map(({ name, value }) => ({ name, value: lowerExpr(value, reader) })),
    ...(first ? [{ name: knownColumn, value: first }] : []),
  ];
  const by = step.by.map(name => ({ name, type: typeOf(relation, name) ?? ('text' as const) }));
  const late = new Set<string>();
  const next: Lowered = {
    ...relation,
    model,
    columns: [...by, ...aggregates.map(({ name, value }) => ({ name, type: value.type }))],
    late,
    key: model.key,
    identity: step.by,
  };
  return { relation: next, steps: [{ op: 'group', by: step.by, aggregates, tie: tieOf(relation) }] };
}

function deduped(relation: Lowered, step: StepOf<'dedupe'>, model: RelationModel): Stepped {
  const descending = step.keep === 'latest';
  const names = [step.order, hidden(relation, eventColumn), hidden(relation, knownColumn), ...tieOf(relation)];
  const order = [...new Set(names.filter(name => name !== null))].map(name => ({ column: name, descending }));
  const settled = existingFrom(relation, lateTimes(relation, [...step.by, ...(step.order ? [step.order] : [])]));
  const dedupe: RelationStep = { op: 'dedupe', by: step.by, order, tie: tieOf(relation) };
  return { relation: withModel(settled.relation, model), steps: [...settled.steps, dedupe] };
}

/** `time t known k`: what was known with the row moves to k, and what came later stays later. */
function restated(relation: Lowered, step: StepOf<'time'>, model: RelationModel): Stepped {
  const read = (name: string): PlanExpr => column(name, typeOf(relation, name) ?? 'timestamp');
  const unchanged = step.known === null && relation.model.known !== null;
  const known = unchanged ? instant(knownColumn) : passes(read(step.known ?? step.time), relation.zone);
  const trackers = new Set([existsColumn, ...[...relation.late].map(knownOf)]);
  const columns = kept(relation)
    .filter(c => c.name !== eventColumn && c.name !== knownColumn)
    .map(c => (trackers.has(c.name) ? { name: c.name, value: latest([c.value, known]) ?? known } : c));
  const times = [
    { name: eventColumn, value: begins(read(step.time), relation.zone) },
    { name: knownColumn, value: known },
  ];
  return projected(relation, [...columns, ...times], relation.late, model);
}

function knownAt(relation: Lowered, step: StepOf<'known'>, model: RelationModel): Stepped {
  const at = passes(column(step.at, typeOf(relation, step.at) ?? 'timestamp'), relation.zone);
  const known = latest([...rowTimes(relation, knownColumn), at]) ?? at;
  const moved = step.columns.map(knownOf);
  const columns = [...kept(relation).filter(c => !moved.includes(c.name)), ...moved.map(name => ({ name, value: known }))];
  return projected(relation, columns, new Set([...relation.late, ...step.columns]), model);
}

/** The rows of each group in their order; equal ones by time and then by what tells them apart. */
function orderOf(relation: Lowered, { groups, order }: Sorting, reader: Reader) {
  const by = groups.map(group => lowerExpr(group, reader));
  const keys = order.map(({ value, isDescending }) => ({ value: lowerExpr(value, reader), descending: isDescending }));
  const times = [eventColumn, knownColumn].filter(name => has(relation, name)).map(name => ({ value: instant(name), descending: false }));
  return { by, keys, times };
}

/** A cell from another row is known when its own row is, and when it was known there. */
function fromNeighbour(relation: Lowered, step: StepOf<'neighbour'>, model: RelationModel): Stepped {
  const { name, take, sorting } = step;
  const reader = rowReader(column_ => typeOf(relation, column_), relation.locate);
  const { by, keys, times } = orderOf(relation, sorting, reader);
  const rest = kept(relation).filter(c => c.name !== name && c.name !== knownOf(name) && (c.name !== eventColumn || model.event !== null));
  const late = new Set([...relation.late].filter(other => other !== name));
  if (take.word === 'rank') {
    const ranked = projected(relation, [...rest, { name, value: column(name, 'int') }], late, model);
    return { ...ranked, steps: [{ op: 'rank', name, by, order: keys }, ...ranked.steps] };
  }
  const order = [...keys, ...times];
  const offset = take.word === 'lag' ? take.offset : -take.offset;
  const from = { op: 'neighbour', offset, by, order, tie: tieOf(relation) } as const;
  const value = lowerExpr(take.value, reader);
  const there = lateTimes(relation, columnsRead(take.value));
  const known = step.isKnownWithRow && there.length === 0 ? null : latest([...rowTimes(relation, knownColumn), ...there]);
  const tracked = knownOf(name);
  const steps: RelationStep[] = [...(known ? [{ ...from, name: tracked, value: known }] : []), { ...from, name, value }];
  if (known) late.add(name);
  const times_ = known ? [{ name: tracked, value: latest([...rowTimes(relation, knownColumn), instant(tracked)]) ?? instant(tracked) }] : [];
  const done = projected(relation, [...rest, { name, value: column(name, value.type) }, ...times_], late, model);
  return { ...done, steps: [...steps, ...done.steps] };
}

function sampled(relation: Lowered, { share, rows, seed }: StepOf<'sample'>, model: RelationModel): Stepped {
  const { key, identity } = relation;
  return { relation: withModel(relation, model), steps: [{ op: 'sample', share, rows, seed, key, identity }] };
}

/** `other` gives the relation of a name as the table sees it, lowered. */
export function lowerStep(
  relation: Lowered,
  step: StepModel,
  model: RelationModel,
  other: (name: string, file?: string, reader?: string) => Lowered,
  part: PartMaker,
): Stepped {
  switch (step.kind) {
    case 'where':
      return filtered(relation, step.condition, model);
    case 'project':
      return computed(relation, step, model);
    case 'join':
      return lowerJoin(relation, step, model, other(step.table, step.file, step.reader));
    case 'union':
      return lowerUnion(relation, model, other(step.table), part);
    case 'group':
      return grouped(relation, step, model);
    case 'dedupe':
      return deduped(relation, step, model);
    case 'time':
      return restated(relation, step, model);
    case 'known':
      return knownAt(relation, step, model);
    case 'sort':
      return { relation: withModel(relation, model), steps: [] };
    case 'neighbour':
      return fromNeighbour(relation, step, model);
    case 'sample':
      return sampled(relation, step, model);
    case 'later':
      throw new Unplannable(`the step ${step.word} does not run yet`);
  }
}
