/** Rows that stand in a table more than once because it puts overlapping parts of one source together: over-sampling by hand. */
import type { RelationModel, TypedExpr } from './typed.ts';

/** What is compared, without its place and facts; null for what is more than columns, literals and calls. */
function textOf(expr: TypedExpr): string | null {
  switch (expr.kind) {
    case 'column':
      return expr.facts.lineage.map(({ source, column }) => `${source}.${column}`).join('+') || null;
    case 'literal':
      return JSON.stringify(expr.value);
    case 'call': {
      const args = expr.args.map(textOf);
      return args.includes(null) ? null : `${expr.fn}(${args.join(',')})`;
    }
    default:
      return null;
  }
}

const opposites: Readonly<Record<string, string>> = { lt: 'ge', ge: 'lt', le: 'gt', gt: 'le', eq: 'ne', ne: 'eq' };

/** Whether no row meets both: one is the other's negation, or they ask one column for different values. */
function excludes(a: TypedExpr, b: TypedExpr): boolean {
  const [x, y] = [textOf(a), textOf(b)];
  if (x === null || y === null) return false;
  if (x === `not(${y})` || y === `not(${x})`) return true;
  if (a.kind !== 'call' || b.kind !== 'call') return false;
  const [left, right] = a.args;
  const [other, value] = b.args;
  if (!left || !right || !other || !value || textOf(left) !== textOf(other)) return false;
  if (opposites[a.fn] === b.fn) return textOf(right) === textOf(value);
  return a.fn === 'eq' && b.fn === 'eq' && right.kind === 'literal' && value.kind === 'literal' && textOf(right) !== textOf(value);
}

/** The conditions that are joined by `and`. */
export const conjuncts = (condition: TypedExpr): readonly TypedExpr[] =>
  condition.kind === 'call' && condition.fn === 'and' ? condition.args.flatMap(conjuncts) : [condition];

/** Whether a row of one source may be on both sides. */
export function mayShareRows(a: RelationModel, b: RelationModel): boolean {
  if (!a.rowsOf?.some(source => b.rowsOf?.includes(source))) return false;
  return !(a.kept ?? []).some(x => (b.kept ?? []).some(y => excludes(x, y)));
}
