/** Typing of `in`: lists and sets of members, and ranges whose ends belong to them. */
import type { ExprOf } from '../syntax/ast.ts';
import { microsPerDay } from '../text/duration.ts';
import type { Place } from '../text/place.ts';
import { decided, within } from './bounds.ts';
import { asInstant, boundsOf, knownLevel, reportClash, reportDecided } from './meeting.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { TypedExpr } from './typed.ts';
import { boolType, clash, isOrderable, orNull, typeText, unknownType } from './typeOps.ts';
import type { Type } from './types.ts';
import { decision, described, isUnknown, report, written } from './typing.ts';

export function membership(expr: ExprOf<'binary'>, scope: Scope, type: TypeExpression): TypedExpr {
  const value = type(expr.left, scope);
  const right = written(expr.right, scope);
  switch (right.expr.kind) {
    case 'range':
      return inRange(value, right.expr, expr, scope, right.scope, type);
    case 'list':
    case 'set':
      return inList(value, right.expr, expr, scope, right.scope, type);
    case 'missing':
      return decision('in', [value], orNull(boolType, true), placeIn(scope, expr.span));
    default: {
      const other = type(right.expr, right.scope);
      if (!isUnknown(other)) {
        report(scope, 'type-mismatch', expr.right.span, '`in` needs a list, a set or a range.', {
          help: 'Write `x in [1, 2]`, `x in { "a", "b" }` or `x in 1..3`.',
        });
      }
      return decision('in', [value, other], orNull(boolType, true), placeIn(scope, expr.span));
    }
  }
}

/** `of` is the scope of the list, which may come from a definition's argument. */
function inList(value: TypedExpr, list: ExprOf<'list' | 'set'>, expr: ExprOf<'binary'>, scope: Scope, of: Scope, type: TypeExpression): TypedExpr {
  const items = list.items.map(item => type(item, of));
  for (const item of items) {
    const why = clash(value.type, item.type);
    if (why) reportClash(scope, item.place, value, item, why, 'compared');
    else knownLevel(scope, item, value);
  }
  const element = items[0]?.type ?? unknownType;
  const members: TypedExpr = {
    kind: 'list',
    items: items.map(item => (value.type.kind === 'timestamp' ? asInstant(item) : item)),
    type: { kind: 'list', element, nullable: false },
    facts: decision('in', items, boolType, placeIn(of, list.span)).facts,
    place: placeIn(of, list.span),
  };
  if (!items.length) report(of, 'impossible-range', list.span, 'Nothing lies in an empty list.', { help: 'List the values that you mean.' });
  return decision('in', [value, members], orNull(boolType, value.type.nullable || items.some(item => item.type.nullable)), placeIn(scope, expr.span));
}

/** A date as the upper end of a range of moments includes its whole day. */
function lastInstant(end: TypedExpr): TypedExpr {
  const instant = asInstant(end);
  return end.type.kind === 'date' && instant.kind === 'literal' && typeof instant.value === 'number'
    ? { ...instant, value: instant.value + microsPerDay - 1 }
    : instant;
}

function inRange(value: TypedExpr, range: ExprOf<'range'>, expr: ExprOf<'binary'>, scope: Scope, of: Scope, type: TypeExpression): TypedExpr {
  const place = placeIn(of, range.span);
  const ends = [range.from, range.to].map(end => end && type(end, of));
  const result = (from: TypedExpr | null, to: TypedExpr | null): TypedExpr => {
    const present = [from, to].filter(end => end !== null);
    const node: TypedExpr = {
      kind: 'range',
      from,
      to,
      type: { kind: 'list', element: value.type, nullable: false },
      facts: decision('between', present, boolType, place).facts,
      place,
    };
    return decision(
      'between',
      [value, node],
      orNull(boolType, value.type.nullable || present.some(end => end.type.nullable)),
      placeIn(scope, expr.span),
    );
  };
  const [from = null, to = null] = ends;
  if (isUnknown(value)) return result(from, to);
  if (!isOrderable(value.type) && value.type.kind !== 'null') {
    report(scope, 'unordered-comparison', expr.span, `${described(value, 'This value')} has no order, so it lies in no range.`, {
      label: typeText(value.type),
      help: 'List the values that you mean: `x in { "a", "b" }`.',
    });
    return result(from, to);
  }
  for (const end of [from, to]) {
    const why = end && clash(value.type, end.type);
    if (end && why) {
      reportClash(scope, end.place, value, end, why, 'compared');
      return result(from, to);
    }
  }
  checkRange(value, from, to, place, expr, scope);
  return value.type.kind === 'timestamp' ? result(from && asInstant(from), to && lastInstant(to)) : result(from, to);
}

function checkRange(value: TypedExpr, from: TypedExpr | null, to: TypedExpr | null, range: Place, expr: ExprOf<'binary'>, scope: Scope): void {
  const [low, high] = [from && boundsOf(from), to && boundsOf(to)];
  if (low && high && decided(low, '<=', high) === 'never') {
    report(scope, 'impossible-range', range, 'This range begins above its end, so nothing lies in it.', { help: 'Swap the two ends.' });
    return;
  }
  const bounds = boundsOf(value);
  if (bounds && (from === null || low) && (to === null || high)) {
    reportDecided(scope, expr.span, value, within(bounds, { min: low?.max ?? null, max: high?.min ?? null }));
  }
}

/** `list<T>` of the items that are written, for functions that take one. */
export const listType = (items: readonly TypedExpr[]): Type => ({ kind: 'list', element: items[0]?.type ?? unknownType, nullable: false });
