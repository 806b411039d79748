/**
 * Shapes of time columns: which root a time goes back to, shifted by which constant. Only what holds on every date is claimed, so
 * calendar months are tracked once and never added to each other.
 */
import type { DurationValue } from '../syntax/ast.ts';
import { longestMicros } from '../text/duration.ts';
import { addDuration, durationLe, lastInstant, negateDuration, type Shifted, sameDuration, zeroDuration } from './factOps.ts';
import type { Term } from './facts.ts';
import type { RelationModel, TypedExpr } from './typed.ts';
import type { Type } from './types.ts';

const isZero = (d: DurationValue): boolean => sameDuration(d, zeroDuration);

/**
 * Null where the shift has no constant: January 31 plus a month, minus a month is January 28, so months go only on an unshifted root.
 * Exact time on top of months is what a duration with both means.
 */
export function shifted(shape: Shifted, by: DurationValue): Shifted | null {
  return by.months === 0 || isZero(shape.plus) ? { root: shape.root, plus: addDuration(shape.plus, by) } : null;
}

/** The shape of an expression over time columns: `x`, `x + 30d`, `x - 1h`. */
export function shapeOf(expr: TypedExpr, of: (leaf: TypedExpr) => Shifted | null): Shifted | null {
  if (expr.kind !== 'call') return of(expr);
  const [left, right] = expr.args;
  if (!left || !right || (expr.fn !== 'add' && expr.fn !== 'sub')) return of(expr);
  const moved = (time: TypedExpr, by: TypedExpr, sign: 1 | -1): Shifted | null => {
    if (by.kind !== 'literal' || by.type.kind !== 'duration' || by.value === null || typeof by.value !== 'object') return null;
    const shape = shapeOf(time, of);
    return shape && shifted(shape, sign === 1 ? by.value : negateDuration(by.value));
  };
  return moved(left, right, expr.fn === 'add' ? 1 : -1) ?? (expr.fn === 'add' ? moved(right, left, 1) : null);
}

/** When a value of that shape has passed: a date with its last instant. */
export const passed = (shape: Shifted, type: Type): Shifted =>
  type.kind === 'date' ? { root: shape.root, plus: addDuration(shape.plus, lastInstant) } : shape;

/** `a − b`, where that is one duration for every date. */
export function difference(a: DurationValue, b: DurationValue): DurationValue | null {
  if (isZero(b)) return a;
  return a.months === b.months ? { months: 0, micros: a.micros - b.micros } : null;
}

/** Known time minus event time, where that is one constant. */
export function constantLag(event: Shifted | null, known: Shifted | null): DurationValue | null {
  return event && known && event.root === known.root ? difference(known.plus, event.plus) : null;
}

/** A duration that is at least as long as each, from every date. */
export function upper(durations: readonly DurationValue[]): DurationValue {
  const most = durations.find(d => durations.every(other => durationLe(other, d)));
  return most ?? { months: 0, micros: Math.max(...durations.map(longestMicros)) };
}

/**
 * The greatest shift from the event time's root by which a row and all these terms are known; null when known is not the event time plus
 * a constant, or a term has another root.
 */
export function boundedBy(relation: RelationModel, terms: readonly Term[]): DurationValue | null {
  const { event, known, lag } = relation;
  if (!event || !known || lag === null) return null;
  if (terms.some(t => t.root !== event.shape.root)) return null;
  return upper([known.term.plus, ...terms.map(t => t.plus)]);
}
