/** What rows of a task's table share by declaration, and whether a split keeps those that share it on one side. */
import type { Program } from '../../model/program.ts';
import type { ColumnModel, SplitModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';
import { writtenName } from '../../text/writtenName.ts';
import { parts } from '../walk.ts';

export interface Shared {
  readonly kind: 'ref' | 'group' | 'site';
  /** As a program names it: `patient`, `patient.hospital`. */
  readonly text: string;
  /** The column of the task's table, and of the table it refers to where the role stands there. */
  readonly column: string;
  readonly reached: string | null;
  readonly place: Place;
}

const roleOf = ({ roles }: ColumnModel): 'group' | 'site' | null =>
  roles.some(({ kind }) => kind === 'site') ? 'site' : roles.some(({ kind }) => kind === 'group') ? 'group' : null;

/** Refs, `@group` and `@site` columns of the task's table, and `@group` and `@site` columns that its refs reach. */
export function sharedBy(program: Program, task: TaskModel): readonly Shared[] {
  const relation = program.relation(task.place.file, task.relation);
  if (!relation) return [];
  return relation.columns.flatMap((column): Shared[] => {
    const { name, place, type } = column;
    const role = roleOf(column);
    const own: Shared[] = [];
    if (role) own.push({ kind: role, text: writtenName(name), column: name, reached: null, place });
    if (type.kind !== 'ref') return own;
    if (!column.unique && !role) own.push({ kind: 'ref', text: writtenName(name), column: name, reached: null, place });
    const behind = program.relation(type.home, type.table)?.columns ?? [];
    const further = behind.flatMap((inner): Shared[] => {
      const kind = roleOf(inner);
      const text = `${writtenName(name)}.${writtenName(inner.name)}`;
      return kind ? [{ kind, text, column: name, reached: inner.name, place: inner.place }] : [];
    });
    return [...own, ...further];
  });
}

type Leaf = Extract<TypedExpr, { kind: 'column' | 'entity' | 'path' }>;

/** The columns that the value is computed from; null where it is computed from more than columns of its row. */
function leaves(expr: TypedExpr): readonly Leaf[] | null {
  if (expr.kind === 'column' || expr.kind === 'entity' || expr.kind === 'path') return [expr];
  if (expr.kind === 'literal') return [];
  if (expr.kind !== 'call' && expr.kind !== 'list') return null;
  const all: Leaf[] = [];
  for (const part of parts(expr)) {
    const found = leaves(part);
    if (!found) return null;
    all.push(...found);
  }
  return all;
}

const isFunctionOf = (leaf: Leaf, { column, reached }: Pick<Shared, 'column' | 'reached'>): boolean => {
  if (leaf.kind !== 'path') return reached === null && leaf.name === column;
  const [first, ...further] = leaf.refs;
  if (first?.ref !== column) return false;
  return reached === null || (further.length === 0 && leaf.name === reached) || further[0]?.ref === reached;
};

/** Whether rows that share it have the same value of `group`: it is computed from nothing else. */
export function covers(group: TypedExpr, shared: Pick<Shared, 'column' | 'reached'>): boolean {
  const found = leaves(group);
  return found !== null && found.length > 0 && found.every(leaf => isFunctionOf(leaf, shared));
}

/** Whether the group is computed from what is declared to be shared, of whatever kind. */
export function isDeclared(group: TypedExpr, shared: readonly Shared[]): boolean {
  const found = leaves(group);
  return found !== null && found.length > 0 && found.every(leaf => shared.some(one => isFunctionOf(leaf, one)));
}

/** The one column or path that the group is; null where it is more. */
export function soleLeaf(group: TypedExpr): Pick<Shared, 'column' | 'reached'> | null {
  if (group.kind === 'column' || group.kind === 'entity') return { column: group.name, reached: null };
  if (group.kind !== 'path' || group.refs.length !== 1) return null;
  const [first] = group.refs;
  return first ? { column: first.ref, reached: group.name } : null;
}

/** The group by which the split keeps rows together; null where it draws each by itself. */
export const groupOf = ({ method }: SplitModel): TypedExpr | null => (method.kind === 'random' ? null : method.group);

export interface Ignored {
  /** What is kept apart by nothing, the coarsest first. */
  readonly shared: readonly [Shared, ...Shared[]];
}

const first = (found: readonly Shared[]): Ignored | null => {
  const [one, ...others] = found;
  return one ? { shared: [one, ...others] } : null;
};

/** Declared groups and sites that a split by share ignores: a site holds its groups, so that a split by site keeps both together. */
export function ignoredGroups(shared: readonly Shared[], split: SplitModel): Ignored | null {
  if (split.method.kind === 'time') return null;
  const declared = [...shared.filter(({ kind }) => kind === 'site'), ...shared.filter(({ kind }) => kind === 'group')];
  const group = groupOf(split);
  if (!group) return first(declared);
  if (group.kind === 'error') return null;
  const bySite = isDeclared(
    group,
    shared.filter(({ kind }) => kind === 'site'),
  );
  return first(declared.filter(one => !covers(group, one) && !(bySite && one.kind === 'group')));
}

/** Refs of which none is kept together, unless the split keeps together what is declared as group or site. */
export function ignoredRefs(shared: readonly Shared[], split: SplitModel): Ignored | null {
  if (split.method.kind === 'time') return null;
  const refs = shared.filter(({ kind }) => kind === 'ref');
  const group = groupOf(split);
  if (group && (group.kind === 'error' || isDeclared(group, shared))) return null;
  return first(refs);
}
