/**
 * The type of a declared column: its type expression and its constraints. Constraints that the type cannot have are reported and left
 * out, so that what remains is always consistent.
 */
import { laterWord } from '../catalogue/catalogue.ts';
import type { ColumnDeclaration, Constraint, Expr, TypeExpr } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { open } from './bounds.ts';
import { constantOf, type ParameterValue, rangeOfConstants } from './literals.ts';
import { patternProblem } from './patterns.ts';
import { type Problem, problem, respell } from './problem.ts';
import { placeIn } from './scope.ts';
import type { SourceModel } from './typed.ts';
import { isNumber, isTime } from './typeOps.ts';
import type { Bounds, Type } from './types.ts';
import { parseUnit, pure } from './units.ts';

export type ColumnBounds = SourceModel['bounds'][string];

/** What the type of a column depends on beside its own text. */
export interface ColumnContext {
  readonly at: { readonly file: string; readonly decl: string };
  readonly parameter: ParameterValue;
  /** The source or table of that name as this file sees it: only its key and the file of it, so that sources may refer to each other. */
  readonly table: (name: string) => { readonly key: string | null; readonly home: string } | 'unknown';
  readonly tableNames: () => readonly string[];
  readonly report: (problem: Problem) => void;
}

export interface TypedColumn {
  readonly type: Type;
  readonly bounds: ColumnBounds;
  readonly unique: boolean;
  readonly immutable: boolean;
}

const typeNames = [
  'bool',
  'int',
  'float',
  'decimal',
  'text',
  'category',
  'date',
  'timestamp',
  'duration',
  'vector',
  'list',
  'json',
  'key',
  'ref',
] as const;

const isText = (type: Type): boolean => type.kind === 'text' || type.kind === 'category';

function wholeNumber(expr: Expr | undefined, context: ColumnContext): number | null {
  const constant = expr && constantOf(expr, context.parameter);
  return constant?.kind === 'number' && Number.isInteger(constant.value) ? constant.value : null;
}

function textsOf(items: readonly Expr[], context: ColumnContext, place: (span: Span) => Place): string[] {
  const texts: string[] = [];
  for (const item of items) {
    const constant = constantOf(item, context.parameter);
    if (constant?.kind !== 'text') {
      if (item.kind !== 'missing') {
        context.report(
          problem('role-does-not-fit', place(item.span), 'The levels of a category are texts.', {
            help: 'Put each level in quotes: `{ "a", "b" }`.',
          }),
        );
      }
    } else if (texts.includes(constant.value)) {
      context.report(
        problem('role-does-not-fit', place(item.span), `The level "${constant.value}" is listed twice.`, { help: 'Leave one of the two out.' }),
      );
    } else {
      texts.push(constant.value);
    }
  }
  return texts;
}

function decimalType(decl: TypeExpr, nullable: boolean, context: ColumnContext, place: (span: Span) => Place): Type {
  const precision = wholeNumber(decl.args[0], context);
  const scale = decl.args.length === 1 ? 0 : wholeNumber(decl.args[1], context);
  if (precision !== null && scale !== null && decl.args.length <= 2 && precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision) {
    return { kind: 'decimal', nullable, precision, scale, unit: pure, bounds: open };
  }
  context.report(
    problem('unknown-type', place(decl.span), 'A decimal says how many digits it has, and how many of them stand after the point.', {
      help: 'Write it as `decimal(10, 2)`: up to 38 digits.',
    }),
  );
  return { kind: 'unknown', nullable };
}

function refType(decl: TypeExpr, nullable: boolean, context: ColumnContext, place: (span: Span) => Place): Type {
  if (!decl.table?.text) {
    context.report(
      problem('unknown-type', place(decl.span), 'A ref names the table whose key it holds.', {
        help: 'Write it as `ref customers`, with the name of a source or table.',
      }),
    );
    return { kind: 'unknown', nullable };
  }
  const table = decl.table.text;
  const found = context.table(table);
  if (found === 'unknown') {
    const near = nearest(table, context.tableNames());
    context.report(
      problem('unknown-ref', place(decl.table.span), `There is no source or table \`${table}\` that this column could refer to.`, {
        help: near ? `Did you mean \`${near}\`?` : 'Declare the source, or import it from the file that does.',
        fixes: near ? [respell(place(decl.table.span), near)] : [],
      }),
    );
    return { kind: 'unknown', nullable };
  }
  if (found.key === null) {
    context.report(
      problem('ref-without-key', place(decl.table.span), `\`${table}\` has no key that a ref could hold.`, {
        help: `Give the identifying column of \`${table}\` the type \`key\`.`,
      }),
    );
    return { kind: 'unknown', nullable };
  }
  return { kind: 'ref', nullable, table, home: found.home };
}

