/** Rows whose being there is settled later than they are read: an absent row cannot read as null, so it has to be known in time. */
import { momentOf } from '../../model/cutoffs.ts';
import { addDuration, durationLe, negateDuration, termLe } from '../../model/factOps.ts';
import type { Term } from '../../model/facts.ts';
import { isReached } from '../../model/roots.ts';
import { columnOf } from '../../model/tableScope.ts';
import type { RelationModel, TaskModel, TypedWindow } from '../../model/typed.ts';

/** Of what decides that a row is there, and where it stands in time: a term that is not provably known when the row is, or by these times. */
function lateTerm({ exists, event, known }: RelationModel, isKnownBy: (term: Term) => boolean): Term | null {
  const isLate = (term: Term): boolean => !(known && termLe(term, known.term)) && !isKnownBy(term);
  return exists.known.find(isLate) ?? event?.facts.known.find(isLate) ?? null;
}

/** Whether the row that the term is about is the entity's own, which is there at its cutoff: the window links rows by what reaches it. */
function isOfEntity({ partner }: Term, relation: RelationModel, { link }: TypedWindow, entity: RelationModel): boolean {
  if (!partner || link.entity.kind !== 'column' || link.entity.name !== entity.key) return false;
  return columnOf(relation, link.row)?.definition?.text === partner.row && columnOf(entity, entity.key)?.definition?.text === partner.key;
}

/**
 * In a window that ends `lag` before the cutoff, a row that is settled so long after its event is settled in time. In a label, one that is
 * settled any constant time after its event is: the label waits for it.
 */
export function lateInWindow(relation: RelationModel, window: TypedWindow, entity: RelationModel | null): Term | null {
  const event = relation.event?.shape;
  const lag = negateDuration(window.to);
  return lateTerm(relation, term => {
    const isOfEvent = event !== undefined && term.root === event.root;
    if (isOfEvent && (window.direction === 'future' || durationLe(term.plus, addDuration(event.plus, lag)))) return true;
    const own = entity?.known && isOfEntity(term, relation, window, entity) ? entity.known.term : null;
    return own !== null && isReached(term.root, own.root) && durationLe(term.plus, own.plus);
  });
}

/** An observation is there from its row's known time on, or at its cutoff. */
export function lateObservation(task: TaskModel, relation: RelationModel): Term | null {
  const cutoff = momentOf(task.cutoffs);
  return lateTerm(relation, term => cutoff !== null && termLe(term, cutoff));
}
