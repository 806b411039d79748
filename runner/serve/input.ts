/** Values that somebody brings to be scored, as JSON or JavaScript writes them, read as the type that the program declares. */
import type { PlanType } from '../../language/plan/plan.ts';
import { microsPerDay } from '../sql/write.ts';
import type { Leaf } from './encoder.ts';
import { literalValue } from './expression.ts';
import { type Value, ValueError } from './values.ts';

export interface Input {
  readonly name: string;
  readonly type: PlanType;
  readonly leaf: Leaf;
  /** When a cell becomes known: left out, it is known. */
  readonly isOptional: boolean;
}

const words: Readonly<Record<string, string>> = {
  bool: 'true or false',
  int: 'a whole number',
  float: 'a number',
  text: 'text',
  date: 'a date such as "2024-01-31"',
  timestamp: 'a moment such as "2024-01-31T10:00:00Z"',
  duration: 'a duration in microseconds',
};

const wrong = ({ name, type }: Input): never => {
  throw new ValueError(`\`${name}\` takes ${typeof type === 'object' ? 'a decimal number' : words[type]}.`);
};

const decimal = /^-?[0-9]+(\.[0-9]+)?$/;

/** Microseconds, an ISO 8601 text, or a Date. */
function instant(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  const millis = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(millis) ? null : millis * 1000;
}

function numberText(value: unknown, scale: number): string | null {
  const text = typeof value === 'number' ? value.toFixed(scale) : typeof value === 'bigint' || typeof value === 'string' ? String(value) : '';
  const [, fraction = ''] = text.split('.');
  return decimal.test(text) && fraction.length <= scale ? text : null;
}

export function readInput(input: Input, value: unknown): Value {
  if (value === undefined || value === null) return input.isOptional ? Number.NEGATIVE_INFINITY : null;
  const { type } = input;
  switch (type) {
    case 'bool':
      return typeof value === 'boolean' ? value : wrong(input);
    case 'text':
      return typeof value === 'string' ? value : wrong(input);
    case 'float':
      return typeof value === 'number' && Number.isFinite(value) ? value : wrong(input);
    case 'int':
      if (typeof value === 'bigint') return value;
      return Number.isSafeInteger(value) ? BigInt(value as number) : wrong(input);
    case 'date':
      return Math.floor((instant(value) ?? wrong(input)) / microsPerDay) * microsPerDay;
    case 'timestamp':
      return instant(value) ?? wrong(input);
    case 'duration':
      return typeof value === 'number' && Number.isFinite(value) ? { months: 0, micros: value } : wrong(input);
    default:
      return literalValue(type, numberText(value, type.decimal[1]) ?? wrong(input));
  }
}
