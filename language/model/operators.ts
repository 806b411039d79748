/** Typing of operators: arithmetic, comparisons, conditions, `??`, `if` and `matches`, after the rules of values in docs/semantics.md. */
import type { BinaryOperator, ExprOf } from '../syntax/ast.ts';
import { arithmetic } from './arithmetic.ts';
import { type Comparison, decided } from './bounds.ts';
import { noFacts } from './factOps.ts';
import { boundsOf, eitherType, knownLevel, meeting, reportClash, reportDecided, requireCondition } from './meeting.ts';
import { membership } from './membership.ts';
import { patternProblem } from './patterns.ts';
import { type Problem, problem } from './problem.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { TypedExpr } from './typed.ts';
import { boolType, clash, isOrderable, isTextual, orNull, typeText, withNullable } from './typeOps.ts';
import type { Type } from './types.ts';
import { call, decision, described, exampleLevels, exampleName, failed, isUnknown, nameOf, report } from './typing.ts';

const comparisonKeys: Readonly<Record<Comparison, string>> = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' };

const isComparison = (operator: BinaryOperator): operator is Comparison => operator in comparisonKeys;

const isNull = (expr: TypedExpr): boolean => expr.type.kind === 'null';

// ---------------------------------------------------------------- comparisons

function nullTest(operator: '==' | '!=', value: TypedExpr, expr: ExprOf<'binary'>, scope: Scope): TypedExpr {
  const place = placeIn(scope, expr.span);
  // Outside checks a value that is declared may still be null: until it is known, or where a row is missing.
  const isDecided = scope.use === 'check' && value.kind === 'column' && !value.type.nullable;
  const test = isDecided ? call('is_null', [value], boolType, place, noFacts) : decision('is_null', [value], boolType, place);
  if (isDecided) {
    const [rule, word] = operator === '==' ? (['impossible-range', 'never'] as const) : (['always-holds', 'always'] as const);
    report(scope, rule, expr.span, `This ${word} holds: ${nameOf(value) ?? 'the value'} is declared without \`?\`.`, {
      label: operator === '==' ? 'never true' : 'always true',
      help: 'Leave it out, or let the column admit nulls: `name : type?`.',
    });
  }
  return operator === '==' ? test : decision('not', [test], boolType, place);
}

function comparison(operator: Comparison, left: TypedExpr, right: TypedExpr, expr: ExprOf<'binary'>, scope: Scope): TypedExpr {
  const place = placeIn(scope, expr.span);
  const equality = operator === '==' || operator === '!=';
  if (equality && isNull(right)) return nullTest(operator, left, expr, scope);
  if (equality && isNull(left)) return nullTest(operator, right, expr, scope);
  const type = orNull(boolType, left.type.nullable || right.type.nullable);
  const result = (): TypedExpr => decision(comparisonKeys[operator], meeting(left, right), type, place);
  if (isUnknown(left) || isUnknown(right)) return result();
  if (isNull(left) || isNull(right)) {
    report(scope, 'type-mismatch', expr.span, `A comparison with null by \`${operator}\` is always null.`, {
      help: 'Test for a missing value with `x == null` or `x != null`.',
    });
    return result();
  }
  const why = clash(left.type, right.type);
  if (why) {
    reportClash(scope, expr.span, left, right, why, 'compared');
    return result();
  }
  if (!knownLevel(scope, left, right) || !knownLevel(scope, right, left)) return result();
  if (!equality) {
    const without = [left, right].find(e => !isOrderable(e.type));
    if (without) {
      report(scope, 'unordered-comparison', expr.span, `${described(without, 'This value')} has no order, so \`${operator}\` has no meaning.`, {
        label: typeText(without.type),
        help:
          without.type.kind === 'category'
            ? `Name the levels that you mean: \`${exampleName(without)} in { ${exampleLevels(without.type).join(', ')} }\`.`
            : 'Compare with `==` or `!=`.',
      });
      return result();
    }
    const months = [left, right].find(e => e.kind === 'literal' && typeof e.value === 'object' && e.value !== null && e.value.months !== 0);
    if (months && left.type.kind === 'duration') {
      report(scope, 'type-mismatch', expr.span, `${nameOf(months) ?? 'This'} has no fixed length: months have 28 to 31 days.`, {
        help: 'Compare with days, such as `30d`.',
      });
    }
  }
  const [a, b] = [boundsOf(left), boundsOf(right)];
  if (a && b) {
    const subject = left.kind === 'literal' ? right : left;
    reportDecided(scope, expr.span, subject, decided(a, operator, b));
  }
  return result();
}

