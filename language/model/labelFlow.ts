/**
 * How values relate to the task's label: a feature is derived from it when the cells it reads meet the cells that the observation's own
 * label reads. Reading the label's column strictly before the cutoff does not meet it.
 */
import { conditionsOf, definitionOf, isDecided, mayShareRows } from './copies.ts';
import { momentOf } from './cutoffs.ts';
import type { Environment } from './environment.ts';
import { durationLe, lineageMeeting, type Shifted, sourceKey, termGreater, termLe, withLabel, zeroDuration } from './factOps.ts';
import type { Facts, Lineage } from './facts.ts';
import type { RelationModel, TaskModel, TypedExpr } from './typed.ts';
import { anyPart, columnNames, mapParts, windows } from './walk.ts';

interface LabelReads {
  readonly lineage: readonly Lineage[];
  readonly atCutoff: string | null;
}

/** As if the window began at the cutoff: rows of which the time is stated as later may be in one that begins later. */
const fromCutoff = (read: Lineage): Lineage =>
  read.region !== 'own' && read.region.from && !durationLe(read.region.from, zeroDuration)
    ? { ...read, region: { ...read.region, from: zeroDuration } }
    : read;

/** Whether it reads cells of the row itself alone, and none of rows that were joined to it or that it refers to. */
const readsOwnCells = (expr: TypedExpr, relation: RelationModel): boolean =>
  !anyPart(expr, ({ kind }) => kind === 'path') &&
  columnNames(expr).every(name => {
    const definition = relation.columns.find(column => column.name === name)?.definition;
    return definition != null && definition.isReached !== true;
  });

/**
 * Moments that have passed by the cutoff for a row that the expression reads: those of the source's own known time, and the cutoff itself
 * where it is the observed row alone that is read.
 */
function passedFor(expr: TypedExpr, { cutoffs }: TaskModel, relation: RelationModel, source: RelationModel | null): readonly Shifted[] {
  const moment = readsOwnCells(expr, relation) ? momentOf(cutoffs) : null;
  return [moment, source?.known?.term ?? null].filter(at => at !== null);
}

/**
 * The source of the observed row where the cutoff is a time of it, and what the label reads that such a row may be in. A row of the label's
 * window is before the cutoff only by the time that the window goes by, which its table may have stated again, and only with its own cells.
 */
function rowsAtCutoff(expr: TypedExpr, task: TaskModel, label: TypedExpr, relation: RelationModel, env: Environment): LabelReads {
  const { lineage } = label.facts;
  const { cutoffs } = task;
  const time = relation.columns.find(({ name }) => name === relation.event?.column);
  const [read] = cutoffs.kind === 'column' ? (time ?? cutoffs.value).facts.lineage : [];
  if (!read) return { lineage, atCutoff: null };
  const source = env.declared(read.home, read.source);
  const passed = passedFor(expr, task, relation, source);
  const reading = windows(label).filter(({ aggregate: { value } }) => value?.facts.lineage.some(l => sourceKey(l) === sourceKey(read)));
  const areAll = (before: (event: Shifted, at: Shifted) => boolean): boolean =>
    reading.every(({ aggregate: { value }, window }) => {
      const rows = env.declared(window.file, window.table);
      const event = rows?.event?.shape;
      return rows && event && value && readsOwnCells(value, rows) && passed.some(at => before(event, at));
    });
  return {
    lineage: areAll(termLe) ? lineage : lineage.map(fromCutoff),
    atCutoff: areAll((event, at) => termGreater(at, event)) ? null : sourceKey(read),
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
  const { lineage, atCutoff } = rowsAtCutoff(expr, task, label.value, relation, env);
  const meeting = (atCutoff: string | null) => (facts: Facts) => lineageMeeting(facts.lineage, lineage, atCutoff) !== null;
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
