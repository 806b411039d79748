/**
 * Rows that expressions read: the entity's own row, with or without masking by known time, and the row of a window. Masking is what
 * the plan does at a cutoff: a cell reads null until it is known, so its known time is no concern of the reader any more.
 */
import type { Expr, Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import { cover, type Place } from '../text/place.ts';
import type { Environment } from './environment.ts';
import { inRegion, joinFacts, maskedFacts, noFacts, termLe, withoutIdentity } from './factOps.ts';
import type { Facts } from './facts.ts';
import { type Problem, problem, respell } from './problem.ts';
import type { ColumnModel, PathStep, RelationModel, TypedExpr, TypedWindow } from './typed.ts';
import { unknownType } from './typeOps.ts';
import type { Type } from './types.ts';

export type Member =
  | { readonly kind: 'value'; readonly value: TypedExpr }
  | { readonly kind: 'unknown'; readonly of: string; readonly names: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: Problem };

export interface RowScope {
  resolve(name: string, place: Place): TypedExpr | null;
  names(): readonly string[];
  /** Null: `object` is nothing that has columns. */
  member(object: TypedExpr | Name, name: string, place: Place, env: Environment): Member | null;
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
  /** A label reads cells that are known only later; everything else reads them masked. */
  readonly reads: 'masked' | 'as known later';
}

/** The row of settings, params and bounds: none. */
export const noRow: RowScope = {
  resolve: () => null,
  names: () => [],
  member: () => null,
  entity: null,
  windowRow: () => noRow,
};

const columnOf = (relation: RelationModel, name: string): ColumnModel | null => relation.columns.find(column => column.name === name) ?? null;
const columnNames = (relation: RelationModel): string[] => relation.columns.map(column => column.name);

/** Where the columns of a table are not known, every name may be one: the cause has been reported. */
const undeclared = (relation: RelationModel, place: Place): TypedExpr | null =>
  relation.open ? { kind: 'error', type: unknownType, facts: noFacts, place } : null;

const isName = (object: TypedExpr | Name): object is Name => !('kind' in object);

const nullable = (type: Type): Type => (type.nullable ? type : { ...type, nullable: true });

/** `product.tier`: the row that a ref reaches may be missing or not yet known, so every column of it admits null. */
function path(object: Extract<TypedExpr, { kind: 'column' | 'path' }>, target: RelationModel, name: string, place: Place): Member {
  const column = columnOf(target, name);
  const open = undeclared(target, place);
  if (!column && open) return { kind: 'value', value: open };
  if (!column) return { kind: 'unknown', of: `\`${target.name}\``, names: columnNames(target) };
  if (target.key === null) {
    return { kind: 'problem', problem: problem('ref-without-key', place, `\`${target.name}\` has no key by which a row could be reached.`) };
  }
  const step: PathStep = { ref: object.name, table: target.name, key: target.key };
  return {
    kind: 'value',
    value: {
      kind: 'path',
      refs: object.kind === 'path' ? [...object.refs, step] : [step],
      name,
      type: nullable(column.type),
      facts: maskedFacts(joinFacts(column.facts, withoutIdentity(object.facts), target.exists)),
      place: { ...place, span: cover(object.place.span, place.span) },
    },
  };
}

/** The table that a ref column reaches, as the file that declares the column sees it. */
function target(object: TypedExpr, relation: RelationModel, env: Environment): RelationModel | null {
  if (object.type.kind !== 'ref') return null;
  const { table } = object.type;
  const declared =
    object.kind === 'column' ? columnOf(relation, object.name)?.place.file : object.kind === 'path' ? env.relation(table)?.place.file : null;
  const files = [declared, relation.place.file, env.file];
  for (const file of files) {
    const found = file ? env.seenFrom(file).relation(table) : null;
    if (found) return found;
  }
  return null;
}

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
  const factsOf = (column: ColumnModel): Facts => (entity.reads === 'masked' ? maskedFacts(column.facts) : column.facts);
  // A cell that may be known later than its row reads as null until then, whatever its column admits.
  const isLate = ({ facts }: ColumnModel): boolean => facts.known.some(t => !relation.known || !termLe(t, relation.known.term));
  const typeOf = (column: ColumnModel): Type => (cutoff && entity.reads === 'masked' && isLate(column) ? nullable(column.type) : column.type);
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
      const reached = target(object, relation, env);
      return reached && path(object, reached, name, place);
    },
    absent: (name, place) => noCutoff(name, entity, place),
    entity,
    windowRow: (of, frame) => windowRow(entity, of, frame),
  };
}