// ---------------------------------------------------------------- conditions

/** `x or 0` where a value for null was meant. */
function replacement({ operatorSpan }: ExprOf<'binary'>, scope: Scope): Problem {
  const place = placeIn(scope, operatorSpan);
  return problem('type-mismatch', place, '`or` joins conditions, and these are values.', {
    help: 'A value that stands in for null comes after `??`.',
    fixes: [{ title: 'Write `??`', safe: false, edits: [{ place, text: '??' }] }],
  });
}

function logical(key: 'and' | 'or', left: TypedExpr, right: TypedExpr, expr: ExprOf<'binary'>, scope: Scope): TypedExpr {
  if (
    key === 'or' &&
    right.kind === 'literal' &&
    right.value !== null &&
    right.type.kind !== 'bool' &&
    left.type.kind !== 'bool' &&
    !isUnknown(left)
  ) {
    scope.report(replacement(expr, scope));
    return failed(placeIn(scope, expr.span), left, right);
  }
  requireCondition(scope, left, `\`${key}\``);
  requireCondition(scope, right, `\`${key}\``);
  return decision(key, [left, right], orNull(boolType, left.type.nullable || right.type.nullable), placeIn(scope, expr.span));
}

function matches(left: TypedExpr, right: TypedExpr, expr: ExprOf<'binary'>, scope: Scope): TypedExpr {
  const place = placeIn(scope, expr.span);
  if (!isUnknown(left) && !isNull(left) && !isTextual(left.type)) {
    report(scope, 'type-mismatch', expr.left.span, `\`matches\` looks at text, not at ${described(left)}.`, {
      help: 'Turn it into text first: `text(x) matches "…"`.',
    });
  }
  if (right.kind === 'literal' && typeof right.value === 'string') {
    const advice = patternProblem(right.value);
    if (advice) report(scope, 'type-mismatch', expr.right.span, 'This pattern would not mean the same wherever it runs.', { help: advice });
  } else if (!isUnknown(right)) {
    report(scope, 'type-mismatch', expr.right.span, 'A pattern is a text that is written out.', { help: 'Write it in quotes: `matches "^A"`.' });
  }
  return decision('matches', [left, right], orNull(boolType, left.type.nullable), place);
}

// ---------------------------------------------------------------- one value or another

function coalesce(left: TypedExpr, right: TypedExpr, expr: ExprOf<'binary'>, scope: Scope): TypedExpr {
  const place = placeIn(scope, expr.span);
  const type = eitherType(left, right, expr.span, scope, '`??`');
  if (!type) return failed(place, left, right);
  return call(
    'coalesce',
    meeting(left, right),
    isUnknown(left) || isUnknown(right) ? type : withNullable(type, left.type.nullable && right.type.nullable),
    place,
  );
}

export function typeIf(expr: ExprOf<'if'>, scope: Scope, type: TypeExpression, expected?: Type): TypedExpr {
  const condition = type(expr.condition, scope, boolType);
  requireCondition(scope, condition, '`if`');
  const then = type(expr.then, scope, expected);
  const otherwise = type(expr.otherwise, scope, expected);
  const place = placeIn(scope, expr.span);
  const joined = eitherType(then, otherwise, { start: expr.then.span.start, end: expr.otherwise.span.end }, scope, '`if`');
  return joined ? call('if', [condition, ...meeting(then, otherwise)], joined, place) : failed(place, condition, then, otherwise);
}

// ---------------------------------------------------------------- operators

export function typeBinary(expr: ExprOf<'binary'>, scope: Scope, type: TypeExpression, expected?: Type): TypedExpr {
  const { operator } = expr;
  if (operator === 'in') return membership(expr, scope, type);
  const left = type(expr.left, scope, operator === '??' ? expected : undefined);
  const right = type(expr.right, scope, operator === '??' ? expected : undefined);
  if (isComparison(operator)) return comparison(operator, left, right, expr, scope);
  switch (operator) {
    case 'and':
    case 'or':
      return logical(operator, left, right, expr, scope);
    case '??':
      return coalesce(left, right, expr, scope);
    case 'matches':
      return matches(left, right, expr, scope);
    default:
      return arithmetic(operator, left, right, expr, scope);
  }
}
