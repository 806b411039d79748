/** Typing of `+ - * / % div` and the signs: numbers with their units and bounds, and times moved by durations. */
import type { BinaryOperator, ExprOf } from '../syntax/ast.ts';
import { microsPerDay } from '../text/duration.ts';
import type { Place } from '../text/place.ts';
import { addBounds, divideBounds, mayBeZero, multiplyBounds, negateBounds, open, subtractBounds } from './bounds.ts';
import { addDuration, negateDuration } from './factOps.ts';
import { reportClash } from './meeting.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { LiteralValue, TypedExpr } from './typed.ts';
import {
  clash,
  decimalType,
  durationType,
  floatType,
  intType,
  isNumber,
  isTextual,
  isTime,
  kindText,
  type NumberType,
  orNull,
  promote,
} from './typeOps.ts';
import type { Bounds, Type, Unit } from './types.ts';
import { call, decision, described, exampleLevels, exampleName, failed, isUnknown, literal, nameOf, report } from './typing.ts';
import { divideUnits, multiplyUnits, pure, sameUnit } from './units.ts';

type ArithmeticOperator = Extract<BinaryOperator, '+' | '-' | '*' | '/' | '%' | 'div'>;

const keys: Readonly<Record<ArithmeticOperator, string>> = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '%': 'mod', div: 'intdiv' };

/** Remainders by up to this many put rows into buckets; by more they may tell them apart. */
const mostBuckets = 1000;

const verbs: Readonly<Record<ArithmeticOperator, string>> = {
  '+': 'added',
  '-': 'subtracted',
  '*': 'multiplied',
  '/': 'divided',
  '%': 'divided',
  div: 'divided',
};

// ---------------------------------------------------------------- numbers

/** Literals adapt to the other side; two literals stay adaptable. */
const combineUnits = (a: Unit | null, b: Unit | null, f: (a: Unit, b: Unit) => Unit): Unit | null =>
  a === null && b === null ? null : f(a ?? {}, b ?? {});

function product(a: NumberType, b: NumberType, unit: Unit | null, bounds: Bounds): NumberType {
  if (a.kind === 'decimal' && b.kind === 'decimal')
    return decimalType(a.precision - a.scale + b.precision - b.scale, a.scale + b.scale, unit, bounds);
  return promote(a, b, unit, bounds);
}

/** A remainder has the sign of the divisor and is nearer to 0; among whole numbers by one at least. */
function remainderBounds({ bounds: { min, max }, kind }: NumberType, whole: boolean): Bounds {
  const step = whole && kind === 'int' ? 1 : 0;
  if (min !== null && min >= 0) return { min: 0, max: max === null ? null : Math.max(0, max - step) };
  return max !== null && max <= 0 ? { min: min === null ? null : Math.min(0, min + step), max: 0 } : open;
}

function numbers(operator: ArithmeticOperator, a: NumberType, b: NumberType): Type {
  const nullable = a.nullable || b.nullable;
  const unit = a.unit ?? b.unit;
  switch (operator) {
    case '+':
      return orNull(promote(a, b, unit, addBounds(a.bounds, b.bounds)), nullable);
    case '-':
      return orNull(promote(a, b, unit, subtractBounds(a.bounds, b.bounds)), nullable);
    case '*':
      return orNull(product(a, b, combineUnits(a.unit, b.unit, multiplyUnits), multiplyBounds(a.bounds, b.bounds)), nullable);
    case '/':
      return orNull(floatType(divideBounds(a.bounds, b.bounds), combineUnits(a.unit, b.unit, divideUnits)), nullable || mayBeZero(b.bounds));
    case 'div':
      return orNull(intType(open, combineUnits(a.unit, b.unit, divideUnits)), nullable || mayBeZero(b.bounds));
    case '%':
      return orNull(promote(a, b, unit, remainderBounds(b, a.kind === 'int')), nullable || mayBeZero(b.bounds));
  }
}

// ---------------------------------------------------------------- times and durations

const wholeDays = (value: LiteralValue): boolean => value !== null && typeof value === 'object' && value.micros % microsPerDay === 0;

