/**
 * Without cutoffs: what features, labels and observations owe to rows that are not all of one entity, which a table has chosen among or a join
 * or a window has brought in. Rows that refer to test observations are among them.
 */
import { apartAmong, isOfAll, leadsTo } from '../../model/among.ts';
import { choosesByTime } from '../../model/apart.ts';
import type { Reason } from '../../model/facts.ts';
import { refersTo } from '../../model/links.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import { columnOf } from '../../model/tableScope.ts';
import type {
  Among,
  ColumnModel,
  FeatureModel,
  FeatureSetModel,
  ModelModel,
  RelationModel,
  SplitModel,
  TaskModel,
  TypedExpr,
  TypedWindow,
} from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import { everyPart, parts } from '../walk.ts';
import { groupOf, soleLeaf } from './dependence.ts';
import { populationOf } from './population.ts';
import { features, isTimed, tasks, traceTo } from './reads.ts';

type Path = Extract<TypedExpr, { kind: 'path' }>;
type Aggregate = Extract<TypedExpr, { kind: 'aggregate' }>;

export interface Chosen {
  readonly place: Place;
  /** `` `f` ``, ``the label `gone` ``. */
  readonly what: string;
  /** The table that chose. */
  readonly table: string;
  /** The column by which rows belong to an entity; null where they are reached otherwise. */
  readonly link: string | null;
  readonly reason: Reason;
  /** A join or a window brought in the rows that are alike in something. */
  readonly isMatched: boolean;
  /** The window that did, what it makes of them, and the column of source rows that splits could go by. */
  readonly peers: { readonly window: TypedWindow; readonly aggregate: string; readonly shared: string | null } | null;
  readonly task: TaskModel;
}

type Found = Omit<Chosen, 'what' | 'task'>;

/** What a task without cutoffs observes. */
interface Observed {
  readonly program: Program;
  readonly relation: RelationModel;
  /** Whether the table has rows of the entities. */
  readonly isTheirs: (rows: Among['rows']) => boolean;
  /** The column that all splits keep on one side, of rows that are alike in it; null where there is none. */
  readonly together: string | null;
}

/** A column of its source: a split by it keeps rows that share it on one side, and all that have no value. */
const isGroupable = ({ definition }: ColumnModel): boolean => definition != null && !definition.call;

/** The splits of a task that the file sees. */
export const splitsOf = (program: Program, file: string, task: TaskModel): readonly SplitModel[] => [
  ...new Set([...program.splits(file, task.name, task.place.file), ...program.splits(task.place.file, task.name)]),
];

/** A column by which all of the splits group. */
function togetherIn(splits: readonly SplitModel[], relation: RelationModel): string | null {
  const names = new Set(
    splits.map(split => {
      const group = groupOf(split);
      const leaf = group && soleLeaf(group);
      return leaf && leaf.reached === null ? leaf.column : null;
    }),
  );
  const [name] = names;
  const column = names.size === 1 && typeof name === 'string' ? columnOf(relation, name) : null;
  return column && isGroupable(column) ? column.name : null;
}

function observedBy(program: Program, task: TaskModel, splits: readonly SplitModel[]): Observed | null {
  const relation = isTimed(task) ? null : program.relation(task.place.file, task.relation);
  return relation && { program, relation, isTheirs: populationOf(program, task), together: togetherIn(splits, relation) };
}

/** Of these choices those among rows of the entities that are not all alike in one of the columns by which they are of one, or on one side. */
const across = (
  choices: readonly Among[],
  { isTheirs }: Observed,
  table: string,
  place: Place,
  own: readonly (string | null)[],
  link: string | null = null,
): readonly Found[] =>
  choices.flatMap(({ by, reason, rows, isMatched = false }) => {
    if (own.some(name => name !== null && by.includes(name)) || !isTheirs(rows)) return [];
    return [{ place, table: isMatched ? rows.table : table, link, reason, isMatched, peers: null }];
  });

const ofCells = ({ columns }: RelationModel, names: readonly string[]): readonly Among[] =>
  columns.flatMap(({ name, among }) => (among && names.includes(name) ? among : []));

/** What the relation owes its rows to, and these columns their cells. */
const ofRead = (relation: RelationModel, names: readonly string[]): readonly Among[] => [...(relation.among ?? []), ...ofCells(relation, names)];

