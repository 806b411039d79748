/**
 * What an observation reads at its cutoff: its own row, rows along refs, and windows, each cell masked until it is known. One collector
 * gathers the windows and paths of all expressions of a node, so that aggregates over the same rows share a window.
 */

import { addDuration, zeroDuration } from '../model/factOps.ts';
import type { PathStep, TypedExpr, TypedWindow } from '../model/typed.ts';
import type { DurationValue } from '../text/duration.ts';
import { alongRefs, type Path, pathName, pathsIn } from './alongRefs.ts';
import { definitionOf } from './fingerprint.ts';
import {
  always,
  call,
  column,
  cutoff,
  eventColumn,
  existsColumn,
  has,
  hidden,
  instant,
  type KnownBy,
  knownColumn,
  knownOf,
  type Lowered,
  later,
  masked,
  tieOf,
  typeOf,
} from './knownTimes.ts';
import { freeId, type Lowering, relationNamed, Unplannable } from './lowering.ts';
import { lowerRelation, relationNode } from './lowerRelation.ts';
import type { PlanAggregate, PlanExpr, PlanPath, PlanType, PlanWindow } from './plan.ts';
import { lowerExpr, noReader, type Reader, storedType } from './planExpr.ts';
import { sumScale } from './planTypes.ts';
import { kept, projected } from './stepped.ts';

type TypedOf<K extends TypedExpr['kind']> = Extract<TypedExpr, { kind: K }>;

export interface Observing {
  readonly entity: Lowered;
  /** Without cutoffs nothing is masked. */
  readonly hasCutoffs: boolean;
  /** What of the own row is known at the very cutoff is seen where the cutoff is a time of that row, and not on a grid. */
  readonly ownBy: KnownBy;
  /** How long after the cutoff own cells and rows of windows to the future count as known: a label's horizon and delay, else nothing. */
  readonly knownWithin: DurationValue;
  readonly lowering: Lowering;
}

export interface Collector {
  readonly reader: Reader;
  windows(): readonly PlanWindow[];
  paths(): readonly PlanPath[];
}

const known = (relation: Lowered, name: string, of: string | null = null): PlanExpr | null =>
  relation.late.has(name) ? instant(knownOf(name), of) : null;

const named = (relation: Lowered, name: string, expr: TypedExpr): PlanType => typeOf(relation, name) ?? storedType(expr);

