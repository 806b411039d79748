/** Rows whose being there is settled later than they are read: an absent row cannot read as null, so it has to be known in time. */
import { momentOf } from '../../model/cutoffs.ts';
import { addDuration, durationLe, negateDuration, termLe } from '../../model/factOps.ts';
import type { Term } from '../../model/facts.ts';
import { isReached } from '../../model/roots.ts';
import { columnOf } from '../../model/tableScope.ts';
import type { RelationModel, TaskModel, TypedExpr, TypedWindow } from '../../model/typed.ts';
import type { WindowRead } from '../walk.ts';

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

/** Comparisons that do not hold of a cell that reads as null. */
const comparisons: ReadonlySet<string> = new Set(['lt', 'le', 'gt', 'ge', 'eq', 'ne']);

/** The columns without which a row goes into nothing: that of the value, for aggregates leave nulls out, and those that the condition compares. */
function neededColumns({ aggregate: { value }, window: { where } }: WindowRead): readonly string[] {
  const compared = (condition: TypedExpr): readonly TypedExpr[] =>
    condition.kind !== 'call'
      ? [condition]
      : condition.fn === 'and'
        ? condition.args.flatMap(compared)
        : comparisons.has(condition.fn)
          ? condition.args
          : [];
  return [...(value ? [value] : []), ...(where ? compared(where) : [])].flatMap(part => (part.kind === 'column' ? [part.name] : []));
}

/**
 * Whether rows go into a feature's window only by a cell that is masked until the term has passed: whether they are there is settled by then.
 * Only a row's own cell is masked for as long as its known time says: one of a row beside it is as soon as that row's is known. Of united rows the cell and the term may be of different ones; rows that a join by hand makes are told of as what they are.
 */
function isMaskedUntil(term: Term, relation: RelationModel, read: WindowRead): boolean {
  if (relation.isUnited || term.joined) return false;
  return neededColumns(read).some(name => {
    const column = columnOf(relation, name);
    if (!column?.definition || column.definition.isReached) return false;
    return column.facts.known.some(cell => termLe(term, cell));
  });
}

/**
 * In a window that ends `lag` before the cutoff, a row that is settled so long after its event is settled in time. In a label, one that is
 * settled any constant time after its event is: the label waits for it.
 */
export function lateInWindow(relation: RelationModel, read: WindowRead, entity: RelationModel | null, reader: 'feature' | 'label'): Term | null {
  const { window } = read;
  const event = relation.event?.shape;
  const lag = negateDuration(window.to);
  return lateTerm(relation, term => {
    const isOfEvent = event !== undefined && term.root === event.root;
    if (reader === 'feature' && isMaskedUntil(term, relation, read)) return true;
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
