/**
 * How values relate to the task's label: a feature is derived from it when the cells it reads meet the cells that the observation's own
 * label reads. Reading the label's column strictly before the cutoff does not meet it.
 */
import { areOfOneSource, conditionsOf, conjuncts, definitionOf, isDecided, mayShareRows } from './copies.ts';
import { momentOf } from './cutoffs.ts';
import type { Environment } from './environment.ts';
import {
  addDuration,
  apart,
  durationLe,
  type Held,
  lineageMeeting,
  negateDuration,
  type Rows,
  type Shifted,
  type Standing,
  sameCell,
  sourceKey,
  termGreater,
  termLe,
  withLabel,
} from './factOps.ts';
import type { Facts, Lineage } from './facts.ts';
import { columnOf, isLate } from './scopesRow.ts';
import type { RelationModel, TaskModel, TypedExpr } from './typed.ts';
import { anyPart, mapParts, windows } from './walk.ts';

/** Whether it reads cells of the row itself alone, and none of rows that were joined to it or that it refers to. */
const readsOwnCells = (expr: TypedExpr, relation: RelationModel): boolean =>
  !anyPart(expr, part => part.kind === 'path' || (part.kind === 'column' && !isOwn(part.name, relation)));

/** The same of a feature, which reads cells of the observed row inside its windows too. */
const readsObserved = (expr: TypedExpr, observed: RelationModel): boolean =>
  readsOwnCells(expr, observed) && !anyPart(expr, part => part.kind === 'entity' && !isOwn(part.name, observed));

function isOwn(name: string, relation: RelationModel): boolean {
  const definition = relation.columns.find(column => column.name === name)?.definition;
  return definition != null && definition.isReached !== true;
}

export function isLateColumn(name: string, relation: RelationModel): boolean {
  const column = columnOf(relation, name);
  return column !== null && isLate(column, relation);
}

/** With what a condition asks that is read at some moment: of one row it may hold for the observation, and not any more for the label. */
const withConditions = (of: RelationModel, where: TypedExpr | null): RelationModel =>
  where
    ? {
        ...of,
        kept: [...(of.kept ?? []), ...conditionsOf(where, of, part => !anyPart(part, read => read.kind === 'column' && isLateColumn(read.name, of)))],
      }
    : of;

/** Whether the rows happen when rows of that source do: are these rows, or take their time from them. */
function happenWith({ event, columns }: RelationModel, of: Lineage): boolean {
  const time = columns.find(({ name }) => name === event?.column);
  return !time || time.facts.lineage.some(read => sourceKey(read) === sourceKey(of) && !read.isBefore);
}

/** Whether a window counts the observed row whatever its cells hold: all that is asked of the window's rows is asked of it. */
function isCountedAnyway(rows: RelationModel, where: TypedExpr | null, observed: RelationModel): boolean {
  const asked = new Set((observed.kept ?? []).map(({ text }) => text));
  const isDecided = (read: Lineage): boolean => observed.exists.lineage.some(other => sameCell(other, read));
  return !where && (rows.kept ?? []).every(({ text }) => asked.has(text)) && rows.exists.lineage.every(isDecided);
}

