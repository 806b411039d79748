/**
 * How values relate to the task's label: a feature is derived from it when the cells it reads meet the cells that the observation's own
 * label reads. Reading the label's column strictly before the cutoff does not meet it.
 */
import { conditionsOf, definitionOf, isDecided, mayShareRows } from './copies.ts';
import { momentOf } from './cutoffs.ts';
import type { Environment } from './environment.ts';
import { durationLe, lineageMeeting, sourceKey, termGreater, withLabel, zeroDuration } from './factOps.ts';
import type { Facts } from './facts.ts';
import type { RelationModel, TaskModel, TypedExpr } from './typed.ts';
import { anyPart, columnNames, mapParts, windows } from './walk.ts';

/**
 * The source whose row may happen at the cutoff, where the cutoff is a time of the entity's row: a day as a cutoff ends after its rows
 * happen, and rows that are known some time after they happen are not known yet at that moment.
 */
function sourceAtCutoff({ cutoffs }: TaskModel, relation: RelationModel, env: Environment): string | null {
  if (cutoffs.kind !== 'column') return null;
  const moment = momentOf(cutoffs);
  if (moment && relation.event && termGreater(moment, relation.event.shape)) return null;
  const event = relation.columns.find(({ name }) => name === relation.event?.column);
  const [read] = event?.facts.lineage ?? [];
  const lag = read && env.declared(read.home, read.source)?.lag;
  if (lag && !durationLe(lag, zeroDuration)) return null;
  return read ? sourceKey(read) : null;
}

/** Whether it reads cells of the row itself alone, and none of rows that were joined to it or that it refers to. */
const readsOwnCells = (expr: TypedExpr, relation: RelationModel): boolean =>
  !anyPart(expr, ({ kind }) => kind === 'path') &&
  columnNames(expr).every(name => {
    const definition = relation.columns.find(column => column.name === name)?.definition;
    return definition != null && definition.isReached !== true;
  });

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
  const { lineage } = label.value.facts;
  const meeting = (atCutoff: string | null) => (facts: Facts) => lineageMeeting(facts.lineage, lineage, atCutoff) !== null;
  const atCutoff = sourceAtCutoff(task, relation, env);
  if (!meeting(atCutoff)(expr.facts)) return expr;
  const meets = meeting(atCutoff !== null && readsOwnCells(expr, relation) && isOutside(task, relation, env) ? null : atCutoff);
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