export const unreadableUnit = (text: string, place: Place): Problem =>
  problem('unknown-unit', place, `"${text}" cannot be read as a unit.`, {
    help: 'Write names with `*`, `/` and `^` between them: `"EUR/day"`, `"m^2"`.',
  });

/** The type with the unit that is written behind it, or as it is after saying why it has none. */
export function withUnit(type: Type, written: Expr, whole: Span, context: ColumnContext): Type {
  const place = placeIn(context.at, written.span);
  const text = constantOf(written, context.parameter);
  const refuse = (span: Span, message: string, help: string): Type => {
    context.report(problem('role-does-not-fit', placeIn(context.at, span), message, { help }));
    return type;
  };
  if (text?.kind !== 'text')
    return written.kind === 'missing' ? type : refuse(written.span, 'A unit is a text.', 'Put the unit in quotes: `unit "EUR"`.');
  if (!isNumber(type))
    return type.kind === 'unknown' ? type : refuse(whole, `Only numbers have a unit, and this is ${typeText(type)}.`, 'Leave the unit out.');
  const unit = parseUnit(text.value);
  if (!unit) context.report(unreadableUnit(text.value, place));
  return unit ? { ...type, unit } : type;
}

/** A type as written, without the constraints of a column. */
export function typeOfExpression(decl: TypeExpr, context: ColumnContext): Type {
  const place = (span: Span): Place => placeIn(context.at, span);
  const { nullable } = decl;
  const name = decl.name.text;
  if (laterWord('type', name)) {
    context.report(
      problem('later-form', place(decl.name.span), `Columns of type \`${name}\` cannot be read yet.`, {
        help: 'Leave the column out: undeclared columns are ignored.',
      }),
    );
  }
  switch (name) {
    case 'bool':
    case 'text':
    case 'date':
    case 'timestamp':
    case 'duration':
    case 'json':
    case 'key':
      return { kind: name, nullable };
    case 'int':
    case 'float':
      return { kind: name, nullable, unit: pure, bounds: open };
    case 'decimal':
      return decimalType(decl, nullable, context, place);
    case 'category':
      return { kind: 'category', nullable, levels: decl.levels && textsOf(decl.levels, context, place) };
    case 'vector':
      return { kind: 'vector', nullable, size: wholeNumber(decl.args[0], context) ?? 0 };
    case 'list':
      return { kind: 'list', nullable, element: decl.element ? typeOfExpression(decl.element, context) : { kind: 'unknown', nullable: true } };
    case 'ref':
      return refType(decl, nullable, context, place);
    case '':
      return { kind: 'unknown', nullable };
    default: {
      const usable = typeNames.filter(n => !laterWord('type', n));
      const near = nearest(name, usable);
      context.report(
        problem('unknown-type', place(decl.name.span), `There is no type \`${name}\`.`, {
          help: near ? `Did you mean \`${near}\`?` : `Types are ${usable.map(n => `\`${n}\``).join(', ')}.`,
          fixes: near ? [respell(place(decl.name.span), near)] : [],
        }),
      );
      return { kind: 'unknown', nullable };
    }
  }
}

interface Building {
  type: Type;
  bounds: Bounds | null;
  pattern: string | null;
  unique: boolean;
  immutable: boolean;
  levels: readonly string[] | null;
}

const typeText = (type: Type): string => (type.kind === 'ref' ? `ref ${type.table}` : type.kind);

type Refuse = (span: Span, message: string, help: string) => void;

function applyRange(
  constraint: Extract<Constraint, { kind: 'in' }>,
  built: Building,
  context: ColumnContext,
  place: (span: Span) => Place,
  refuse: Refuse,
): void {
  const { type } = built;
  const { range } = constraint;
  if (type.kind === 'unknown' || range.kind === 'missing') return;
  if (range.kind === 'set' || range.kind === 'list') {
    if (!isText(type)) {
      refuse(constraint.span, `A list of values only limits text and categories, and this column is ${typeText(type)}.`, 'Write a range: `in 1..3`.');
      return;
    }
    built.levels = textsOf(range.items, context, place);
    if (type.kind === 'category') built.type = { ...type, levels: built.levels };
    return;
  }
  const found = rangeOfConstants(range, context.parameter);
  const fits =
    found !== null &&
    (found.kind === null ||
      (isNumber(type) && found.kind === 'number') ||
      (isTime(type) && (found.kind === 'date' || found.kind === 'timestamp')) ||
      (type.kind === 'duration' && found.kind === 'duration'));
  if (!fits) {
    const example = isTime(type)
      ? '`in 2020-01-01..`'
      : type.kind === 'duration'
        ? '`in 0d..30d`'
        : isText(type)
          ? '`in { "a", "b" }`'
          : '`in 0..100`';
    refuse(constraint.span, `This limit does not fit a column of type ${typeText(type)}.`, `A limit looks like ${example}.`);
    return;
  }
  const { min, max } = found.bounds;
  if (min !== null && max !== null && min > max) {
    context.report(
      problem('impossible-range', place(range.span), 'No value lies in this range: its lower end is above its upper end.', {
        help: 'Swap the two ends.',
      }),
    );
    return;
  }
  built.bounds = found.bounds;
  if (type.kind === 'int') {
    built.bounds = { min: min === null ? null : Math.ceil(min), max: max === null ? null : Math.floor(max) };
  }
  if (isNumber(type)) built.type = { ...type, bounds: built.bounds };
}

function applyPattern(constraint: Extract<Constraint, { kind: 'matches' }>, built: Building, context: ColumnContext, refuse: Refuse): void {
  const pattern = constantOf(constraint.pattern, context.parameter);
  if (constraint.pattern.kind === 'missing' || built.type.kind === 'unknown') return;
  if (!isText(built.type) && built.type.kind !== 'key' && built.type.kind !== 'ref') {
    refuse(constraint.span, `Only text has a pattern, and this column is ${typeText(built.type)}.`, 'Limit it by a range: `in 0..100`.');
    return;
  }
  if (pattern?.kind !== 'text') {
    refuse(constraint.pattern.span, 'A pattern is a text.', 'Put the pattern in quotes: `matches "[0-9]+"`.');
    return;
  }
  const advice = patternProblem(pattern.value);
  if (advice) refuse(constraint.pattern.span, `"${pattern.value}" cannot be read as a pattern.`, advice);
  else built.pattern = pattern.value;
}

/** Type, limits and marks of a column. */
export function typeColumn(column: ColumnDeclaration, context: ColumnContext): TypedColumn {
  const place = (span: Span): Place => placeIn(context.at, span);
  const refuse: Refuse = (span, message, help) => context.report(problem('role-does-not-fit', place(span), message, { help }));
  const type = typeOfExpression(column.type, context);
  const built: Building = { type, bounds: null, pattern: null, unique: type.kind === 'key', immutable: false, levels: null };
  for (const constraint of column.constraints) {
    switch (constraint.kind) {
      case 'in':
        applyRange(constraint, built, context, place, refuse);
        break;
      case 'matches':
        applyPattern(constraint, built, context, refuse);
        break;
      case 'unique':
        built.unique = true;
        break;
      case 'immutable':
        built.immutable = true;
        break;
      case 'unit':
        built.type = withUnit(built.type, constraint.unit, constraint.span, context);
        break;
    }
  }
  const levels = built.type.kind === 'category' ? built.type.levels : built.levels;
  return {
    type: built.type,
    bounds: { bounds: built.bounds, pattern: built.pattern, unique: built.unique, levels },
    unique: built.unique,
    immutable: built.immutable,
  };
}
