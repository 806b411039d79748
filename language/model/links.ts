/** How the rows of a window's table belong to an observation: by a ref to the entity, or by a column that both share. */
import type { Expr } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { Environment } from './environment.ts';
import { asRows, comesFrom, maskedFacts, withLineage } from './factOps.ts';
import type { Facts } from './facts.ts';
import { type Problem, problem, respell } from './problem.ts';
import { columnNames, columnOf, type EntityRow, type RowScope } from './scopesRow.ts';
import type { ColumnModel, RelationModel, TypedExpr, TypedWindow } from './typed.ts';
import { sameRef } from './typeOps.ts';
import type { Type, TypeOf } from './types.ts';
import { ledBy, toldByMeeting } from './who.ts';

/** Whether a ref holds the key of the relation's rows: of its table, of the source that the key comes from, or the same ref. */
export function refersTo(ref: TypeOf<'ref'>, relation: RelationModel): boolean {
  const key = relation.key === null ? null : columnOf(relation, relation.key);
  if (!key) return false;
  if (relation.name === ref.table && relation.place.file === ref.home) return true;
  return key.type.kind === 'ref' ? sameRef(key.type, ref) : comesFrom(key.facts, ref);
}

/** Types whose values can be equal across tables: the same kind, or a key and the refs to it. */
function comparable(a: Type, b: Type): boolean {
  if (a.kind === 'unknown' || b.kind === 'unknown') return true;
  const kind = (type: Type): string => (type.kind === 'key' || type.kind === 'ref' ? 'key' : type.kind === 'category' ? 'text' : type.kind);
  if (a.kind === 'ref' && b.kind === 'ref') return sameRef(a, b);
  return kind(a) === kind(b);
}

const typeName = (type: Type): string => (type.kind === 'ref' ? `ref ${type.table}` : type.kind);

/**
 * Whose rows they are is no part of a value that is computed from them, so the lineage of a key, a ref, or what rows are grouped by ends here;
 * what stands in the way of reading the link at all does not. Any other value that links rows, or that went into one that does, tells what it is by
 * which rows these are. Its identity stays for values that repeat the link.
 */
export const linkFacts = (facts: Facts, type: Type): Facts => withLineage(maskedFacts(facts), toldByMeeting(facts, type));

/** By the entity's relation and the window's: a feature set has many windows over the same. */
const refs = new WeakMap<RelationModel, WeakMap<RelationModel, readonly ColumnModel[]>>();

/** The columns of the relation that refer to the entity. */
function refsTo(entity: EntityRow, relation: RelationModel): readonly ColumnModel[] {
  let known = refs.get(entity.relation);
  if (!known) refs.set(entity.relation, (known = new WeakMap()));
  let found = known.get(relation);
  if (!found) known.set(relation, (found = relation.columns.filter(({ type }) => type.kind === 'ref' && refersTo(type, entity.relation))));
  return found;
}

/** By the key's column: what it tells of an observation, the same in every window. */
const keyFacts = new WeakMap<ColumnModel, Facts>();

/** A ref of the window's rows that holds the key of the entity's, which is read at that place. */
function byKey(row: string, { relation: own }: EntityRow, place: Place): TypedWindow['link'] | null {
  const key = own.key === null ? null : columnOf(own, own.key);
  if (!key) return null;
  let facts = keyFacts.get(key);
  if (!facts) keyFacts.set(key, (facts = linkFacts(key.facts, key.type)));
  return { row, entity: { kind: 'column', name: key.name, type: key.type, facts, place } };
}

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
  const byRef = refsTo(entity, relation);
  const only = byRef[0];
  if (!via && only && byRef.length === 1) return byKey(only.name, entity, place);
  const read = (name: string, at: Place): TypedExpr | null => {
    const column = columnOf(own, name);
    return column && { kind: 'column', name, type: column.type, facts: column.facts, place: at };
  };
  const shared = (): ColumnModel[] =>
    relation.columns.filter(column => {
      const other = columnOf(own, column.name);
      return other && comparable(column.type, other.type) && column.name !== relation.event?.column;
    });
  const viaHelp = (columns: readonly ColumnModel[]): string => columns.map(({ name }) => `\`via ${name}\``).join(' or ');

  if (!via) {
    if (byRef.length === 0 && (relation.open || own.open)) return null;
    // A ref to a table without a key has no type and is reported where it is declared: with the key the rows link.
    if (byRef.length === 0 && own.key === null && relation.columns.some(({ type }) => type.kind === 'unknown')) return null;
    if (only) {
      report(
        problem('ambiguous-link', place, `\`${relation.name}\` refers to \`${own.name}\` by more than one column.`, {
          label: 'which of its rows belong to the observation?',
          help: `Say which one: ${viaHelp(byRef)}.`,
          related: byRef.map(column => ({ place: column.place, message: `\`${column.name}\` is declared \`${typeName(column.type)}\`` })),
          fixes: byRef.map(column => ({
            title: `Link by \`${column.name}\``,
            safe: false,
            edits: [{ place: { ...place, span: { start: place.span.end, end: place.span.end } }, text: ` via ${column.name}` }],
          })),
        }),
      );
      return null;
    }
    const candidates = shared().filter(({ type }) => type.kind === 'ref' || type.kind === 'key' || type.kind === 'text' || type.kind === 'category');
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
  if (via.kind === 'name' && byRef.includes(column)) return byKey(name, entity, at);
  let other: TypedExpr | null = null;
  if (via.kind === 'name') other = read(name, at);
  else if (via.kind === 'member' && via.object.kind === 'name') {
    const { name: start } = via.object;
    const found = row.member(row.resolve(start.text, { ...at, span: start.span }) ?? start, name, { ...at, span: via.name.span }, env);
    other = found?.kind === 'value' ? found.value : null;
  }
  if (!other && own.open) return null;
  if (!other) {
    const both = shared();
    report(
      problem('no-link', at, `\`${relation.name}\` has \`${name}\`, but \`${own.name}\` does not.`, {
        help: both.length ? `Both share ${both.map(c => `\`${c.name}\``).join(', ')}.` : `Link by a column that refers to \`${own.name}\`.`,
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
        `\`${name}\` is ${typeName(column.type)} in \`${relation.name}\` and ${typeName(other.type)} in \`${own.name}\`, so no rows can match.`,
        {
          help: 'Link by columns of one type, or derive one in the type of the other first.',
          related: [{ place: column.place, message: `\`${name}\` of \`${relation.name}\`` }],
        },
      ),
    );
    return null;
  }
  const facts = linkFacts(other.facts, other.type);
  const who = asRows(other.facts, 'chosen').lineage.filter((_, i) => other.facts.lineage[i]?.isWho);
  return { row: name, entity: { ...other, facts: withLineage(facts, [...facts.lineage, ...ledBy(who, other.facts)]) } };
}
