/** `param`: a typed value of the program that the command line or a profile may set. */

import type { Expr, ParamDeclaration } from '../syntax/ast.ts';
import { parseFile } from '../syntax/parse.ts';
import type { Place } from '../text/place.ts';
import { type ColumnContext, typeOfExpression, withUnit } from './columnTypes.ts';
import type { ParamModel } from './environment.ts';
import { noFacts } from './factOps.ts';
import { type Constant, constantOf, type ParameterValue } from './literals.ts';
import { problem } from './problem.ts';
import { placeIn } from './scope.ts';
import type { LiteralValue, TypedExpr } from './typed.ts';
import type { Type } from './types.ts';

const open = { min: null, max: null };

function typeOfConstant(constant: Constant): Type {
  switch (constant.kind) {
    case 'number':
      return { kind: constant.integer ? 'int' : 'float', nullable: false, unit: null, bounds: open };
    case 'list':
      return { kind: 'list', nullable: false, element: constant.items[0] ? typeOfConstant(constant.items[0]) : { kind: 'unknown', nullable: true } };
    case 'null':
      return { kind: 'unknown', nullable: true };
    case 'text':
    case 'bool':
    case 'duration':
    case 'date':
    case 'timestamp':
      return { kind: constant.kind, nullable: false };
  }
}

function fits(constant: Constant, type: Type): boolean {
  if (constant.kind === 'null') return type.nullable;
  switch (type.kind) {
    case 'int':
      return constant.kind === 'number' && Number.isInteger(constant.value);
    case 'float':
    case 'decimal':
      return constant.kind === 'number';
    case 'category':
      return constant.kind === 'text' && (type.levels === null || type.levels.includes(constant.value));
    case 'key':
    case 'ref':
      return constant.kind === 'text';
    case 'timestamp':
      return constant.kind === 'timestamp' || constant.kind === 'date';
    case 'list':
      return constant.kind === 'list' && constant.items.every(item => fits(item, type.element));
    case 'unknown':
      return true;
    default:
      return constant.kind === type.kind;
  }
}

const examples: Partial<Record<Type['kind'], string>> = {
  bool: 'true',
  int: '10',
  float: '0.5',
  decimal: '0.5',
  text: '"a"',
  category: '"a"',
  date: '2024-01-31',
  timestamp: '2024-01-31T10:00:00Z',
  duration: '60d',
};

/** How a value of this type is written: the one that was meant, where what is there says it. */
function writtenAs(type: Type, meant: string): string {
  if (type.kind === 'category' && type.levels?.[0] !== undefined) return `"${type.levels[0]}"`;
  const isNumber = /^\d+(\.\d+)?$/.test(meant);
  if (type.kind === 'duration' && /^\d+$/.test(meant)) return `${meant}d`;
  if ((type.kind === 'float' || type.kind === 'decimal') && isNumber) return meant;
  if (type.kind === 'int' && isNumber) return String(Math.round(Number(meant)));
  if (type.kind === 'text' && /^[\w.-]+$/.test(meant)) return `"${meant}"`;
  if (type.kind === 'date') return /^\d{4}-\d{2}-\d{2}/.exec(meant)?.[0] ?? '2024-01-31';
  return examples[type.kind] ?? '…';
}

const meantBy = (constant: Constant | null): string => (constant && 'value' in constant ? String(constant.value) : '');

/** A value set from outside is text: a literal of the language or, for text and categories, the text itself. */
function readText(text: string, type: Type): Constant | null {
  const textual = type.kind === 'text' || type.kind === 'category' || type.kind === 'key' || type.kind === 'ref';
  const [chunk, ...more] = parseFile('', `param value = ${text.trim()}`).chunks.filter(({ parsed }) => parsed.declaration !== null);
  const declaration = chunk && more.length === 0 && chunk.parsed.problems.length === 0 ? chunk.parsed.declaration : null;
  const constant = declaration?.kind === 'param' && declaration.value ? constantOf(declaration.value) : null;
  if (textual && constant?.kind !== 'text') return { kind: 'text', value: text };
  return constant;
}

export interface ParamContext extends ColumnContext {
  readonly parameter: ParameterValue;
  /** The value set from outside, or null. */
  readonly set: string | null;
}

export function typeParam(declaration: ParamDeclaration, context: ParamContext): ParamModel {
  const { name } = declaration;
  const place: Place = placeIn(context.at, name.span);
  const at = (expr: Expr): Place => placeIn(context.at, expr.span);
  const written = declaration.value && declaration.value.kind !== 'missing' ? constantOf(declaration.value, context.parameter) : null;
  if (declaration.value && declaration.value.kind !== 'missing' && !written) {
    context.report(
      problem('parameter-value', at(declaration.value), `The value of \`${name.text}\` is not written out.`, {
        help: 'A parameter holds a value that is written out: `60d`, `0.5`, `"a"`, `2024-01-31`. For what is computed, write `def`.',
      }),
    );
  }
  const plain = declaration.type
    ? typeOfExpression(declaration.type, context)
    : written
      ? typeOfConstant(written)
      : ({ kind: 'unknown', nullable: true } as const);
  const type = declaration.unit ? withUnit(plain, declaration.unit, declaration.unit.span, context) : plain;
  const example = examples[type.kind] ?? '…';
  if (declaration.value && written && !fits(written, type)) {
    context.report(
      problem('parameter-value', at(declaration.value), `\`${name.text}\` is declared as ${type.kind}, and its value does not fit.`, {
        help: `Write it as \`${writtenAs(type, meantBy(written))}\`.`,
      }),
    );
  }
  let value = written && fits(written, type) ? written : null;
  if (context.set !== null) {
    const set = readText(context.set, type);
    if (set && fits(set, type)) value = set;
    else {
      context.report(
        problem('parameter-value', place, `\`${name.text}\` is set to \`${context.set}\`, which does not fit ${type.kind}.`, {
          help: `Set it as in \`--param ${name.text}=${writtenAs(type, context.set.trim()).replaceAll('"', '')}\`.`,
        }),
      );
    }
  } else if (!declaration.value) {
    context.report(
      problem('parameter-value', place, `\`${name.text}\` has no value.`, {
        help: `Give it one: \`param ${name.text}: ${type.kind} = ${example}\`, or set it with \`--param ${name.text}=${example.replaceAll('"', '')}\`.`,
      }),
    );
  }
  return { name: name.text, place, type, value };
}

function literal(constant: Constant): LiteralValue | undefined {
  if (constant.kind === 'list') return undefined;
  return constant.kind === 'null' ? null : constant.value;
}

/** A parameter read in an expression: its value, written in place of its name. */
export function constantExpr({ type, value }: ParamModel, place: Place): TypedExpr {
  const held = value && literal(value);
  if (held === undefined || value === null) return { kind: 'error', type: { kind: 'unknown', nullable: true }, facts: noFacts, place };
  return { kind: 'literal', value: held, type, facts: noFacts, place };
}
