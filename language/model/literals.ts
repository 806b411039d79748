/**
 * Values that are written out: settings of connectors, bounds of columns, ends of data. They are read without typing an expression, so
 * that a source's type depends on nothing but its own text and the parameters it names.
 */
import type { DurationValue, Expr } from '../syntax/ast.ts';
import { microsPerDay } from '../text/duration.ts';
import { negateDuration } from './factOps.ts';
import type { SettingValue } from './typed.ts';
import type { Bounds } from './types.ts';

export type Constant =
  | { readonly kind: 'number'; readonly value: number; readonly integer: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'duration'; readonly value: DurationValue }
  /** Microseconds since 1970 UTC; of a date, of its first instant. */
  | { readonly kind: 'date' | 'timestamp'; readonly value: number }
  | { readonly kind: 'list'; readonly items: readonly Constant[] };

/** The value of a `param` of that name, or null. */
export type ParameterValue = (name: string) => Constant | null;

const none: ParameterValue = () => null;

/** The value that `expr` writes out, or null when it is not a literal, a list of them, or the name of a parameter. */
export function constantOf(expr: Expr, parameter: ParameterValue = none): Constant | null {
  switch (expr.kind) {
    case 'number':
      return { kind: 'number', value: expr.value, integer: expr.isInteger };
    case 'percent':
      return { kind: 'number', value: expr.value, integer: false };
    case 'text':
      return { kind: 'text', value: expr.value };
    case 'bool':
      return { kind: 'bool', value: expr.value };
    case 'null':
      return { kind: 'null' };
    case 'duration':
      return { kind: 'duration', value: expr.value };
    case 'date':
    case 'timestamp':
      return { kind: expr.kind, value: expr.micros };
    case 'name':
      return parameter(expr.name.text);
    case 'unary': {
      const operand = constantOf(expr.operand, parameter);
      if (operand?.kind === 'number' && expr.operator !== 'not')
        return { ...operand, value: expr.operator === '-' ? 0 - operand.value : operand.value };
      if (operand?.kind === 'duration' && expr.operator !== 'not') {
        return { ...operand, value: expr.operator === '-' ? negateDuration(operand.value) : operand.value };
      }
      return null;
    }
    case 'list':
    case 'set': {
      const items = expr.items.map(item => constantOf(item, parameter));
      return items.every(item => item !== null) ? { kind: 'list', items } : null;
    }
    default:
      return null;
  }
}

export function settingValue(constant: Constant): SettingValue {
  switch (constant.kind) {
    case 'null':
      return null;
    case 'duration':
      return { duration: constant.value };
    case 'list':
      return constant.items.map(settingValue);
    default:
      return constant.value;
  }
}

/** A number as bounds count it: times in microseconds, and a date as the upper end includes its whole day. */
function edge(constant: Constant | null, end: 'from' | 'to'): number | null {
  switch (constant?.kind) {
    case 'number':
    case 'timestamp':
      return constant.value;
    case 'date':
      return end === 'to' ? constant.value + microsPerDay - 1 : constant.value;
    case 'duration':
      return constant.value.months ? null : constant.value.micros;
    default:
      return null;
  }
}

export interface ConstantRange {
  readonly bounds: Bounds;
  /** Of the ends that were written; null when none was. */
  readonly kind: Constant['kind'] | null;
}

/** `1..3`, `0..`, `..2024-07-31`, `..`: null when an end is not a constant of one kind. */
export function rangeOfConstants(expr: Expr, parameter: ParameterValue = none): ConstantRange | null {
  if (expr.kind !== 'range') return null;
  const from = expr.from && constantOf(expr.from, parameter);
  const to = expr.to && constantOf(expr.to, parameter);
  if ((expr.from && !from) || (expr.to && !to)) return null;
  const isTime = (constant: Constant | null): boolean => constant?.kind === 'date' || constant?.kind === 'timestamp';
  if (from && to && from.kind !== to.kind && !(isTime(from) && isTime(to))) return null;
  return { bounds: { min: edge(from, 'from'), max: edge(to, 'to') }, kind: (from ?? to)?.kind ?? null };
}
