/** Operations on value types: building, joining, comparing and printing them as users write them. */
import type { TypeClass } from '../catalogue/entry.ts';
import { atLeast, hullOf, open } from './bounds.ts';
import type { Bounds, Type, TypeOf, Unit } from './types.ts';
import { pure, sameUnit, unitText } from './units.ts';

// ---------------------------------------------------------------- building

export const unknownType: Type = { kind: 'unknown', nullable: true };
export const nullType: Type = { kind: 'null', nullable: true };
export const textType: Type = { kind: 'text', nullable: false };
export const boolType: Type = { kind: 'bool', nullable: false };
export const durationType: Type = { kind: 'duration', nullable: false };
export const countType: Type = { kind: 'int', nullable: false, unit: pure, bounds: atLeast(0) };

export type NumberType = TypeOf<'int'> | TypeOf<'float'> | TypeOf<'decimal'>;

export const intType = (bounds: Bounds = open, unit: Unit | null = pure): TypeOf<'int'> => ({ kind: 'int', nullable: false, unit, bounds });
export const floatType = (bounds: Bounds = open, unit: Unit | null = pure): TypeOf<'float'> => ({ kind: 'float', nullable: false, unit, bounds });
export const categoryType = (levels: readonly string[] | null): TypeOf<'category'> => ({ kind: 'category', nullable: false, levels });

export const withNullable = <T extends Type>(type: T, nullable: boolean): T => (type.nullable === nullable ? type : { ...type, nullable });
export const orNull = <T extends Type>(type: T, also: boolean): T => withNullable(type, type.nullable || also);

// ---------------------------------------------------------------- asking

export const isUnknown = (type: Type): boolean => type.kind === 'unknown';
export const isNumber = (type: Type): type is NumberType => type.kind === 'int' || type.kind === 'float' || type.kind === 'decimal';
export const isTime = (type: Type): type is TypeOf<'date'> | TypeOf<'timestamp'> => type.kind === 'date' || type.kind === 'timestamp';
/** Whether both hold keys of one source or table: two files may each have one of that name. */
export const sameRef = (a: TypeOf<'ref'>, b: TypeOf<'ref'>): boolean => a.table === b.table && a.home === b.home;

export const isTextual = (type: Type): boolean => ['text', 'category', 'key', 'ref'].includes(type.kind);
export const isOrderable = (type: Type): boolean => isNumber(type) || isTime(type) || type.kind === 'text' || type.kind === 'duration';

/** Whether a parameter of that class takes the type. What could not be typed, and null, fit everywhere. */
export function fits(type: Type, accepts: TypeClass): boolean {
  if (type.kind === 'unknown' || type.kind === 'null') return true;
  switch (accepts) {
    case 'any':
    case 'same':
      return type.kind !== 'list';
    case 'number':
      return isNumber(type);
    case 'int':
    case 'bool':
    case 'date':
    case 'duration':
    case 'list':
      return type.kind === accepts;
    case 'text':
      return type.kind === 'text' || type.kind === 'category';
    case 'textual':
      return isTextual(type);
    case 'category':
      return isTextual(type) || type.kind === 'bool' || type.kind === 'int';
    case 'time':
      return isTime(type);
    case 'orderable':
      return isOrderable(type);
  }
}

/** The class in words, for "… takes a number". */
export const classText: Readonly<Record<TypeClass, string>> = {
  any: 'one value',
  number: 'a number',
  int: 'a whole number',
  bool: 'a condition (bool)',
  text: 'text',
  category: 'levels (a category, text, bool or int)',
  textual: 'text',
  date: 'a date',
  time: 'a date or timestamp',
  duration: 'a duration',
  orderable: 'values with an order (numbers, times, durations, text)',
  same: 'a value of the same type',
  list: 'a list of numbers such as [1, 2, 3]',
};

/** Why two types cannot be compared or joined: by kind, or only by unit. */
export type Clash = 'kind' | 'unit' | null;

/** Units agree, or one side is a literal without a unit of its own. */
const unitsAgree = (a: Unit | null, b: Unit | null): boolean => a === null || b === null || sameUnit(a, b);

/** Whether `a == b` has a meaning. */
export function clash(a: Type, b: Type): Clash {
  if (a.kind === 'unknown' || b.kind === 'unknown' || a.kind === 'null' || b.kind === 'null') return null;
  if (isNumber(a) && isNumber(b)) return unitsAgree(a.unit, b.unit) ? null : 'unit';
  if (isTime(a) && isTime(b)) return null;
  if (a.kind === 'ref' && b.kind === 'ref') return sameRef(a, b) ? null : 'kind';
  if (isTextual(a) && isTextual(b)) return null;
  if (a.kind === 'list' && b.kind === 'list') return clash(a.element, b.element);
  return a.kind === b.kind ? null : 'kind';
}

