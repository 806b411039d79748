/** Names of the program at fault for what a help tells to write: null where the program has none that fit, and the help goes without. */
import type { Block } from '../../model/facts.ts';
import { refersTo } from '../../model/links.ts';
import { trace } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { RelationModel, TableModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import { columnNames } from '../../model/walk.ts';
import type { Place } from '../../text/place.ts';
import { writtenName } from '../../text/writtenName.ts';
import { isTimed } from './reads.ts';

/** The table whose declaration the place lies in. */
export const tableAt = (program: Program, place: Place): TableModel | null =>
  program.declarations(place.file).flatMap(({ decl, model }) => (decl === place.decl && model.kind === 'table' ? [model] : []))[0] ?? null;

const baseOf = (program: Program, table: TableModel): RelationModel | null => program.relation(table.relation.place.file, table.base);

export const timeOf = (relation: RelationModel | null): string | null => (relation?.event ? writtenName(relation.event.column) : null);

/** A column that may change: no key, no ref and no time. */
export function changingIn(relation: RelationModel): string | null {
  const found = relation.columns.find(({ type }) => !['key', 'ref', 'date', 'timestamp', 'unknown'].includes(type.kind));
  return found ? writtenName(found.name) : null;
}

/** Whom the rows belong to: the first ref, else the key. */
export function ownerOf(relation: RelationModel): string | null {
  const found = relation.columns.find(({ type }) => type.kind === 'ref') ?? relation.columns.find(({ type }) => type.kind === 'key');
  return found ? writtenName(found.name) : null;
}

/** The value that the table's aggregate goes over: of the column that the block is about, else of any. */
function aggregated(table: TableModel, { subject }: Block): TypedExpr | null {
  const all = table.steps.flatMap(({ step }) => (step.kind === 'group' ? step.aggregates : []));
  const found = all.find(({ name }) => subject.endsWith(`.${name}`)) ?? all[0];
  return found?.value.kind === 'aggregate' ? found.value : null;
}

/** The table on the way to the block that groups its rows. */
const groupedAt = (program: Program, { reason }: Block): TableModel | null =>
  trace(reason)
    .map(({ place }) => tableAt(program, place))
    .find(table => table?.steps.some(({ step }) => step.kind === 'group')) ?? null;

/**
 * `avg(amount of orders last 90d)`: what the table aggregates over all rows, over a window. Without cutoffs over the rows that refer to the
 * observed one; null where none do.
 */
export function windowed(program: Program, block: Block, task: TaskModel): string | null {
  const table = groupedAt(program, block);
  const base = table && baseOf(program, table);
  const value = table && aggregated(table, block);
  if (!base || value?.kind !== 'aggregate') return null;
  if (!isTimed(task) && !refersToObserved(program, base, task)) return null;
  const [column] = columnNames(value);
  const rows = `${writtenName(base.name)}${base.event && isTimed(task) ? ' last 90d' : ''}`;
  return column === undefined ? `count(${rows})` : `${value.aggregate}(${writtenName(column)} of ${rows})`;
}

function refersToObserved(program: Program, base: RelationModel, task: TaskModel): boolean {
  const observed = program.relation(task.place.file, task.relation);
  return observed !== null && base.columns.some(({ type }) => type.kind === 'ref' && refersTo(type, observed));
}

/** The first column that the table on the way to the block groups by. */
export function groupedBy(program: Program, block: Block): string | null {
  const step = groupedAt(program, block)?.steps.find(found => found.step.kind === 'group')?.step;
  const [by] = step?.kind === 'group' ? step.by : [];
  return by === undefined ? null : writtenName(by);
}

/** The column that the block's figure is of. */
export function measured(program: Program, block: Block): string | null {
  const table = groupedAt(program, block);
  const value = table && aggregated(table, block);
  const [column] = value ? columnNames(value) : [];
  return column === undefined ? null : writtenName(column);
}

/** The table that a step of the table joins, or of one that it is made from. */
export function partnerOf(program: Program, table: TableModel | null): RelationModel | null {
  const join = table?.steps.findLast(({ step }) => step.kind === 'join')?.step;
  if (join?.kind === 'join') return program.relation(join.file, join.table);
  return table && table.base !== table.relation.name ? partnerOf(program, program.table(table.relation.place.file, table.base)) : null;
}

/** `last(plan of changes)`: the value that held, read off the rows of a history. */
export function lastOf(relation: RelationModel | null): string | null {
  const value = relation?.event ? changingIn(relation) : null;
  return relation && value !== null ? `last(${value} of ${writtenName(relation.name)})` : null;
}

/** What the rows of the table are made from, where it names another. */
export const madeFrom = (program: Program, block: Block): RelationModel | null => {
  const table = tableAt(program, block.reason.place);
  return table && baseOf(program, table);
};
