/**
 * Without cutoffs: what features, labels and observations owe to a choice among rows that are not all of one entity, so that rows which refer
 * to test observations choose as well.
 */
import type { Reason } from '../../model/facts.ts';
import type { Program } from '../../model/program.ts';
import type { Among, PathStep, RelationModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';
import { everyPart, parts } from '../walk.ts';
import { features, isTimed, tasks } from './reads.ts';

export interface Chosen {
  readonly place: Place;
  /** `` `f` ``, ``the label `gone` ``. */
  readonly what: string;
  /** The table that chose. */
  readonly table: string;
  /** The column by which rows belong to an entity; null where they are reached otherwise. */
  readonly link: string | null;
  readonly reason: Reason;
}

type Found = Omit<Chosen, 'what'>;

/** The choices that these columns of the relation owe their cells to, or its rows their being there. */
const choices = (relation: RelationModel, names: readonly string[]): readonly Among[] => [
  ...(relation.among ?? []),
  ...relation.columns.flatMap(({ name, among }) => (among && names.includes(name) ? among : [])),
];

const readIn = (exprs: readonly (TypedExpr | null)[], kind: 'column' | 'entity'): readonly string[] =>
  exprs.flatMap(expr => (expr ? everyPart(expr).flatMap(part => (part.kind === kind ? [part.name] : [])) : []));

function amongAll(expr: TypedExpr, observed: RelationModel, program: Program): readonly Found[] {
  const of = (relation: RelationModel, names: readonly string[], link: string | null, place: Place): readonly Found[] =>
    choices(relation, names).flatMap(({ by, reason }) => (link !== null && by.includes(link) ? [] : [{ place, table: relation.name, link, reason }]));
  const along = ({ table, home, reader }: PathStep, name: string, place: Place): readonly Found[] => {
    const target = program.relation(reader, table, home);
    return target ? of(target, [name], null, place) : [];
  };
  if (expr.kind === 'path') {
    return expr.refs.flatMap((step, i) => along(step, expr.refs[i + 1]?.ref ?? expr.name, expr.place));
  }
  if (expr.kind === 'column') return ofCells(observed, [expr.name], expr.place);
  if (expr.kind !== 'aggregate' || !expr.window) return parts(expr).flatMap(part => amongAll(part, observed, program));
  const { window, value } = expr;
  const relation = program.relation(window.reader, window.table, window.file);
  const inside = [value, window.where].flatMap(part => (part ? everyPart(part) : []));
  return [
    ...(relation ? of(relation, readIn([value, window.where], 'column'), window.link.row, expr.place) : []),
    ...inside.flatMap(part => (part.kind === 'path' ? amongAll(part, observed, program) : [])),
    ...ofCells(observed, readIn([value, window.where, window.link.entity], 'entity'), expr.place),
  ];
}

/** Of the observed row: whose rows are alike in its key are of one entity. */
const ofCells = ({ columns, key, name: table }: RelationModel, names: readonly string[], place: Place): readonly Found[] =>
  columns.flatMap(({ name, among }) =>
    among && names.includes(name)
      ? among.flatMap(({ by, reason }) => (key !== null && by.includes(key) ? [] : [{ place, table, link: key, reason }]))
      : [],
  );

function ofTask(program: Program, task: TaskModel): readonly Chosen[] {
  const observed = program.relation(task.place.file, task.relation);
  if (!observed || isTimed(task)) return [];
  const { key, among = [], name: table } = observed;
  const rows = among.flatMap(({ by, reason }) =>
    key !== null && by.includes(key)
      ? []
      : [{ place: task.relationPlace, what: `the choice of observations of \`${task.name}\``, table, link: key, reason }],
  );
  const { label } = task;
  return [...rows, ...(label ? amongAll(label.value, observed, program).map(found => ({ ...found, what: `the label \`${label.name}\`` })) : [])];
}

/** All of a file, the observations first. */
export const chosenAmongAll = (program: Program, file: string): readonly Chosen[] => [
  ...tasks(program, file).flatMap(task => ofTask(program, task)),
  ...features(program, file).flatMap(({ feature, task }) => {
    const observed = isTimed(task) ? null : program.relation(task.place.file, task.relation);
    return observed ? amongAll(feature.value, observed, program).map(found => ({ ...found, what: `\`${feature.name}\`` })) : [];
  }),
];