const ofOwn = (observed: Observed, names: readonly string[], place: Place): readonly Found[] => {
  const { relation, together } = observed;
  return across(ofCells(relation, names), observed, relation.name, place, [relation.key, together], relation.key);
};

/** The column of the own row that the window's rows hold as well, where both are one column of a source. */
function sharedIn({ link }: TypedWindow, rows: RelationModel, relation: RelationModel): ColumnModel | null {
  const own = link.entity.kind === 'column' ? columnOf(relation, link.entity.name) : null;
  return own?.definition && own.definition.text === columnOf(rows, link.row)?.definition?.text ? own : null;
}

/**
 * Whose rows the window holds: those that refer to the own row or are kept on its side, the one that a ref of it leads to, or those of anybody.
 * Rows that are alike in the link are of one entity only in the first case.
 */
function heldBy(window: TypedWindow, rows: RelationModel, { relation, together }: Observed): 'own' | 'reached' | 'anybody' {
  const { link } = window;
  const row = columnOf(rows, link.row);
  const own = link.entity.kind === 'column' ? columnOf(relation, link.entity.name) : null;
  if (!row || !own) return 'anybody';
  const isAlike = sharedIn(window, rows, relation) !== null;
  if (own.name === relation.key && (isAlike || (row.type.kind === 'ref' && refersTo(row.type, relation)))) return 'own';
  if (own.name === together && isAlike) return 'own';
  return own.type.kind === 'ref' && leadsTo(rows, row, own.type) ? 'reached' : 'anybody';
}

/** Of the rows that refs lead to. */
const ofPath = ({ refs, name, place }: Path, observed: Observed): readonly Found[] =>
  refs.flatMap(({ table, home, reader }, i) => {
    const target = observed.program.relation(reader, table, home);
    return target ? across(ofRead(target, [refs[i + 1]?.ref ?? name]), observed, target.name, place, []) : [];
  });

/** The column of the row in scope that the expression reads; null for a constant or a compound. */
const columnRead = (part: TypedExpr): string | null =>
  part.kind === 'column' || part.kind === 'entity' ? part.name : part.kind === 'path' ? (part.refs[0]?.ref ?? null) : null;

function ofWindow(expr: Aggregate, window: TypedWindow, observed: Observed): readonly Found[] {
  const { table, link, place } = window;
  const relation = observed.program.relation(window.reader, table, window.file);
  if (!relation) return [];
  const inside = [expr.value, window.where].flatMap(part => (part ? everyPart(part) : []));
  const columns = [link.row, ...inside.flatMap(part => (part.kind === 'entity' ? [] : (columnRead(part) ?? [])))];
  const ties = choosesByTime(expr.aggregate) ? (apartAmong(relation).among ?? []) : [];
  const message = `rows of \`${table}\` that are alike in \`${link.row}\`, whoever they belong to`;
  const both = sharedIn(window, relation, observed.relation);
  const shared = both && isGroupable(both) ? both.name : null;
  const held = heldBy(window, relation, observed);
  const areOthers = held === 'anybody' && observed.isTheirs({ table, file: window.file });
  const alike = held === 'own' || areOthers ? link.row : null;
  return [
    ...(areOthers && !(expr.value && isOfAll(expr.value))
      ? [
          {
            place,
            table,
            link: null,
            reason: { place, message, because: null },
            isMatched: true,
            peers: { window, aggregate: expr.aggregate, shared },
          },
        ]
      : []),
    ...across([...ofRead(relation, columns), ...ties], observed, relation.name, expr.place, [alike], alike),
    ...inside.flatMap(part => (part.kind === 'entity' ? amongAll(part, observed) : part.kind === 'path' ? ofPath(part, observed) : [])),
    ...amongAll(link.entity, observed),
  ];
}

function amongAll(expr: TypedExpr, observed: Observed): readonly Found[] {
  if (expr.kind === 'aggregate' && expr.window) return ofWindow(expr, expr.window, observed);
  const own = columnRead(expr);
  return [
    ...(own === null ? [] : ofOwn(observed, [own], expr.place)),
    ...(expr.kind === 'path' ? ofPath(expr, observed) : []),
    ...parts(expr).flatMap(part => amongAll(part, observed)),
  ];
}

