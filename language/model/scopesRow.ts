/**
 * Rows that expressions read: the entity's own row, with or without masking by known time, and the row of a window. Masking is what
 * the plan does at a cutoff: a cell reads null until it is known, so its known time is no concern of the reader any more.
 */
import type { Name } from '../syntax/ast.ts';
import { cover, type Place } from '../text/place.ts';
import type { Environment } from './environment.ts';
import { anyTime, inRegion, joinFacts, maskedFacts, noFacts, type Shifted, termGreater, termLe, withLineage, withoutIdentity } from './factOps.ts';
import type { Facts, Term } from './facts.ts';
import { type Problem, problem } from './problem.ts';
import type { ColumnModel, PathStep, RelationModel, TypedExpr, TypedWindow } from './typed.ts';
import { unknownType, withNullable } from './typeOps.ts';
import type { Type } from './types.ts';
import { ledBy, toldByMeeting } from './who.ts';

export type Member =
  | { readonly kind: 'value'; readonly value: TypedExpr }
  | { readonly kind: 'unknown'; readonly of: string; readonly names: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: Problem };

export interface RowScope {
  resolve(name: string, place: Place): TypedExpr | null;
  names(): readonly string[];
  /** Null: `object` is nothing that has columns. */
  member(object: TypedExpr | Name, name: string, place: Place, env: Environment): Member | null;
  /** The features of a set of the same task; absent where no set can be read. */
  featureSet?(name: string): readonly { readonly name: string; readonly value: TypedExpr }[] | null;
  /** What a model says of the observation, or null after reporting why it says nothing; absent where nothing may learn. `env`: of the text. */
  prediction?(model: Name, place: Place, env: Environment): TypedExpr | null;
  /** Why a name that a reader may expect here stands for nothing; null for names that nobody would expect. */
  absent?(name: string, place: Place): Problem | null;
  /** The row that windows are linked to; null where there are no windows. */
  readonly entity: EntityRow | null;
  windowRow(relation: RelationModel, frame: Pick<TypedWindow, 'from' | 'to' | 'direction'>): RowScope;
}

export interface EntityRow {
  /** The name after `each`. */
  readonly name: string;
  readonly relation: RelationModel;
  /** Facts of the cutoff; null where there is none. */
  readonly cutoff: Facts | null;
  /** It has a key, and is looked at on a grid of cutoffs. */
  readonly recurs?: boolean;
  /** A label reads cells that are known only later; everything else reads them masked. */
  readonly reads: 'masked' | 'as known later';
  /** The time of the row that the cutoff is, where it is one: cells that are known only after it read as null. */
  readonly moment?: Shifted | null;
}

/** The row of settings, params and bounds: none. */
export const noRow: RowScope = {
  resolve: () => null,
  names: () => [],
  member: () => null,
  entity: null,
  windowRow: () => noRow,
};

export const columnOf = (relation: RelationModel, name: string): ColumnModel | null => relation.columns.find(column => column.name === name) ?? null;
/** Whether a cell may be known later than its row: the moment at which it is read then decides whether it is null. */
export const isLate = ({ facts }: ColumnModel, { known }: RelationModel): boolean => facts.known.some(t => !known || !termLe(t, known.term));

export const columnNames = (relation: RelationModel): string[] => relation.columns.map(column => column.name);

/** Where the columns of a table are not known, every name may be one: the cause has been reported. */
const undeclared = (relation: RelationModel, place: Place): TypedExpr | null =>
  relation.open ? { kind: 'error', type: unknownType, facts: noFacts, place } : null;

const isName = (object: TypedExpr | Name): object is Name => !('kind' in object);

const nullable = (type: Type): Type => withNullable(type, true);

export const withoutKey = ({ name }: RelationModel, place: Place): Member => ({
  kind: 'problem',
  problem: problem('ref-without-key', place, `\`${name}\` has no key by which a row could be reached.`, {
    help: `Give the identifying column of \`${name}\` the type \`key\`.`,
  }),
});

/** Along a ref, a row counts from the moment after it is known: it is none that happens at the cutoff. */
const beforeCutoff = (facts: Facts): Facts =>
  withLineage(
    facts,
    facts.lineage.map(read => ({ ...read, isBefore: true })),
  );

/** `product.tier`: the row that a ref reaches may be missing or not yet known, so every column of it admits null. */
function path(object: Extract<TypedExpr, { kind: 'column' | 'path' }>, target: RelationModel, name: string, place: Place, reader: string): Member {
  const column = columnOf(target, name);
  const open = undeclared(target, place);
  if (!column && open) return { kind: 'value', value: open };
  if (!column) return { kind: 'unknown', of: `\`${target.name}\``, names: columnNames(target) };
  if (target.key === null) return withoutKey(target, place);
  const ref = withLineage(object.facts, toldByMeeting(object.facts, object.type));
  const step: PathStep = { ref: object.name, table: target.name, home: target.place.file, reader, key: target.key };
  return {
    kind: 'value',
    value: {
      kind: 'path',
      refs: object.kind === 'path' ? [...object.refs, step] : [step],
      name,
      type: nullable(column.type),
      facts: beforeCutoff(
        maskedFacts(joinFacts(withLineage(column.facts, ledBy(column.facts.lineage, object.facts)), withoutIdentity(ref), target.exists)),
      ),
      place: { ...place, span: cover(object.place.span, place.span) },
    },
  };
}

/** The table that a ref reaches, behind its own checks and those of the file that reads. */
export const reached = ({ type }: TypedExpr, env: Environment): RelationModel | null =>
  type.kind === 'ref' ? env.declared(type.home, type.table) : null;