export function collector({ entity, hasCutoffs, ownBy, knownWithin, lowering }: Observing): Collector {
  const windows: { key: string; window: Omit<PlanWindow, 'aggregates'>; aggregates: PlanAggregate[] }[] = [];
  const paths: { path: PlanPath; target: Lowered; reader: string }[] = [];
  const until = later(cutoff, knownWithin);

  const own = (name: string, expr: TypedExpr, of: string | null, by: PlanExpr): PlanExpr => {
    const value = column(name, named(entity, name, expr), of);
    const when = hasCutoffs ? known(entity, name, of) : null;
    return when ? masked(value, when, by === cutoff ? ownBy : 'le', by) : value;
  };

  function reach(step: PathStep, from: { path: PlanPath; target: Lowered } | null): { path: PlanPath; target: Lowered } {
    const before = from?.path.id ?? null;
    const there = paths.find(({ path, reader }) => path.from === before && path.ref === step.ref && reader === step.reader);
    if (there) return there;
    const model = relationNamed(lowering, step.table, step.home);
    const target = lowerRelation(model.name, model.place.file, lowering, step.reader);
    const path: PlanPath = {
      id: `p${paths.length + 1}`,
      relation: target.id,
      from: before,
      ref: step.ref,
      key: step.key,
      known: hasCutoffs ? hidden(target, knownColumn) : null,
    };
    paths.push({ path, target, reader: step.reader });
    return { path, target };
  }

  function followed(expr: TypedOf<'path'>): PlanExpr {
    let at: { path: PlanPath; target: Lowered } | null = null;
    const masks: { known: PlanExpr; by: KnownBy }[] = [];
    const mask = (relation: Lowered, name: string, of: string | null): void => {
      const when = hasCutoffs ? known(relation, name, of) : null;
      if (when) masks.push({ known: when, by: of === null ? ownBy : 'lt' });
    };
    for (const step of expr.refs) {
      mask(at?.target ?? entity, step.ref, at?.path.id ?? null);
      at = reach(step, at);
      // Of a row that is there because of something later there is nothing to read before that.
      if (hasCutoffs && hidden(at.target, existsColumn)) masks.push({ known: instant(existsColumn, at.path.id), by: 'lt' });
    }
    if (!at) throw new Unplannable('a path leads nowhere');
    mask(at.target, expr.name, at.path.id);
    const value: PlanExpr = column(expr.name, named(at.target, expr.name, expr), at.path.id);
    return masks.reduceRight((inner, { known: when, by }) => masked(inner, when, by, cutoff), value);
  }

  const inWindow = (relation: Lowered, name: string, expr: TypedExpr, by: PlanExpr): PlanExpr => {
    const value = column(name, named(relation, name, expr));
    const when = hasCutoffs ? known(relation, name) : null;
    return when ? masked(value, when, 'lt', by) : value;
  };

  /** The rows of a window with what its paths read; once for all windows that read the same. */
  function withPaths(relation: Lowered, paths: readonly Path[]): Lowered {
    const key = ['along refs', relation.id, ...new Set(paths.map(pathName))].join('\u0000');
    const { name, place } = relation.model;
    const made = lowering.relations.get(key) ?? alongRefs(relation, paths, `relation ${name} along refs`, place.file, lowering);
    if (paths.length > 0) lowering.relations.set(key, made);
    return made;
  }

  /** The row of a window; what is known of it by then, the conditions included. */
  const windowReader = (relation: Lowered, by: PlanExpr): Reader => ({
    ...noReader,
    locate: lowering.locate,
    column: expr => inWindow(relation, expr.name, expr, by),
    path: expr => inWindow(relation, pathName(expr), expr, by),
    entity: expr => own(expr.name, expr, 'entity', cutoff),
    cutoff: () => cutoff,
  });

  /** Rows without an event time were always there: a window without a frame holds them from the first cutoff on. */
  function withEvent(relation: Lowered): Lowered {
    if (has(relation, eventColumn)) return relation;
    const key = ['at all times', relation.id].join('\u0000');
    const { name, place } = relation.model;
    const there = lowering.relations.get(key);
    if (there) return there;
    const timed = projected(relation, [...kept(relation), { name: eventColumn, value: always }], relation.late, relation.model);
    const made = relationNode(
      freeId(lowering, `relation ${name} at all times`, place.file),
      name,
      relation.id,
      timed.relation,
      timed.steps,
      lowering,
    );
    lowering.relations.set(key, made);
    return made;
  }

  function windowOf(window: TypedWindow, relation: Lowered, within: DurationValue): (typeof windows)[number] {
    const link = { row: window.link.row, entity: lowerExpr(window.link.entity, { ...reader, column: expr => own(expr.name, expr, null, cutoff) }) };
    const made: Omit<PlanWindow, 'aggregates'> = {
      relation: relation.id,
      link,
      event: eventColumn,
      known: hidden(relation, knownColumn),
      from: window.from,
      to: window.to,
      knownWithin: within,
      tie: tieOf(relation),
    };
    const key = definitionOf(made);
    const there = windows.find(w => w.key === key);
    if (there) return there;
    const added = { key, window: made, aggregates: [] };
    windows.push(added);
    return added;
  }

  function aggregated(expr: TypedOf<'aggregate'>): PlanExpr {
    const { window } = expr;
    if (!window) throw new Unplannable('an aggregate of an observation needs a window');
    const model = relationNamed(lowering, window.table, window.file);
    const rows = lowerRelation(model.name, model.place.file, lowering, window.reader);
    const relation = withEvent(withPaths(rows, [...pathsIn(expr.value), ...pathsIn(window.where)]));
    const within = window.direction === 'future' ? knownWithin : zeroDuration;
    const by = later(cutoff, within);
    const row = windowReader(relation, by);
    const linkKnown = hasCutoffs ? known(relation, window.link.row) : null;
    const conditions = [...(linkKnown ? [call('lt', 'bool', linkKnown, by)] : []), ...(window.where ? [lowerExpr(window.where, row, 'bool')] : [])];
    const aggregate: Omit<PlanAggregate, 'id'> = {
      aggregate: expr.aggregate,
      value: expr.value && lowerExpr(expr.value, row),
      where: conditions.length > 1 ? call('and', 'bool', ...conditions) : (conditions[0] ?? null),
      parameters: expr.parameters,
      type: storedType(expr),
      scale: sumScale(expr.value?.type ?? null),
      place: lowering.locate(expr.place),
    };
    const { aggregates } = windowOf(window, relation, within);
    const same = aggregates.find(({ id: _, ...other }) => definitionOf(other) === definitionOf(aggregate));
    const id = same?.id ?? `w${windows.reduce((n, w) => n + w.aggregates.length, 1)}`;
    if (!same) aggregates.push({ id, ...aggregate });
    return { op: 'window', type: aggregate.type, id };
  }

  const reader: Reader = {
    ...noReader,
    locate: lowering.locate,
    column: expr => own(expr.name, expr, null, until),
    path: followed,
    cutoff: () => cutoff,
    aggregate: aggregated,
  };
  return {
    reader,
    windows: () => windows.map(({ window, aggregates }) => ({ ...window, aggregates })),
    paths: () => paths.map(({ path }) => path),
  };
}

export const labelWait = (label: { readonly horizon: DurationValue; readonly delay: DurationValue }): DurationValue =>
  addDuration(label.horizon, label.delay);
