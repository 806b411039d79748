/**
 * What tells rows without a key apart: the columns that came with them, as long as all of these are there and are as they were. After that
 * all that is left does, cells of joined rows too; a draw of rows then goes by them, and so does the choice between rows of one moment.
 */
import type { Place } from '../text/place.ts';
import { blockedFacts, carried, joinFacts, noFacts, sameTerm, termLe, withLineage } from './factOps.ts';
import type { Facts } from './facts.ts';
import type { StepResult } from './stepContext.ts';
import type { ColumnModel, RelationModel, StepModel } from './typed.ts';
import { toldByMeeting } from './who.ts';

/** A cell that is filled in after the outcome, or overwritten, tells nothing about which row this is. */
export const isSettled = ({ facts }: ColumnModel): boolean => !facts.blocks.some(({ rule }) => rule === 'after-outcome' || rule === 'current-state');

/**
 * Whether the cell surely waits longer than its row. What only the row itself waits for is not asked of its cells, and of rows whose known
 * times differ, as those of groups and unions do, each has its own.
 */
const isLate = ({ facts }: ColumnModel, { known, exists, isUnited }: RelationModel): boolean =>
  known !== null && !isUnited && facts.known.some(t => !termLe(t, known.term) && !exists.known.some(other => sameTerm(other, t)));

/** The names of the columns known with the row. */
const namesOf = (relation: RelationModel): readonly string[] =>
  relation.columns.filter(column => isSettled(column) && !isLate(column, relation)).map(({ name }) => name);

/** The columns as they came with the rows of the table that the steps begin with. */
export const apartAtFirst = (relation: RelationModel): readonly string[] | null =>
  relation.apart === undefined ? namesOf(relation) : relation.apart;

/** The same behind a step; null once one of the columns is gone, was computed anew, or is known later than its row. */
function apartAfter(apart: readonly string[] | null, step: StepModel, relation: RelationModel): readonly string[] | null {
  if (step.kind === 'group') return step.by;
  if (apart === null || step.kind === 'union' || relation.multiplied || (step.kind === 'neighbour' && apart.includes(step.name))) return null;
  const kept =
    step.kind === 'project'
      ? apart.flatMap(name => step.columns.find(({ value }) => value.kind === 'column' && value.name === name)?.name ?? [])
      : apart;
  const now = namesOf(relation);
  return kept.length === apart.length && kept.every(name => now.includes(name)) ? kept : null;
}

/** The relation that these steps leave, with what tells its rows apart; null where there are no steps. */
export function leftBy(results: readonly StepResult[], before: RelationModel): RelationModel | null {
  const left = results.at(-1)?.result;
  if (!left) return null;
  const apart = results.reduce<readonly string[] | null>((names, { step, result }) => apartAfter(names, step, result), apartAtFirst(before));
  return left.apart === apart ? left : { ...left, apart };
}

/** Aggregates that choose between rows of one moment. */
export const choosesByTime = (aggregate: string): boolean => aggregate === 'first' || aggregate === 'last';

/** Why a choice among rows rests on what tells them apart. */
export const ofOneMoment = 'rows of one moment are told apart by all that is left of them';

/** What is told by a choice among the rows that goes by what tells them apart: nothing but which rows these are, as long as they came with it. */
export function toldApart(relation: RelationModel, place: Place, why: string): Facts {
  if (relation.apart !== null || relation.key !== null) return noFacts;
  const names = namesOf(relation);
  const told = relation.columns
    .filter(({ name }) => names.includes(name))
    .map(({ facts, type }) =>
      withLineage(
        blockedFacts(...facts.blocks.filter(({ verdict }) => verdict === 'leaks')),
        toldByMeeting(facts, type).map(read => ({ ...read, isDrawn: true as const })),
      ),
    );
  return carried(joinFacts(...told), place, why);
}
