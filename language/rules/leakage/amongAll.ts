/**
 * Without cutoffs: what features, labels and observations owe to a choice among rows that are not all of one entity, so that rows which refer
 * to test observations choose as well.
 */
import type { Reason } from '../../model/facts.ts';
import type { Program } from '../../model/program.ts';
import type { Among, RelationModel, TaskModel, TypedExpr } from '../../model/typed.ts';
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

/** Of these choices those among rows that are not all alike in the column by which they belong to an entity. */
const across = (choices: readonly Among[], table: string, link: string | null, place: Place): readonly Found[] =>
  choices.flatMap(({ by, reason }) => (link !== null && by.includes(link) ? [] : [{ place, table, link, reason }]));

const ofCells = ({ columns }: RelationModel, names: readonly string[]): readonly Among[] =>
  columns.flatMap(({ name, among }) => (among && names.includes(name) ? among : []));

/** What the relation owes its rows to, and these columns their cells. */
const ofRead = (relation: RelationModel, names: readonly string[]): readonly Among[] => [...(relation.among ?? []), ...ofCells(relation, names)];

function amongAll(expr: TypedExpr, observed: RelationModel, program: Program): readonly Found[] {
  const { place } = expr;
  const own = (names: readonly string[]): readonly Found[] => across(ofCells(observed, names), observed.name, observed.key, place);
  if (expr.kind === 'column') return own([expr.name]);
  if (expr.kind === 'path') {
    return expr.refs.flatMap(({ table, home, reader }, i) => {
      const target = program.relation(reader, table, home);
      return target ? across(ofRead(target, [expr.refs[i + 1]?.ref ?? expr.name]), target.name, null, place) : [];
    });
  }
  if (expr.kind !== 'aggregate' || !expr.window) return parts(expr).flatMap(part => amongAll(part, observed, program));
  const { window, value } = expr;
  const relation = program.relation(window.reader, window.table, window.file);
  const inside = [value, window.where].flatMap(part => (part ? everyPart(part) : []));
  const read = (kind: 'column' | 'entity', of: readonly TypedExpr[]): readonly string[] => of.flatMap(part => (part.kind === kind ? part.name : []));
  return [
    ...(relation ? across(ofRead(relation, read('column', inside)), relation.name, window.link.row, place) : []),
    ...inside.flatMap(part => (part.kind === 'path' ? amongAll(part, observed, program) : [])),
    ...own(read('entity', [...inside, ...everyPart(window.link.entity)])),
  ];
}

function ofTask(program: Program, task: TaskModel): readonly Chosen[] {
  const observed = isTimed(task) ? null : program.relation(task.place.file, task.relation);
  if (!observed) return [];
  const { label } = task;
  const rows = across(observed.among ?? [], observed.name, observed.key, task.relationPlace);
  return [
    ...rows.map(found => ({ ...found, what: `the choice of observations of \`${task.name}\`` })),
    ...(label ? amongAll(label.value, observed, program).map(found => ({ ...found, what: `the label \`${label.name}\`` })) : []),
  ];
}

/** All of a file, the observations first. */
export const chosenAmongAll = (program: Program, file: string): readonly Chosen[] => [
  ...tasks(program, file).flatMap(task => ofTask(program, task)),
  ...features(program, file).flatMap(({ feature, task }) => {
    const observed = isTimed(task) ? null : program.relation(task.place.file, task.relation);
    return observed ? amongAll(feature.value, observed, program).map(found => ({ ...found, what: `\`${feature.name}\`` })) : [];
  }),
];