/** A row of the window's table, with the entity's row behind it. */
function windowRow(entity: EntityRow, relation: RelationModel, { from, to, direction }: Pick<TypedWindow, 'from' | 'to' | 'direction'>): RowScope {
  const factsOf = (column: ColumnModel): Facts => inRegion(direction === 'past' ? maskedFacts(column.facts) : column.facts, { from, to });
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
    member(object, name, place) {
      if (isName(object)) {
        if (object.text !== entity.name) return null;
        const value = ofEntity(name, { ...place, span: cover(object.span, place.span) });
        return value ? { kind: 'value', value } : { kind: 'unknown', of: `\`${entity.name}\``, names: columnNames(entity.relation) };
      }
      if (object.type.kind !== 'ref') return null;
      return {
        kind: 'problem',
        problem: problem('later-form', { ...place, span: cover(object.place.span, place.span) }, 'A window cannot follow a ref yet.', {
          help: `Join the table first: \`table t = ${relation.name} | join ${object.type.table} on …\`, and aggregate over \`t\`.`,
        }),
      };
    },
    absent: (name, place) => noCutoff(name, entity, place),
    entity: null,
    windowRow: () => row,
  };
  return row;
}

// ---------------------------------------------------------------- links

/** Whether a ref to `table` holds the key of the entity's rows: of its table, of the source that the key comes from, or the same ref. */
function refersToEntity(table: string, { relation }: EntityRow): boolean {
  if (relation.key === null) return false;
  if (relation.name === table) return true;
  const key = columnOf(relation, relation.key);
  if (key?.type.kind === 'ref') return key.type.table === table;
  return key?.facts.lineage.some(({ source }) => source === table) ?? false;
}

/** Types whose values can be equal across tables: the same kind, or a key and the refs to it. */
function comparable(a: Type, b: Type): boolean {
  if (a.kind === 'unknown' || b.kind === 'unknown') return true;
  const kind = (type: Type): string => (type.kind === 'key' || type.kind === 'ref' ? 'key' : type.kind === 'category' ? 'text' : type.kind);
  if (a.kind === 'ref' && b.kind === 'ref') return a.table === b.table;
  return kind(a) === kind(b);
}

const typeName = (type: Type): string => (type.kind === 'ref' ? `ref ${type.table}` : type.kind);

/**
 * Which rows belong to an observation is no part of a value that is computed from them, so a link's lineage and identity end here; what
 * stands in the way of reading the link at all does not.
 */
const linkFacts = (facts: Facts): Facts => ({ ...withoutIdentity(maskedFacts(facts)), lineage: [] });