/** A date moved by days or months that are written out stays a date; by anything else it is a moment. */
function movedTime(time: TypedExpr, by: TypedExpr): Type {
  const stays = time.type.kind === 'date' && by.kind === 'literal' && wholeDays(by.value);
  return { kind: time.type.kind === 'timestamp' || !stays ? 'timestamp' : 'date', nullable: time.type.nullable || by.type.nullable };
}

/** `hour * 1h`: a duration so many times over; null where these are none. What has a unit of its own counts something else. */
function repeated(length: TypedExpr, count: TypedExpr, place: Place): TypedExpr | null {
  if (length.type.kind !== 'duration' || count.type.kind !== 'int' || !sameUnit(count.type.unit ?? pure, pure)) return null;
  if (length.kind === 'literal' && count.kind === 'literal' && isDurationValue(length.value) && Number.isInteger(count.value)) {
    const [{ months, micros }, n] = [length.value, Number(count.value)];
    return literal({ months: months * n, micros: micros * n }, durationType, place);
  }
  return call('mul', [length, count], orNull(durationType, length.type.nullable || count.type.nullable), place);
}

function times(operator: ArithmeticOperator, left: TypedExpr, right: TypedExpr, expr: ExprOf<'binary'>, scope: Scope): TypedExpr | null {
  const place = placeIn(scope, expr.span);
  const isDuration = (e: TypedExpr): boolean => e.type.kind === 'duration';
  if (operator === '*') return repeated(left, right, place) ?? repeated(right, left, place);
  if (operator !== '+' && operator !== '-') return null;
  if (isTime(left.type) && isDuration(right)) return call(keys[operator], [left, right], movedTime(left, right), place);
  if (operator === '+' && isDuration(left) && isTime(right.type)) return call('add', [right, left], movedTime(right, left), place);
  if (isDuration(left) && isDuration(right)) {
    if (left.kind === 'literal' && right.kind === 'literal' && isDurationValue(left.value) && isDurationValue(right.value)) {
      return literal(addDuration(left.value, operator === '+' ? right.value : negateDuration(right.value)), durationType, place);
    }
    return call(keys[operator], [left, right], orNull(durationType, left.type.nullable || right.type.nullable), place);
  }
  if (operator === '-' && isTime(left.type) && isTime(right.type)) {
    return decision('sub', [left, right], orNull(durationType, left.type.nullable || right.type.nullable), place);
  }
  return null;
}

export const isDurationValue = (value: LiteralValue): value is Extract<LiteralValue, { months: number }> =>
  value !== null && typeof value === 'object';

// ---------------------------------------------------------------- operators

/** Keys, refs and categories are names, whatever signs they are written with. */
function nameLike(scope: Scope, operands: readonly TypedExpr[], verb: string): boolean {
  const found = operands.find(e => ['key', 'ref', 'category'].includes(e.type.kind));
  if (!found) return false;
  scope.report({
    rule: 'arithmetic-on-key',
    place: found.place,
    message: `${nameOf(found) ?? 'This'} is a ${found.type.kind === 'ref' ? 'reference' : found.type.kind}: it names something and cannot be ${verb}.`,
    label: kindText(found.type),
    help:
      found.type.kind === 'category'
        ? `Compare it with a level, such as \`${exampleName(found)} == ${exampleLevels(found.type)[0] ?? ''}\`, or declare the column as a number.`
        : 'Compare it with `==`, or declare the column as a number if it is one.',
    related: [],
    fixes: [],
  });
  return true;
}

/** A null in place of a value of that type. */
const alwaysNull = (type: Type): Type => (isNumber(type) ? { ...type, nullable: true, bounds: open } : type);

