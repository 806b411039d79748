/**
 * Conditions on times of rows that a table joined by hand. `b.t < a.t` bounds when b's row is known by when a's is, where the known time of b
 * is its time plus a constant; `<=` lets the row of the very moment in, and a known time of another root is not bounded at all.
 */
import { addDuration, maximalTerms, reason, type Shifted, sameDuration, termLe, zeroDuration } from './factOps.ts';
import type { Facts, JoinRule, Term } from './facts.ts';
import { rowOfRoot } from './roots.ts';
import { difference, shapeOf } from './shapes.ts';
import type { RelationModel, TypedExpr } from './typed.ts';

interface Order {
  readonly earlier: Shifted;
  readonly later: Shifted;
  readonly isStrict: boolean;
  readonly condition: TypedExpr;
}

const turned: Readonly<Record<string, boolean>> = { lt: false, le: false, gt: true, ge: true };

/** The orders of times that hold on every row on which the condition is true. */
function ordersIn(condition: TypedExpr, shapeOf: (expr: TypedExpr) => Shifted | null): readonly Order[] {
  if (condition.kind !== 'call') return [];
  const { fn, args } = condition;
  if (fn === 'and') return args.flatMap(part => ordersIn(part, shapeOf));
  const isTurned = Object.hasOwn(turned, fn) ? turned[fn] : undefined;
  const [left, right] = args.map(shapeOf);
  if (isTurned === undefined || !left || !right) return [];
  return [{ earlier: isTurned ? right : left, later: isTurned ? left : right, isStrict: fn === 'lt' || fn === 'gt', condition }];
}

function ordered(term: Term, { earlier, later, isStrict, condition }: Order, relation: RelationModel): Term {
  const row = rowOfRoot(term.root);
  if (!term.joined || rowOfRoot(earlier.root) !== row || rowOfRoot(later.root) === row) return term;
  const told = (joined: JoinRule): Term => ({
    ...term,
    joined,
    reason: reason(condition.place, 'this condition decides which rows stay', term.reason),
  });
  const apart = earlier.root === term.root ? difference(term.plus, earlier.plus) : null;
  if (!apart || (later.plus.months !== 0 && !sameDuration(apart, zeroDuration))) return told('event-time-not-known-time');
  const bound: Shifted = { root: later.root, plus: addDuration(later.plus, apart) };
  if (!relation.known || !termLe(bound, relation.known.term)) return told('event-time-not-known-time');
  return isStrict ? { root: bound.root, plus: bound.plus, reason: term.reason } : told('window-includes-cutoff');
}

/** When rows that the condition keeps are known to be there. */
export function boundByCondition(exists: Facts, condition: TypedExpr, relation: RelationModel): Facts {
  if (!exists.known.some(term => term.joined)) return exists;
  const shapes = (expr: TypedExpr): Shifted | null =>
    shapeOf(expr, leaf => (leaf.kind === 'column' ? (relation.columns.find(({ name }) => name === leaf.name)?.shape ?? null) : null));
  const orders = ordersIn(condition, shapes);
  if (orders.length === 0) return exists;
  return { ...exists, known: maximalTerms(exists.known.map(term => orders.reduce((t, order) => ordered(t, order, relation), term))) };
}