/** `cutoff` in a task that predicts at no particular time. */
function noCutoff(name: string, { relation, cutoff }: EntityRow, place: Place): Problem | null {
  if (name !== 'cutoff' || cutoff) return null;
  return problem('window-without-time', place, 'The task has no cutoffs, so there is no past and no future here.', {
    help: `Give the task cutoffs, \`at every month from 2024-01-01 to 2024-12-01\`, or \`${relation.name}\` a column with \`@time\`.`,
    related: [{ place: relation.place, message: `\`${relation.name}\` is declared here` }],
  });
}

/** The entity's own row at its cutoff, with further names in front of its columns. */
export function entityRow(
  entity: EntityRow,
  further: (name: string, place: Place) => TypedExpr | null = () => null,
  furtherNames: () => readonly string[] = () => [],
): RowScope {
  const { relation, cutoff } = entity;
  const comesAfter = (t: Term): boolean => !t.isBound && !!entity.moment && termGreater(t, entity.moment);
  // Where the whole row comes after its cutoff there is no observation to read anything.
  const isNever = ({ facts }: ColumnModel): boolean => facts.known.some(comesAfter) && !(relation.known && comesAfter(relation.known.term));
  const factsOf = (column: ColumnModel): Facts => {
    if (entity.reads !== 'masked') return column.facts;
    const facts = maskedFacts(column.facts);
    return isNever(column) ? { ...facts, lineage: facts.lineage.map(l => ({ ...l, isAlwaysNull: true as const })) } : facts;
  };
  // A cell that may be known later than its row reads as null until then, whatever its column admits.
  const typeOf = (column: ColumnModel): Type =>
    cutoff && entity.reads === 'masked' && isLate(column, relation) ? nullable(column.type) : column.type;
  const own = (name: string, place: Place): TypedExpr | null => {
    const column = columnOf(relation, name);
    return column && { kind: 'column', name, type: typeOf(column), facts: factsOf(column), place };
  };
  return {
    resolve: (name, place) =>
      further(name, place) ??
      own(name, place) ??
      (name === 'cutoff' && cutoff
        ? { kind: 'cutoff', type: { kind: 'timestamp', nullable: false }, facts: cutoff, place }
        : undeclared(relation, place)),
    names: () => [...furtherNames(), ...columnNames(relation), ...(cutoff ? ['cutoff'] : [])],
    member(object, name, place, env) {
      if (isName(object)) {
        if (object.text !== entity.name) return null;
        const value = own(name, { ...place, span: cover(object.span, place.span) });
        return value ? { kind: 'value', value } : { kind: 'unknown', of: `\`${entity.name}\``, names: columnNames(relation) };
      }
      if (object.kind !== 'column' && object.kind !== 'path') return null;
      const table = reached(object, env);
      return table && path(object, table, name, place, env.file);
    },
    absent: (name, place) => noCutoff(name, entity, place),
    entity,
    windowRow: (of, frame) => windowRow(entity, of, frame),
  };
}

/** A row of the window's table, with the entity's row behind it. */
function windowRow(entity: EntityRow, relation: RelationModel, { from, to, direction }: Pick<TypedWindow, 'from' | 'to' | 'direction'>): RowScope {
  const region = entity.cutoff ? { from, to } : anyTime;
  const factsOf = (column: ColumnModel): Facts => inRegion(direction === 'past' ? maskedFacts(column.facts) : column.facts, region);
  const ofEntity = (name: string, place: Place): TypedExpr | null => {
    const column = columnOf(entity.relation, name);
    return column && { kind: 'entity', name, type: column.type, facts: maskedFacts(column.facts), place };
  };
  const row: RowScope = {
    resolve(name, place) {
      const column = columnOf(relation, name);
      if (column) return { kind: 'column', name, type: column.type, facts: factsOf(column), place };
      if (name === 'cutoff' && entity.cutoff) return { kind: 'cutoff', type: { kind: 'timestamp', nullable: false }, facts: entity.cutoff, place };
      return ofEntity(name, place) ?? undeclared(relation, place) ?? undeclared(entity.relation, place);
    },
    names: () => [...new Set([...columnNames(relation), ...columnNames(entity.relation), ...(entity.cutoff ? ['cutoff'] : [])])],
    member(object, name, place, env) {
      if (isName(object)) {
        if (object.text !== entity.name) return null;
        const value = ofEntity(name, { ...place, span: cover(object.span, place.span) });
        return value ? { kind: 'value', value } : { kind: 'unknown', of: `\`${entity.name}\``, names: columnNames(entity.relation) };
      }
      if (object.type.kind !== 'ref') return null;
      if ((object.kind === 'column' || object.kind === 'path') && direction === 'past') {
        const table = reached(object, env);
        const found = table && path(object, table, name, place, env.file);
        return found?.kind === 'value' ? { kind: 'value', value: { ...found.value, facts: inRegion(found.value.facts, region) } } : found;
      }
      const what =
        direction === 'past' ? 'A ref of the observation cannot be followed in a window yet.' : 'A window to the future cannot follow a ref yet.';
      return {
        kind: 'problem',
        problem: problem('later-form', { ...place, span: cover(object.place.span, place.span) }, what, {
          help: `Read it in a table first: \`table t = ${relation.name} | derive ${name} = …\`, and aggregate over \`t\`.`,
        }),
      };
    },
    absent: (name, place) => noCutoff(name, entity, place),
    entity: null,
    windowRow: () => row,
  };
  return row;
}
