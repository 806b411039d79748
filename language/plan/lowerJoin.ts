/**
 * `join`: the columns of the matching row. A joined cell is known when left row, key, moment, right row and right cell all are. Where no row
 * matches, that is known as soon as the left side is if there is no later row that could; else it is never known, for what is computed from
 * it must not tell a partner that comes later from one that never comes.
 */
import type { RelationModel, StepModel } from '../model/typed.ts';
import {
  always,
  begins,
  call,
  column,
  columnsRead,
  eventColumn,
  existsColumn,
  hidden,
  instant,
  knownColumn,
  knownOf,
  type Lowered,
  latest,
  lateTimes,
  nothing,
  rowTimes,
  tieOf,
  typeOf,
} from './knownTimes.ts';
import { Unplannable } from './lowering.ts';
import type { PlanExpr, RelationStep } from './plan.ts';
import { lowerExpr, rowReader } from './planExpr.ts';
import { kept, type Projected, projected, type Stepped } from './stepped.ts';

type JoinModel = Extract<StepModel, { kind: 'join' }>;
type JoinStep = Extract<RelationStep, { op: 'join' }>;

/** Names under which hidden columns of the right row stand until the step is done. */
const onRight = (name: string): string => `right ${name}`;

function asOfOf(relation: Lowered, step: JoinModel, right: Lowered): JoinStep['asOf'] {
  if (!step.asOf) return null;
  const at = lowerExpr(
    step.asOf,
    rowReader(name => typeOf(relation, name), relation.locate),
  );
  const event = hidden(right, eventColumn);
  if (event === null) throw new Unplannable('an as-of join needs rows with an event time');
  return { at: begins(at, relation.zone), event, known: hidden(right, knownColumn), tie: tieOf(right) };
}

export function lowerJoin(relation: Lowered, step: JoinModel, model: RelationModel, right: Lowered): Stepped {
  const asOf = asOfOf(relation, step, right);
  const keys = step.on.map(on => on.right);
  /** Of the choice of the right row: its own known times and those of its keys. */
  const ofChoice: string[] = [
    ...[knownColumn, existsColumn].flatMap(name => hidden(right, name) ?? []),
    ...keys.filter(key => right.late.has(key)).map(knownOf),
  ];
  const lateTaken = step.take.filter(({ column: name }) => right.late.has(name));
  const further = [...ofChoice, ...lateTaken.map(({ column: name }) => knownOf(name))];
  const matched = onRight('match');
  const [first] = keys;
  if (first === undefined) throw new Unplannable('a join needs a key');

  const take: JoinStep['take'][number][] = step.take.map(({ column: name, as }) => ({ column: name, as, type: typeOf(right, name) ?? 'text' }));
  for (const name of new Set(further)) take.push({ column: name, as: onRight(name), type: 'timestamp' });
  if (further.length) take.push({ column: first, as: matched, type: typeOf(right, first) ?? 'text' });
  const join: RelationStep = { op: 'join', join: step.join, right: right.id, on: step.on, take, asOf };

  const decided = [
    ...lateTimes(
      relation,
      step.on.map(on => on.left),
    ),
    ...(step.asOf && asOf ? [...lateTimes(relation, columnsRead(step.asOf)), asOf.at] : []),
  ];
  const ofLeft = [...rowTimes(relation, knownColumn), ...decided];
  const isMissing = call('is_null', 'bool', column(matched, typeOf(right, first) ?? 'text'));
  const isOpen = !step.asOf && ofChoice.length > 0;
  /** From what of the right row: a match is known with it, a missing match with the left side alone, or never. */
  const knownWith = (names: readonly string[], missing: 'left' | 'never' = 'left'): PlanExpr | null => {
    const left = latest(ofLeft);
    const both = latest([...ofLeft, ...names.map(name => instant(onRight(name)))]);
    if (names.length === 0 || !both) return decided.length ? left : null;
    return call('if', 'timestamp', isMissing, missing === 'never' ? nothing('timestamp') : (left ?? always), both);
  };

  const late = new Set(relation.late);
  const cells: Projected[number][] = [];
  for (const { column: name, as } of step.take) {
    const known = knownWith([...ofChoice, ...(right.late.has(name) ? [knownOf(name)] : [])], isOpen ? 'never' : 'left');
    cells.push({ name: as, value: column(as, typeOf(right, name) ?? 'text') });
    if (!known) continue;
    late.add(as);
    cells.push({ name: knownOf(as), value: known });
  }
  const settles = step.join === 'inner' || (!step.asOf && !step.rightIsUnique);
  const settled = settles ? knownWith(ofChoice) : null;
  const exists = settled && latest([...rowTimes(relation, existsColumn), settled]);
  const own = kept(relation).filter(c => !exists || c.name !== existsColumn);
  const all = [...own, ...cells, ...(exists ? [{ name: existsColumn, value: exists }] : [])];
  // Several matches make several rows of one; the joined cells tell them apart.
  const multiplies = !step.asOf && !step.rightIsUnique;
  const done = projected(multiplies ? { ...relation, identity: [] } : relation, all, late, model);
  const isPlain = further.length === 0 && cells.length === step.take.length && !exists;
  return { relation: done.relation, steps: isPlain ? [join] : [join, ...done.steps] };
}
