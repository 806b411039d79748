/**
 * What stands in front of a fitted transform: one value, a list of values, or a whole feature set. A transform of one column over several
 * gives as many columns; others read them together.
 */
import type { TransformEntry } from '../catalogue/entry.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Place } from '../text/place.ts';
import { joinFacts } from './factOps.ts';
import { leftmostName } from './featureNames.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { TypedExpr } from './typed.ts';
import { classText, fits, isNumber, kindText, typeText } from './typeOps.ts';
import { isUnknown, nameOf, report } from './typing.ts';
import { sameUnit, unitText } from './units.ts';

export interface Input {
  readonly name: string;
  readonly value: TypedExpr;
}

export interface Inputs {
  readonly items: readonly Input[];
  /** Written as several, though it may hold one. */
  readonly isList: boolean;
}

/** Several values as one: each becomes a column of a group. */
export const listOf = (items: readonly TypedExpr[], place: Place): TypedExpr => ({
  kind: 'list',
  items,
  type: { kind: 'vector', size: items.length, nullable: items.some(item => item.type.nullable) },
  facts: joinFacts(...items.map(item => item.facts)),
  place,
});

export function inputsOf(expr: Expr, scope: Scope, type: TypeExpression): Inputs {
  if (expr.kind === 'list') {
    if (expr.items.length === 0) {
      report(scope, 'wrong-arguments', expr.span, 'This list is empty, and a transform needs a value.', { help: 'List the columns: `[a, b]`.' });
    }
    return { items: expr.items.map((item, i) => ({ name: leftmostName(item) ?? String(i + 1), value: type(item, scope) })), isList: true };
  }
  const set = expr.kind === 'name' ? setNamed(expr, scope) : null;
  if (set) return set;
  const value = type(expr, scope);
  if (value.kind === 'list' && value.type.kind === 'vector') {
    return { items: value.items.map((item, i) => ({ name: namedBy(item) ?? String(i + 1), value: item })), isList: true };
  }
  return { items: [{ name: leftmostName(expr) ?? '1', value }], isList: false };
}

/** The column that a chain of transforms begins with. */
function namedBy(value: TypedExpr): string | null {
  if (value.kind === 'transform') return value.inputs.length === 1 && value.inputs[0] ? namedBy(value.inputs[0]) : null;
  return value.kind === 'column' || value.kind === 'feature' || value.kind === 'path' ? value.name : null;
}

/** A feature set of the same task, where no column or feature has its name. */
function setNamed(expr: Extract<Expr, { kind: 'name' }>, scope: Scope): Inputs | null {
  const name = expr.name.text;
  if (scope.argument(name)) return null;
  const place = placeIn(scope, expr.span);
  const features = scope.featureSet(name, place);
  return features && { items: features.map(feature => ({ ...feature, value: { ...feature.value, place } })), isList: true };
}

const isReadTogether = (value: TypedExpr): boolean => isNumber(value.type) || value.type.kind === 'bool' || value.type.kind === 'vector';

/** Whether the transform takes such a value, else reported. */
export function suits(entry: TransformEntry, { name, value }: Input, scope: Scope): boolean {
  const shown = nameOf(value) ?? (entry.inputs === 'many' ? `\`${name}\`` : 'this');
  const fitting = entry.inputs === 'many' ? isReadTogether(value) : fits(value.type, entry.accepts);
  if (!fitting) {
    const takes = entry.inputs === 'many' ? 'numbers' : classText[entry.accepts];
    const isText = value.type.kind === 'category' || value.type.kind === 'text';
    report(scope, 'type-mismatch', value.place, `\`${entry.name}\` takes ${takes}, and ${shown} is ${kindText(value.type)}.`, {
      label: typeText(value.type),
      help: isText ? 'Turn levels into numbers with `one_hot`, `ordinal` or `target_encode`.' : null,
    });
    return false;
  }
  if (entry.requiresValue && value.type.nullable) {
    report(scope, 'needs-value', value.place, `\`${entry.name}\` needs a value in every row, and ${shown} may be null.`, {
      help: 'Fill it first: `x |> impute(median)`.',
    });
    return false;
  }
  return true;
}

/** Distances and directions add up their inputs: days and euros have to become pure numbers first. */
const addsUp: ReadonlySet<string> = new Set(['kmeans_distance', 'pca']);

export function together(entry: TransformEntry, inputs: readonly TypedExpr[], expr: Expr, scope: Scope): boolean {
  if (!addsUp.has(entry.name) || inputs.some(isUnknown)) return true;
  const measured = inputs.flatMap(input => (isNumber(input.type) && input.type.unit ? [{ input, unit: input.type.unit }] : []));
  const [first] = measured;
  const other = measured.find(({ unit }) => first && !sameUnit(unit, first.unit));
  if (!first || !other) return true;
  const unit = (of: typeof first): string => (unitText(of.unit) ? `in ${unitText(of.unit)}` : 'a pure number');
  report(
    scope,
    'unit-mismatch',
    expr.span,
    `\`${entry.name}\` adds up its inputs, and ${nameOf(first.input) ?? 'the first'} is ${unit(first)} while ${nameOf(other.input) ?? 'another'} is ${unit(other)}.`,
    { help: `Scale them first: \`[a, b] |> standardize |> ${entry.name}\`.` },
  );
  return false;
}