export function arithmetic(operator: ArithmeticOperator, left: TypedExpr, right: TypedExpr, expr: ExprOf<'binary'>, scope: Scope): TypedExpr {
  const place = placeIn(scope, expr.span);
  if (isUnknown(left) || isUnknown(right)) return failed(place, left, right);
  if (nameLike(scope, [left, right], verbs[operator])) return failed(place, left, right);
  const ofTimes = times(operator, left, right, expr, scope);
  if (ofTimes) return ofTimes;
  const a = left.type.kind === 'null' ? alwaysNull(right.type) : left.type;
  const b = right.type.kind === 'null' ? alwaysNull(left.type) : right.type;
  if (!isNumber(a) || !isNumber(b)) {
    reportArithmetic(operator, left, right, expr, scope);
    return failed(place, left, right);
  }
  if (operator === 'div' && (a.kind !== 'int' || b.kind !== 'int')) {
    const other = a.kind === 'int' ? right : left;
    report(scope, 'type-mismatch', expr.span, `\`div\` divides whole numbers, and ${described(other)} is not one.`, {
      help: 'Divide with `/`, or write `floor(a / b)`.',
    });
    return failed(place, left, right);
  }
  if (['+', '-', '%'].includes(operator) && clash(a, b) === 'unit') {
    reportClash(scope, expr.span, left, right, 'unit', verbs[operator]);
    return failed(place, left, right);
  }
  const isFew = operator === '%' && right.kind === 'literal' && typeof right.value === 'number' && right.value <= mostBuckets;
  const facts = isFew ? decision : call;
  return facts(keys[operator], [left, right], numbers(operator, a, b), place);
}

function reportArithmetic(operator: ArithmeticOperator, left: TypedExpr, right: TypedExpr, expr: ExprOf<'binary'>, scope: Scope): void {
  const operands = [left, right];
  const time = operands.find(e => isTime(e.type));
  const duration = operator === '*' ? operands.find(e => e.type.kind === 'duration') : undefined;
  const number = operands.find(e => isNumber(e.type));
  const help =
    operator === '+' && operands.some(e => isTextual(e.type))
      ? 'Put texts together with `concat(a, b)`.'
      : time && number?.kind === 'literal'
        ? `Write a duration: \`${String(number.value)}d\`.`
        : operands.some(e => e.type.kind === 'bool')
          ? 'Turn a condition into a number with `int(x)`.'
          : operands.every(e => e.type.kind === 'duration')
            ? 'Take the time between two moments as a number: `days(from, to) / 365`.'
            : duration && number
              ? 'A duration is taken a whole number of times: `int(x) * 1m`.'
              : null;
  report(
    scope,
    'type-mismatch',
    expr.span,
    `${described(left, 'The left side')} and ${described(right, 'the right side')} cannot be ${verbs[operator]}.`,
    {
      label: `${kindText(left.type)} ${operator} ${kindText(right.type)}`,
      help,
    },
  );
}

export function typeUnary(expr: ExprOf<'unary'>, scope: Scope, type: TypeExpression): TypedExpr {
  const place = placeIn(scope, expr.span);
  const operand = type(expr.operand, scope);
  if (isUnknown(operand)) return failed(place, operand);
  if (expr.operator === 'not') {
    if (operand.type.kind === 'bool' || operand.type.kind === 'null')
      return decision('not', [operand], { kind: 'bool', nullable: operand.type.nullable }, place);
    report(scope, 'type-mismatch', expr.operand.span, `\`not\` takes a condition (bool), not ${described(operand)}.`, {
      help: 'Compare it first, such as `not (x > 0)`.',
    });
    return failed(place, operand);
  }
  if (nameLike(scope, [operand], 'negated')) return failed(place, operand);
  const minus = expr.operator === '-';
  if (operand.kind === 'literal' && isDurationValue(operand.value)) {
    return literal(minus ? negateDuration(operand.value) : operand.value, operand.type, place);
  }
  if (isNumber(operand.type)) {
    if (!minus) return { ...operand, place };
    const negated: Type = { ...operand.type, bounds: negateBounds(operand.type.bounds) };
    return operand.kind === 'literal' && typeof operand.value === 'number'
      ? literal(0 - operand.value, negated, place)
      : call('neg', [operand], negated, place);
  }
  if (operand.type.kind === 'duration') return minus ? call('neg', [operand], operand.type, place) : operand;
  report(scope, 'type-mismatch', expr.span, `\`${expr.operator}\` takes a number, not ${described(operand)}.`, {
    help: isTextual(operand.type)
      ? 'Turn it into a number first: `float(x)`.'
      : operand.type.kind === 'bool'
        ? 'Turn a condition into a number with `int(x)`.'
        : null,
  });
  return failed(place, operand);
}
