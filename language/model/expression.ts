/**
 * The typing of expressions: every name resolved, every definition expanded, every part with its type and flow facts. One cause is
 * reported once: what could not be typed is `unknown`, which agrees with everything.
 */
import { entryOf } from '../catalogue/catalogue.ts';
import type { Expr, ExprOf } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import { typeUnary } from './arithmetic.ts';
import { exactly } from './bounds.ts';
import { expand, typeCall } from './calls.ts';
import { joinFacts } from './factOps.ts';
import { enter, newLimits } from './limits.ts';
import { knownLevel } from './meeting.ts';
import { listType } from './membership.ts';
import { typeBinary, typeIf } from './operators.ts';
import { respell } from './problem.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { TypedExpr } from './typed.ts';
import { boolType, durationType, floatType, intType, nullType, textType } from './typeOps.ts';
import type { Type } from './types.ts';
import { failed, isUnknown, literal, nameOf, report } from './typing.ts';

export const typeExpression: TypeExpression = (expr, scope, expected) => {
  const limits = newLimits(expr, scope);
  const type: TypeExpression = (part, of, wanted) => {
    if (!enter(limits)) return failed(placeIn(of, part.span));
    const typed = typePart(part, of, type, wanted);
    limits.depth--;
    return typed;
  };
  return type(expr, scope, expected);
};

function typePart(expr: Expr, scope: Scope, type: TypeExpression, expected: Type | undefined): TypedExpr {
  switch (expr.kind) {
    case 'name':
      return typeName(expr, scope, type, expected);
    case 'call':
      return typeCall(expr, scope, type, expected);
    case 'binary':
      return typeBinary(expr, scope, type, expected);
    case 'member':
      return typeMember(expr, scope, type);
    case 'unary':
      return typeUnary(expr, scope, type);
    case 'if':
      return typeIf(expr, scope, type, expected);
    case 'list':
    case 'set':
      return typeList(expr, scope, type, expected);
    case 'range':
      return typeRange(expr, scope, type);
    case 'pipe':
      return typePipe(expr, scope, type, expected);
    default:
      return typeLiteral(expr, scope, expected);
  }
}

type Composed = 'name' | 'call' | 'binary' | 'member' | 'unary' | 'if' | 'list' | 'set' | 'range' | 'pipe';

function typeLiteral(expr: ExprOf<Exclude<Expr['kind'], Composed>>, scope: Scope, expected: Type | undefined): TypedExpr {
  const place = placeIn(scope, expr.span);
  switch (expr.kind) {
    case 'number':
      return literal(
        expr.value,
        expr.isInteger && expected?.kind !== 'float' ? intType(exactly(expr.value), null) : floatType(exactly(expr.value), null),
        place,
      );
    case 'percent':
      return literal(expr.value, floatType(exactly(expr.value), null), place);
    case 'duration':
      return literal(expr.value, durationType, place);
    case 'date':
    case 'timestamp':
      return literal(expr.micros, { kind: expr.kind, nullable: false }, place);
    case 'text':
      return level(literal(expr.value, textType, place), scope, expected);
    case 'bool':
      return literal(expr.value, boolType, place);
    case 'null':
      return literal(null, nullType, place);
    case 'missing':
      return failed(place);
  }
}

/** A text in the place of a category is one of its levels. */
function level(typed: TypedExpr, scope: Scope, expected: Type | undefined): TypedExpr {
  return expected?.kind === 'category' && expected.levels && !knownLevel(scope, typed, expected) ? failed(typed.place) : typed;
}

// ---------------------------------------------------------------- names

function typeName(expr: ExprOf<'name'>, scope: Scope, type: TypeExpression, expected: Type | undefined): TypedExpr {
  const { text: name, span } = expr.name;
  const place = placeIn(scope, expr.span);
  if (name === '') return failed(place);
  const argument = scope.argument(name);
  // The argument keeps its own place: what is wrong with it is shown where it was written.
  if (argument) return type(argument.expr, argument.scope, expected);
  const resolved = scope.resolve(name, place);
  if (resolved) return resolved;
  const definition = scope.definition(name);
  if (definition) {
    const asCall: ExprOf<'call'> = { kind: 'call', span: expr.span, callee: expr.name, args: [] };
    return expand(definition, asCall, scope, type, expected);
  }
  // A definition that is being expanded is a circle, which its own declaration reports.
  if (scope.isDefinition(name)) return failed(place);
  unknownName(name, span, scope);
  return failed(place);
}