/** Works out once what is asked for again and again, if it is asked for at all. */
function lazily<V>(make: () => V): () => V {
  let made: { readonly value: V } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** A window of the label. */
interface Read {
  /** Sources whose cells go into the aggregate. */
  readonly sources: ReadonlySet<string>;
  /** Null where the aggregate only counts. */
  readonly value: TypedExpr | null;
  readonly where: TypedExpr | null;
  /** Null where nothing is known of them. */
  readonly rows: RelationModel | null;
  readonly mayHoldObserved: boolean;
}

/** What the features of a set share. */
interface Reader {
  readonly task: TaskModel;
  readonly observed: RelationModel;
  readonly env: Environment;
  readonly read: () => readonly Read[];
  /** Where rows of sources stand, once asked for. */
  readonly standings: Map<string, Standing>;
}

function readerOf(task: TaskModel, label: TypedExpr, relation: RelationModel, env: Environment): Reader {
  const observed = withConditions(relation, task.where);
  const read = lazily(() =>
    windows(label).map(({ aggregate: { value, facts }, window: { file, table, where } }): Read => {
      const rows = env.declared(file, table);
      const mayHoldObserved = rows === null || mayShareRows(observed, withConditions(rows, where));
      return { sources: new Set(facts.lineage.map(sourceKey)), value, where, rows, mayHoldObserved };
    }),
  );
  return { task, observed, env, read, standings: new Map() };
}

const byDistance: readonly Standing[] = ['before', 'at the cutoff', 'within'];

/** Where a row stands in a window by the time that its rows go by, when these moments have passed by the cutoff, or before it. */
function standingBy(rows: RelationModel, passed: readonly Shifted[], arePassedBefore = false): Standing {
  const event = rows.event?.shape;
  const all = (before: (event: Shifted, at: Shifted) => boolean): boolean => event !== undefined && passed.some(at => before(event, at));
  if (all(arePassedBefore ? termLe : (event, at) => termGreater(at, event))) return 'before';
  return !arePassedBefore && all(termLe) ? 'at the cutoff' : 'within';
}

/** Moments that have passed by the cutoff: for the row of a cell, and for the observed row, which may be another. */
interface Passed {
  readonly cell: readonly Shifted[];
  readonly observed: readonly Shifted[];
}

/** Where the row of that cell, or the observed row with the cell that it leads to, stands in the label's windows that read the cell's source. */
function standingIn(own: Lineage, isOwn: boolean, passed: Passed, { task, observed, read }: Reader): Standing {
  // On a grid the own row is seen as all others are: known before the cutoff (docs/semantics.md, 1.2).
  const isGrid = task.cutoffs.kind === 'grid';
  const found = read().flatMap(({ sources, value, where, rows, mayHoldObserved }): readonly Standing[] => {
    if (!sources.has(sourceKey(own))) return [];
    if (!rows) return ['within'];
    const isAnyway = value === null && isCountedAnyway(rows, where, observed);
    // Cells that rows of the window read of others may be of any time.
    const ofCell = !value || readsOwnCells(value, rows) ? standingBy(rows, passed.cell, isGrid || own.isBefore) : 'within';
    return [
      ...(happenWith(rows, own) && !(isOwn && isAnyway) ? [ofCell] : []),
      ...(mayHoldObserved && !isAnyway ? [standingBy(rows, passed.observed, isGrid)] : []),
    ];
  });
  return byDistance.findLast(one => found.includes(one)) ?? 'before';
}

/**
 * Where the row of a cell that the expression reads may stand in the label's windows. It is before the cutoff by the time that the window goes
 * by, which a table may have stated again, and only with its own cells; moments that have passed by the cutoff are the known time of its source
 * and the cutoff itself, where it is the observed row alone that is read. The observed row brings what it leads to into a window that holds it.
 */
function rowsRead(reader: Reader): (expr: TypedExpr) => Rows {
  const { task, observed, env, standings } = reader;
  const { cutoffs } = task;
  const cutoff = momentOf(cutoffs);
  const read = cutoffs.kind === 'column' ? cutoffs.value.facts.lineage : [];
  const isObserved = (own: Lineage): boolean =>
    !own.isBefore && (own.joined === undefined || read.some(other => sourceKey(other) === sourceKey(own) && other.joined === own.joined));
  /** The own row is counted for all, and may be what was joined. */
  const areOfObserved = (own: Lineage): boolean => happenWith(observed, own);
  const isLater = (t: Shifted | undefined): boolean => cutoff !== null && t !== undefined && termLe(cutoff, t);
  /** The task takes rows in which the cell reads as null at the cutoff: nothing saw it before. */
  const asked = task.where ? conjuncts(task.where) : [];
  const isAskedOpen = (own: Lineage): boolean =>
    asked.some(part => {
      const of = part.kind === 'call' && part.fn === 'is_null' ? part.args[0] : undefined;
      return (
        of?.kind === 'column' && isLateColumn(of.name, observed) && of.facts.lineage.length > 0 && of.facts.lineage.every(read => sameCell(read, own))
      );
    });
  const isDecidedWho = (own: Lineage): boolean =>
    own.region === 'own' &&
    own.joined === undefined &&
    (cutoffs.kind === 'none' ||
      observed.columns.some(({ name, facts }) => facts.lineage.some(read => sameCell(read, own)) && isLateColumn(name, observed)));
  return expr => {
    const readsOwn = lazily(() => readsObserved(expr, observed));
    const held = (own: Lineage): Held => {
      const isOwn = isObserved(own);
      const isAtCutoff = isOwn && readsOwn();
      const key = `${sourceKey(own)}\0${isOwn}${isAtCutoff}${own.isBefore}`;
      let standing = standings.get(key);
      if (!standing) {
        const known = env.declared(own.home, own.source)?.known?.term ?? null;
        const moment = isAtCutoff ? cutoff : null;
        const given = (...moments: readonly (Shifted | null)[]): readonly Shifted[] => moments.filter(at => at !== null);
        standing = standingIn(own, isOwn, { cell: given(moment, known), observed: given(cutoff, observed.known?.term ?? null) }, reader);
        standings.set(key, standing);
      }
      return { standing, isCounted: cutoffs.kind === 'column' && !isOwn && !own.isBefore && !areOfObserved(own) };
    };
    /** What rows of a window to the past lead to is the own row's where they share it; where they do not, they have to be that row. */
    const mayBeOwn = (own: Lineage, past: Lineage): boolean =>
      past.isBefore ? !past.isAlone || mayHoldOwn(expr, past, reader) : own.joined === undefined && !own.isBefore && mayHoldOwn(expr, past, reader);
    const isKnownBefore = (own: Lineage, past: Lineage): boolean =>
      mayBeOwn(own, past) &&
      !isAskedOpen(own) &&
      !isLater(env.declared(own.home, own.source)?.known?.term) &&
      // A joined cell is known with the row that reads it, and by others before.
      !(
        own.joined === undefined && observed.columns.some(({ facts }) => facts.lineage.some(read => sameCell(read, own)) && facts.known.some(isLater))
      );
    return { held, isKnownBefore, isDecidedWho };
  };
}

/** Whether the condition leaves the observed row out: by its key, or by a column that is strictly before or after its own. */
function asksForOthers(condition: TypedExpr, rows: RelationModel, observed: RelationModel): boolean {
  const compares = (part: TypedExpr, fns: readonly string[], holds: (own: string, of: string) => boolean): boolean =>
    part.kind === 'call' &&
    fns.includes(part.fn) &&
    part.args.some(a => a.kind === 'entity' && part.args.some(b => b.kind === 'column' && holds(a.name, b.name)));
  const areKeys = (own: string, of: string): boolean => own === observed.key && of === rows.key;
  return conjuncts(condition).some(part => {
    const denied = part.kind === 'call' && part.fn === 'not' ? part.args[0] : undefined;
    return (
      compares(part, ['ne'], areKeys) ||
      (denied !== undefined && compares(denied, ['eq'], areKeys)) ||
      compares(part, ['lt', 'gt'], (own, of) => own === of && own === observed.event?.column && own === rows.event?.column)
    );
  });
}

/** Whether a window to the past that reads the source may hold the observed row: by its conditions, and where the row stands before its cutoff. */
function mayHoldOwn(expr: TypedExpr, past: Lineage, { task, observed, env }: Reader): boolean {
  const cutoff = momentOf(task.cutoffs);
  return windows(expr).some(({ aggregate, window: { file, table, where, from, to } }) => {
    if (!aggregate.facts.lineage.some(read => sameCell(read, past))) return false;
    const rows = env.declared(file, table);
    if (!rows || !areOfOneSource(rows, observed)) return true;
    if (!mayShareRows(observed, withConditions(rows, where)) || (where && asksForOthers(where, rows, observed))) return false;
    const event = rows.event?.shape;
    if (!event || !cutoff || event.root !== cutoff.root) return true;
    const at = addDuration(event.plus, negateDuration(cutoff.plus));
    return !durationLe(to, at) && !(from && durationLe(addDuration(at, { months: 0, micros: 1 }), from));
  });
}

/** Whether no row that is observed is in a window of the label: what is asked of the one excludes the other. */
const isOutside = ({ read }: Reader): boolean =>
  read().every(({ value, where, rows, mayHoldObserved }) => {
    if (!rows || [value, where].some(part => part && !readsOwnCells(part, rows))) return false;
    return !mayHoldObserved;
  });

/** Gives each part of an expression that the task's label reaches its label fact. What a part reads the whole reads too. */
export function labelFlow(task: TaskModel, relation: RelationModel, env: Environment): (expr: TypedExpr) => TypedExpr {
  const { label } = task;
  if (!label) return expr => expr;
  const reader = readerOf(task, label.value, relation, env);
  const rowsOf = rowsRead(reader);
  const isApart = lazily(() => isOutside(reader));
  const kept = relation.kept ?? [];
  return expr => {
    const rows = rowsOf(expr);
    const meeting = (by: Rows) => (facts: Facts) => lineageMeeting(facts.lineage, label.value.facts.lineage, by) !== null;
    if (!meeting(rows)(expr.facts)) return expr;
    const meets = meeting(isApart() && readsObserved(expr, relation) ? { ...rows, held: apart.held } : rows);
    /** What is the same for all rows, such as a condition that all of them meet, tells nothing. */
    const isTold = (part: TypedExpr): boolean => {
      if (!meets(part.facts)) return false;
      const definition = kept.length > 0 ? definitionOf(part, relation) : null;
      if (definition && isDecided(definition, kept)) return false;
      return part.kind !== 'call' || part.args.some(isTold);
    };
    return mapParts(expr, part => (isTold(part) ? { ...part, facts: withLabel(part.facts, 'derived') } : part));
  };
}
