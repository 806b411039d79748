/**
 * How values relate to the task's label: a feature is derived from it when the cells it reads meet the cells that the observation's own
 * label reads. Reading the label's column strictly before the cutoff does not meet it.
 */
import { conditionsOf, definitionOf, isDecided, mayShareRows } from './copies.ts';
import { momentOf } from './cutoffs.ts';
import type { Environment } from './environment.ts';
import { type Held, lineageMeeting, type Shifted, type Standing, sourceKey, termGreater, termLe, withLabel } from './factOps.ts';
import type { Facts, Lineage } from './facts.ts';
import type { RelationModel, TaskModel, TypedExpr } from './typed.ts';
import { anyPart, mapParts, windows } from './walk.ts';

/** Whether it reads cells of the row itself alone, and none of rows that were joined to it or that it refers to. */
const readsOwnCells = (expr: TypedExpr, relation: RelationModel): boolean =>
  !anyPart(expr, part => part.kind === 'path' || (part.kind === 'column' && !isOwn(part.name, relation)));

function isOwn(name: string, relation: RelationModel): boolean {
  const definition = relation.columns.find(column => column.name === name)?.definition;
  return definition != null && definition.isReached !== true;
}

/** Tells where rows of one source stand in the label's windows when these moments have passed by the cutoff. */
function standingIn(label: TypedExpr, own: Lineage, passed: readonly Shifted[], env: Environment): Standing {
  const reading = windows(label).filter(({ aggregate }) => aggregate.facts.lineage.some(l => sourceKey(l) === sourceKey(own)));
  const areAll = (before: (event: Shifted, at: Shifted) => boolean): boolean =>
    reading.every(({ aggregate: { value }, window }) => {
      const rows = env.declared(window.file, window.table);
      const event = rows?.event?.shape;
      return rows && event && (!value || readsOwnCells(value, rows)) && passed.some(at => before(event, at));
    });
  if (areAll(own.isBefore ? termLe : (event, at) => termGreater(at, event))) return 'before';
  return !own.isBefore && areAll(termLe) ? 'at the cutoff' : 'within';
}

/**
 * Where the row of a cell that the expression reads may stand in the label's windows. It is before the cutoff by the time that the window goes
 * by, which a table may have stated again, and only with its own cells; moments that have passed by the cutoff are the known time of its source
 * and the cutoff itself, where it is the observed row alone that is read.
 */
function rowsHeld(expr: TypedExpr, task: TaskModel, label: TypedExpr, relation: RelationModel, env: Environment): (own: Lineage) => Held {
  const { cutoffs } = task;
  const at = cutoffs.kind === 'column' ? cutoffs.value.facts.lineage : [];
  const isObserved = (own: Lineage): boolean =>
    !own.isBefore && (own.joined === undefined || at.some(read => sourceKey(read) === sourceKey(own) && read.joined === own.joined));
  const found = new Map<string, Standing>();
  return own => {
    const isOwn = isObserved(own);
    const key = `${sourceKey(own)}\0${isOwn}${own.isBefore}`;
    let standing = found.get(key);
    if (!standing) {
      const moment = isOwn && readsOwnCells(expr, relation) ? momentOf(cutoffs) : null;
      const passed = [moment, env.declared(own.home, own.source)?.known?.term ?? null].filter(at => at !== null);
      standing = standingIn(label, own, passed, env);
      found.set(key, standing);
    }
    return { standing, isCounted: !isOwn && !own.isBefore };
  };
}

/** Whether no row that is observed is in a window of the label: what is asked of the one excludes the other. */
function isOutside(task: TaskModel, relation: RelationModel, env: Environment): boolean {
  const read = task.label ? windows(task.label.value) : [];
  const withConditions = (of: RelationModel, where: TypedExpr | null): RelationModel =>
    where ? { ...of, kept: [...(of.kept ?? []), ...conditionsOf(where, of)] } : of;
  const observed = withConditions(relation, task.where);
  return read.every(({ aggregate, window }) => {
    const rows = env.declared(window.file, window.table);
    if (!rows || [aggregate.value, window.where].some(part => part && !readsOwnCells(part, rows))) return false;
    return !mayShareRows(observed, withConditions(rows, window.where));
  });
}

/** The expression with the label fact of each part that the task's label is reached by. What a part reads the whole reads too. */
export function withLabelFlow(expr: TypedExpr, task: TaskModel, relation: RelationModel, env: Environment): TypedExpr {
  const { label } = task;
  if (!label) return expr;
  const held = rowsHeld(expr, task, label.value, relation, env);
  const meeting = (held?: (own: Lineage) => Held) => (facts: Facts) => lineageMeeting(facts.lineage, label.value.facts.lineage, held) !== null;
  if (!meeting(held)(expr.facts)) return expr;
  const meets = meeting(readsOwnCells(expr, relation) && isOutside(task, relation, env) ? undefined : held);
  const kept = relation.kept ?? [];
  /** What is the same for all rows, such as a condition that all of them meet, tells nothing. */
  const isTold = (part: TypedExpr): boolean => {
    if (!meets(part.facts)) return false;
    const definition = kept.length > 0 ? definitionOf(part, relation) : null;
    if (definition && isDecided(definition, kept)) return false;
    return part.kind !== 'call' || part.args.some(isTold);
  };
  return mapParts(expr, part => (isTold(part) ? { ...part, facts: withLabel(part.facts, 'derived') } : part));
}