// ---------------------------------------------------------------- joining

/** Decimals hold 38 digits; what does not fit overflows at run time with a clear error. */
export const decimalType = (digits: number, scale: number, unit: Unit | null, bounds: Bounds): TypeOf<'decimal'> => {
  const held = Math.min(scale, 38);
  return { kind: 'decimal', nullable: false, precision: Math.min(Math.max(digits, 0) + held, 38), scale: held, unit, bounds };
};

const asDecimal = (type: TypeOf<'int'> | TypeOf<'decimal'>): { digits: number; scale: number } =>
  type.kind === 'int' ? { digits: 19, scale: 0 } : { digits: type.precision - type.scale, scale: type.scale };

/** The narrowest number type that holds both, with the bounds given. */
export function promote(a: NumberType, b: NumberType, unit: Unit | null, bounds: Bounds): NumberType {
  if (a.kind === 'float' || b.kind === 'float') return floatType(bounds, unit);
  if (a.kind === 'int' && b.kind === 'int') return intType(bounds, unit);
  const [x, y] = [asDecimal(a), asDecimal(b)];
  return decimalType(Math.max(x.digits, y.digits), Math.max(x.scale, y.scale), unit, bounds);
}

/** The type of a value that is one or the other: of `if`, `??` and `union`. Null when there is none. */
export function joinTypes(a: Type, b: Type): Type | null {
  const nullable = a.nullable || b.nullable;
  if (a.kind === 'unknown' || b.kind === 'unknown') return unknownType;
  if (a.kind === 'null') return withNullable(b, true);
  if (b.kind === 'null') return withNullable(a, true);
  if (isNumber(a) && isNumber(b)) {
    return unitsAgree(a.unit, b.unit) ? withNullable(promote(a, b, a.unit ?? b.unit, hullOf(a.bounds, b.bounds)), nullable) : null;
  }
  if (isTime(a) && isTime(b)) return { kind: a.kind === b.kind ? a.kind : 'timestamp', nullable };
  if (a.kind === 'category' && b.kind === 'category') {
    return { kind: 'category', levels: a.levels && b.levels ? [...new Set([...a.levels, ...b.levels])] : null, nullable };
  }
  if (a.kind === 'ref' && b.kind === 'ref') return sameRef(a, b) ? withNullable(a, nullable) : { kind: 'text', nullable };
  if (a.kind === b.kind && a.kind !== 'list' && a.kind !== 'vector') return withNullable(a, nullable);
  if (isTextual(a) && isTextual(b)) return { kind: 'text', nullable };
  if (a.kind === 'list' && b.kind === 'list') {
    const element = joinTypes(a.element, b.element);
    return element && { kind: 'list', element, nullable };
  }
  return a.kind === 'vector' && b.kind === 'vector' && a.size === b.size ? withNullable(a, nullable) : null;
}

// ---------------------------------------------------------------- printing

const shownLevels = 8;

function levelsText(levels: readonly string[]): string {
  const shown = levels.slice(0, shownLevels).map(level => JSON.stringify(level));
  return `{ ${[...shown, ...(levels.length > shownLevels ? ['…'] : [])].join(', ')} }`;
}

/** The type without nullability, range and unit: for messages. */
export function kindText(type: Type): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'ref':
      return `ref ${type.table}`;
    case 'vector':
      return type.size ? `vector(${type.size})` : 'vector';
    case 'list':
      return `list<${kindText(type.element)}>`;
    default:
      return type.kind;
  }
}

export function boundsText({ min, max }: Bounds): string {
  return `${min ?? ''}..${max ?? ''}`;
}

/** As a column declaration writes it: `int? in 1..3 unit "day"`. */
export function typeText(type: Type): string {
  const levels = type.kind === 'category' && type.levels ? ` ${levelsText(type.levels)}` : '';
  const head = `${kindText(type)}${levels}${type.nullable && type.kind !== 'null' && type.kind !== 'unknown' ? '?' : ''}`;
  if (!isNumber(type)) return head;
  const { min, max } = type.bounds;
  const range = (min === null && max === null) || (min === max && type.unit === null) ? '' : ` in ${boundsText(type.bounds)}`;
  return `${head}${range}${type.unit && unitText(type.unit) ? ` unit "${unitText(type.unit)}"` : ''}`;
}