function unknownName(name: string, span: ExprOf<'name'>['span'], scope: Scope): void {
  if (entryOf('function', name) || entryOf('aggregate', name) || entryOf('transform', name)) {
    report(scope, 'wrong-arguments', span, `\`${name}\` is a function and needs its arguments.`, {
      help: `Write \`${name}(x)\`, or \`x |> ${name}\`.`,
    });
    return;
  }
  if (scope.relation(name)) {
    report(scope, 'type-mismatch', span, `\`${name}\` is a table, and here one value belongs.`, {
      help: `Read a column of it, or aggregate it: \`count(${name} last 30d)\`.`,
    });
    return;
  }
  const near = nearest(name, [...scope.names(), ...scope.definitionNames()]);
  report(
    scope,
    'unknown-name',
    span,
    scope.use === 'constant' ? `There is no parameter \`${name}\`.` : `There is no column or definition \`${name}\` here.`,
    {
      help: near ? `Did you mean \`${near}\`?` : null,
      fixes: near ? [respell(placeIn(scope, span), near)] : [],
    },
  );
}

/** `product.tier`, `passenger.age`: a path through refs, or a column of the entity by its name. */
function typeMember(expr: ExprOf<'member'>, scope: Scope, type: TypeExpression): TypedExpr {
  const place = placeIn(scope, expr.span);
  const { object, name } = expr;
  if (object.kind === 'name' && object.name.text === '') return failed(place);
  if (object.kind === 'name' && !scope.argument(object.name.text)) {
    const column = scope.resolve(object.name.text, placeIn(scope, object.span));
    const found = scope.member(column && !isUnknown(column) ? column : object.name, name);
    if (found) return { ...found, place };
    if (column) return noMember(column, expr, scope);
    const definition = scope.definition(object.name.text);
    if (!definition) {
      if (name.text !== '') unknownName(object.name.text, object.span, scope);
      return failed(place);
    }
  }
  const typed = type(object, scope);
  if (isUnknown(typed)) return failed(place, typed);
  const found = scope.member(typed, name);
  return found ? { ...found, place } : noMember(typed, expr, scope);
}

function noMember(object: TypedExpr, expr: ExprOf<'member'>, scope: Scope): TypedExpr {
  if (!isUnknown(object) && expr.name.text !== '') {
    report(scope, 'type-mismatch', expr.object.span, `${nameOf(object) ?? 'This'} refers to no table, so it has no \`${expr.name.text}\`.`, {
      help: 'A path goes through columns of type `ref TABLE`.',
    });
  }
  return failed(placeIn(scope, expr.span), object);
}

// ---------------------------------------------------------------- lists and ranges

function typeList(expr: ExprOf<'list' | 'set'>, scope: Scope, type: TypeExpression, expected: Type | undefined): TypedExpr {
  const element = expected?.kind === 'list' ? expected.element : undefined;
  const items = expr.items.map(item => type(item, scope, element));
  return { kind: 'list', items, type: listType(items), facts: joinFacts(...items.map(item => item.facts)), place: placeIn(scope, expr.span) };
}

/** A range is no value: `in` reads its own. */
function typeRange(expr: ExprOf<'range'>, scope: Scope, type: TypeExpression): TypedExpr {
  for (const end of [expr.from, expr.to]) if (end) type(end, scope);
  report(scope, 'type-mismatch', expr.span, 'A range stands after `in`, and here one value belongs.', { help: 'Write `x in 1..3`.' });
  return failed(placeIn(scope, expr.span));
}

// ---------------------------------------------------------------- pipes

/** `x |> f(a)` is `f(x, a)`. */
function typePipe(expr: ExprOf<'pipe'>, scope: Scope, type: TypeExpression, expected: Type | undefined): TypedExpr {
  const { value, target } = expr;
  const callee = target.kind === 'name' ? target.name : target.kind === 'call' ? target.callee : null;
  if (!callee || callee.text === '') {
    const typed = type(value, scope);
    if (target.kind !== 'missing' && callee === null)
      report(scope, 'wrong-arguments', target.span, 'A function comes after `|>`.', { help: 'Write `x |> log1p` or `x |> impute(median)`.' });
    return failed(placeIn(scope, expr.span), typed);
  }
  const input = { span: value.span, name: null, value, window: null };
  const args = target.kind === 'call' ? target.args : [];
  // Without the parentheses that may stand around it.
  const span = { start: value.span.start, end: target.span.end };
  const asCall: Expr = { kind: 'call', span, callee, args: [input, ...args] };
  return typeCall(asCall, scope, type, expected);
}