/** How rows of `relation` link to the entity. `place` is the table's name in the window. */
export function linkOf(
  row: RowScope,
  relation: RelationModel,
  via: Expr | null,
  place: Place,
  env: Environment,
  report: (problem: Problem) => void,
): TypedWindow['link'] | null {
  const { entity } = row;
  if (!entity) return null;
  const own = entity.relation;
  const byRef = relation.columns.filter(({ type }) => type.kind === 'ref' && refersToEntity(type.table, entity));
  const read = (name: string, at: Place): TypedExpr | null => {
    const column = columnOf(own, name);
    return column && { kind: 'column', name, type: column.type, facts: linkFacts(column.facts), place: at };
  };
  const toKey = (column: string, at: Place): TypedWindow['link'] | null => {
    const key = own.key === null ? null : read(own.key, at);
    return key && { row: column, entity: key };
  };
  const shared = relation.columns.filter(column => {
    const other = columnOf(own, column.name);
    return other && comparable(column.type, other.type) && column.name !== relation.event?.column;
  });
  const viaHelp = (columns: readonly ColumnModel[]): string => columns.map(({ name }) => `\`via ${name}\``).join(' or ');

  if (!via) {
    if (byRef.length === 0 && (relation.open || own.open)) return null;
    const [only, ...others] = byRef;
    if (only && others.length === 0) return toKey(only.name, place);
    if (only) {
      report(
        problem('ambiguous-link', place, `\`${relation.name}\` refers to \`${own.name}\` by more than one column.`, {
          label: 'which of its rows belong to the observation?',
          help: `Say which one: ${viaHelp(byRef)}.`,
          related: byRef.map(column => ({ place: column.place, message: `\`${column.name}\` is a ${typeName(column.type)}` })),
          fixes: byRef.map(column => ({
            title: `Link by \`${column.name}\``,
            safe: false,
            edits: [{ place: { ...place, span: { start: place.span.end, end: place.span.end } }, text: ` via ${column.name}` }],
          })),
        }),
      );
      return null;
    }
    const candidates = shared.filter(({ type }) => type.kind === 'ref' || type.kind === 'key' || type.kind === 'text' || type.kind === 'category');
    report(
      problem('no-link', place, `Nothing says which rows of \`${relation.name}\` belong to a row of \`${own.name}\`.`, {
        label: `no ref to \`${own.name}\``,
        help: candidates.length
          ? `Name the column that both share: ${viaHelp(candidates)}.`
          : `Declare the column of \`${relation.name}\` that holds the key of \`${own.name}\` as \`ref ${own.name}\`.`,
        related: [{ place: relation.place, message: `\`${relation.name}\` is declared here` }],
      }),
    );
    return null;
  }

  const at: Place = { file: env.file, decl: place.decl, span: via.span };
  if (via.kind === 'missing') return null;
  const name = via.kind === 'name' ? via.name.text : via.kind === 'member' ? via.name.text : null;
  if (name === null) {
    report(
      problem('no-link', at, 'Rows are linked by a column.', {
        help: `Write \`via\` and a column that \`${relation.name}\` and \`${own.name}\` share.`,
      }),
    );
    return null;
  }
  const column = columnOf(relation, name);
  if (!column && relation.open) return null;
  if (!column) {
    const near = nearest(name, columnNames(relation));
    report(
      problem('unknown-column', at, `\`${relation.name}\` has no column \`${name}\`.`, {
        help: near ? `Did you mean \`${near}\`?` : null,
        fixes: near ? [respell(at, near)] : [],
      }),
    );
    return null;
  }
  if (via.kind === 'name' && byRef.includes(column)) return toKey(name, at);
  let other: TypedExpr | null = null;
  if (via.kind === 'name') other = read(name, at);
  else if (via.kind === 'member' && via.object.kind === 'name') {
    const { name: start } = via.object;
    const found = row.member(row.resolve(start.text, { ...at, span: start.span }) ?? start, name, { ...at, span: via.name.span }, env);
    other = found?.kind === 'value' ? found.value : null;
  }
  if (!other && own.open) return null;
  if (!other) {
    report(
      problem('no-link', at, `\`${relation.name}\` has \`${name}\`, but \`${own.name}\` does not.`, {
        help: shared.length ? `Both share ${shared.map(c => `\`${c.name}\``).join(', ')}.` : `Link by a column that refers to \`${own.name}\`.`,
        related: [{ place: column.place, message: `\`${name}\` of \`${relation.name}\`` }],
      }),
    );
    return null;
  }
  if (!comparable(column.type, other.type)) {
    report(
      problem(
        'no-link',
        at,
        `\`${name}\` is a ${typeName(column.type)} in \`${relation.name}\` and a ${typeName(other.type)} in \`${own.name}\`, so no rows can match.`,
        {
          related: [{ place: column.place, message: `\`${name}\` of \`${relation.name}\`` }],
        },
      ),
    );
    return null;
  }
  return { row: name, entity: { ...other, facts: linkFacts(other.facts) } };
}
