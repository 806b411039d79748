/** Interval arithmetic on declared ranges: what is provable about a number without seeing data. Open ends are null. */
import type { Bounds } from './types.ts';

export const open: Bounds = { min: null, max: null };
export const exactly = (value: number): Bounds => ({ min: value, max: value });
export const atLeast = (min: number): Bounds => ({ min, max: null });

/** Beyond this, sums of bounds are no longer exact in a double, so nothing is claimed. */
const exact = Number.MAX_SAFE_INTEGER;
const kept = (value: number | null): number | null => (value !== null && Math.abs(value) <= exact ? value : null);

const both = (a: number | null, b: number | null, f: (a: number, b: number) => number): number | null =>
  a === null || b === null ? null : kept(f(a, b));

export const addBounds = (a: Bounds, b: Bounds): Bounds => ({ min: both(a.min, b.min, (x, y) => x + y), max: both(a.max, b.max, (x, y) => x + y) });

export const negateBounds = (a: Bounds): Bounds => ({ min: a.max === null ? null : 0 - a.max, max: a.min === null ? null : 0 - a.min });

export const subtractBounds = (a: Bounds, b: Bounds): Bounds => addBounds(a, negateBounds(b));

export function multiplyBounds(a: Bounds, b: Bounds): Bounds {
  if (a.min !== null && a.max !== null && b.min !== null && b.max !== null) {
    const products = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
    return { min: kept(Math.min(...products)), max: kept(Math.max(...products)) };
  }
  const positive = (x: Bounds): boolean => x.min !== null && x.min >= 0;
  return positive(a) && positive(b) ? { min: both(a.min, b.min, (x, y) => x * y), max: null } : open;
}

/** Of `a / b` where b cannot be 0; an unknown divisor near 0 leaves only the sign. */
export function divideBounds(a: Bounds, b: Bounds): Bounds {
  if (b.min !== null && b.min > 0 && a.min !== null && a.min >= 0) {
    return { min: b.max === null ? 0 : a.min / b.max, max: a.max === null ? null : a.max / b.min };
  }
  return a.min !== null && a.min >= 0 && b.min !== null && b.min >= 0 ? atLeast(0) : open;
}

/** Holds every value of either. */
export const hullOf = (a: Bounds, b: Bounds): Bounds => ({
  min: a.min === null || b.min === null ? null : Math.min(a.min, b.min),
  max: a.max === null || b.max === null ? null : Math.max(a.max, b.max),
});

export const leastBounds = (a: Bounds, b: Bounds): Bounds => ({
  min: a.min === null || b.min === null ? null : Math.min(a.min, b.min),
  max: a.max === null ? b.max : b.max === null ? a.max : Math.min(a.max, b.max),
});

export const greatestBounds = (a: Bounds, b: Bounds): Bounds => negateBounds(leastBounds(negateBounds(a), negateBounds(b)));

/** Of a rising function. `f` may give NaN outside its domain, which leaves the end open. */
export function mapBounds(a: Bounds, f: (x: number) => number): Bounds {
  const end = (x: number | null): number | null => {
    const y = x === null ? Number.NaN : f(x);
    return Number.isFinite(y) ? y : null;
  };
  return { min: end(a.min), max: end(a.max) };
}

export const mayBeZero = (a: Bounds): boolean => (a.min === null || a.min <= 0) && (a.max === null || a.max >= 0);

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** Whether `a op b` holds for all values within the bounds, for none, or is open (null). */
export function decided(a: Bounds, operator: Comparison, b: Bounds): 'always' | 'never' | null {
  const below = (strict: boolean): boolean => a.max !== null && b.min !== null && (strict ? a.max < b.min : a.max <= b.min);
  const above = (strict: boolean): boolean => a.min !== null && b.max !== null && (strict ? a.min > b.max : a.min >= b.max);
  const apart = below(true) || above(true);
  switch (operator) {
    case '<':
      return below(true) ? 'always' : above(false) ? 'never' : null;
    case '<=':
      return below(false) ? 'always' : above(true) ? 'never' : null;
    case '>':
      return above(true) ? 'always' : below(false) ? 'never' : null;
    case '>=':
      return above(false) ? 'always' : below(true) ? 'never' : null;
    case '==':
      return apart ? 'never' : null;
    case '!=':
      return apart ? 'always' : null;
  }
}

/** Whether all of `a` lies within `b`, none of it, or some (null). */
export function within(a: Bounds, b: Bounds): 'always' | 'never' | null {
  const low = b.min === null ? 'always' : decided(a, '>=', exactly(b.min));
  const high = b.max === null ? 'always' : decided(a, '<=', exactly(b.max));
  if (low === 'never' || high === 'never') return 'never';
  return low === 'always' && high === 'always' ? 'always' : null;
}
