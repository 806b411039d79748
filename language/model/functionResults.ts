/** What a row function gives: its type with unit, range and nullability, from the catalogue entry and the arguments. */
import type { FunctionEntry } from '../catalogue/entry.ts';
import { divideBounds, greatestBounds, leastBounds, mapBounds, mayBeZero, open } from './bounds.ts';
import type { TypedExpr } from './typed.ts';
import { floatType, intType, isNumber, joinTypes, type NumberType, orNull, unknownType } from './typeOps.ts';
import type { Bounds, Type, Unit } from './types.ts';
import { baseUnit, divideUnits, powerUnit, pure } from './units.ts';

const boundsOf = (type: Type | undefined): Bounds => (type && isNumber(type) ? type.bounds : open);

const unitOf = (type: Type | undefined): Unit | null => (type && isNumber(type) ? type.unit : null);

function unit(entry: FunctionEntry, [a, b]: readonly Type[]): Unit | null {
  switch (entry.unit) {
    case 'keep':
      return a && isNumber(a) ? (entry.key === 'sqrt' && a.unit ? powerUnit(a.unit, 1 / 2) : a.unit) : pure;
    case 'quotient':
      return unitOf(a) === null && unitOf(b) === null ? null : divideUnits(unitOf(a) ?? pure, unitOf(b) ?? pure);
    case 'days':
      return baseUnit(entry.name);
    case 'drop':
    case 'written':
    case 'none':
      return pure;
  }
}

/** Rising functions move the ends of a range. Ends that a computer rounds are moved outwards to whole numbers, to claim nothing false. */
const exact: Readonly<Record<string, (x: number) => number>> = { floor: Math.floor, ceil: Math.ceil, to_int: Math.trunc, to_float: x => x };
const rounded: Readonly<Record<string, (x: number) => number>> = {
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log1p: Math.log1p,
  log10: Math.log10,
};

const outwards = ({ min, max }: Bounds): Bounds => ({ min: min === null ? null : Math.floor(min), max: max === null ? null : Math.ceil(max) });

function bounds(entry: FunctionEntry, types: readonly Type[]): Bounds {
  const [a, b, c] = types.map(boundsOf);
  const rise = exact[entry.key] ?? rounded[entry.key];
  const declared: Bounds = entry.range ? { min: entry.range[0], max: entry.range[1] } : open;
  if (a && rise && types[0] && isNumber(types[0])) {
    const moved = entry.key in rounded ? outwards(mapBounds(a, rise)) : mapBounds(a, rise);
    return { min: moved.min ?? declared.min, max: moved.max ?? declared.max };
  }
  switch (entry.key) {
    case 'abs':
      return a?.min != null && a.min >= 0 ? a : { min: 0, max: a?.min == null || a.max == null ? null : Math.max(-a.min, a.max) };
    case 'least':
      return types.map(boundsOf).reduce(leastBounds);
    case 'greatest':
      return types.map(boundsOf).reduce(greatestBounds);
    case 'clip':
      return a && b && c ? { min: b.min === null ? null : greatestBounds(a, b).min, max: c.max === null ? null : leastBounds(a, c).max } : open;
    case 'div':
      return a && b ? divideBounds(a, b) : open;
    case 'round':
      return types.length === 1 && a ? mapBounds(a, x => Math.sign(x) * Math.round(Math.abs(x))) : open;
    default:
      return declared;
  }
}

/** Whether the input may lie where the function has no value. */
function mayLeaveDomain(entry: FunctionEntry, [a, b]: readonly Type[]): boolean {
  const { min, max } = boundsOf(a);
  switch (entry.key) {
    case 'sqrt':
      return min === null || min < 0;
    case 'ln':
    case 'log10':
      return min === null || min <= 0;
    case 'log1p':
      return min === null || min <= -1;
    case 'exp':
      return max === null || max > 700;
    case 'div':
      return mayBeZero(boundsOf(b));
    case 'to_int':
      return a?.kind !== 'int' && a?.kind !== 'bool' && (min === null || max === null);
    case 'to_float':
      return a !== undefined && !isNumber(a) && a.kind !== 'bool';
    default:
      return true;
  }
}

function sameType(types: readonly Type[], entry: FunctionEntry): Type {
  const shared = entry.parameters.some(p => p.accepts === 'same') ? types : types.slice(0, 1);
  return shared.reduce<Type>((a, b) => joinTypes(a, b) ?? unknownType, shared[0] ?? unknownType);
}

/** Wide and narrow numbers of one function: `min(int, float)` is a float. */
const withRange = (type: NumberType, of: Bounds, u: Unit | null): NumberType => ({ ...type, bounds: of, unit: u });

export function typeOfResult(entry: FunctionEntry, args: readonly TypedExpr[]): Type {
  const types = args.map(arg => arg.type);
  const nullable = types.some(type => type.nullable) || (entry.nulls === 'domain' && mayLeaveDomain(entry, types));
  const range = bounds(entry, types);
  switch (entry.result) {
    case 'same': {
      const type = sameType(types, entry);
      return orNull(isNumber(type) ? withRange(type, range, type.unit) : type, nullable);
    }
    case 'int':
      return orNull(intType(range, unit(entry, types)), nullable);
    case 'float':
      return orNull(floatType(range, unit(entry, types)), nullable);
    default:
      return { kind: entry.result, nullable };
  }
}