function ofTask(task: TaskModel, observed: Observed): readonly Chosen[] {
  const { relation, together } = observed;
  const { label, where, weight, relationPlace } = task;
  const of = (what: string, found: readonly Found[]): readonly Chosen[] => found.map(one => ({ ...one, what, task }));
  const rows = across(relation.among ?? [], observed, relation.name, relationPlace, [relation.key, together], relation.key);
  return [
    ...of(`the choice of observations of \`${task.name}\``, [...rows, ...(where ? amongAll(where, observed) : [])]),
    ...(weight === null ? [] : of(`the weight \`${weight}\``, ofOwn(observed, [weight], relationPlace))),
    ...(label ? of(`the label \`${label.name}\``, amongAll(label.value, observed)) : []),
  ];
}

const ofFeature = ({ name, value }: FeatureModel, task: TaskModel, observed: Observed): readonly Chosen[] =>
  amongAll(value, observed).map(found => ({ ...found, what: `\`${name}\``, task }));

/** The feature sets of other files that the model learns from, by itself or by what other models say. */
function setsElsewhere(program: Program, file: string, model: ModelModel, seen = new Set<FeatureSetModel>()): readonly FeatureSetModel[] {
  const set = program.features(model.files.features, model.features);
  if (set && !seen.has(set)) {
    seen.add(set);
    for (const part of set.features.flatMap(({ value }) => everyPart(value))) {
      const asked = part.kind === 'prediction' ? program.model(part.file, part.model) : null;
      if (asked) setsElsewhere(program, file, asked, seen);
    }
  }
  return [...seen].filter(({ place }) => place.file !== file);
}

/** What a file's model owes to others because its split does not keep together what those of the files do that wrote its features and its task. */
function elsewhere(program: Program, file: string, model: ModelModel): readonly Chosen[] {
  const task = program.task(model.files.task, model.task);
  const split = program.split(model.files.split, model.split);
  const here = task && split && observedBy(program, task, [split]);
  if (!here) return [];
  const toldOnlyHere = (home: string, of: (observed: Observed) => readonly Chosen[]): readonly Chosen[] => {
    const there = observedBy(program, task, splitsOf(program, home, task));
    if (!there || there.together === null || there.together === here.together) return [];
    const known = of(there);
    return of(here).filter(({ reason }) => !known.some(other => other.reason.place === reason.place));
  };
  const all = [
    ...(task.place.file === file ? [] : toldOnlyHere(task.place.file, observed => ofTask(task, observed))),
    ...setsElsewhere(program, file, model).flatMap(set =>
      toldOnlyHere(set.place.file, observed => set.features.flatMap(feature => ofFeature(feature, task, observed))),
    ),
  ];
  return all.map(found => ({ ...found, place: model.place }));
}

/** One choice, where it is read first and where again. */
export interface Cause {
  readonly first: Chosen;
  readonly others: readonly Chosen[];
}

function byCause(all: readonly Chosen[]): readonly Cause[] {
  const causes = new Map<string, [Chosen, ...Chosen[]]>();
  for (const chosen of all) {
    const { file, decl, span } = chosen.reason.place;
    const cause = `${file} ${decl} ${span.start} ${span.end}`;
    const known = causes.get(cause);
    if (known) known.push(chosen);
    else causes.set(cause, [chosen]);
  }
  return [...causes.values()].map(([first, ...others]) => ({ first, others }));
}

/** All of a file that a table has kept of several, or that a join or a window has brought in; the observations first. */
export function chosenAmongAll(program: Program, file: string, isMatched: boolean): readonly Cause[] {
  const known = new Map<TaskModel, Observed | null>();
  const of = (task: TaskModel): Observed | null => {
    let observed = known.get(task);
    if (observed === undefined) known.set(task, (observed = observedBy(program, task, splitsOf(program, file, task))));
    return observed;
  };
  const all = [
    ...tasks(program, file).flatMap(task => {
      const observed = of(task);
      return observed ? ofTask(task, observed) : [];
    }),
    ...features(program, file).flatMap(({ feature, task }) => {
      const observed = of(task);
      return observed ? ofFeature(feature, task, observed) : [];
    }),
    ...gather(program.declarations(file), ({ model }) => (model.kind === 'model' ? elsewhere(program, file, model) : [])),
  ];
  return byCause(all.filter(found => found.isMatched === isMatched));
}

/** Where else the same choice is read. */
export const readAlso = ({ first, others }: Cause): Problem['related'] => [
  ...traceTo(first.reason, first.place),
  ...others.flatMap(other => (other.place === first.place ? [] : [{ place: other.place, message: `${other.what} has it from there too` }])),
];
