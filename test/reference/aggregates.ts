/** Every aggregate, over the values of some rows. The result depends on the rows as a set, never on their order. */
import type { PlanExpr, PlanType } from '../../language/plan/plan.ts';
import { microsPerDay } from '../../language/text/duration.ts';
import { canonicalText } from './canonical.ts';
import { compare, compareNullable, exact, int64, moments, quotient, sum, toFloat } from './numbers.ts';
import { cell, type Row, type Value } from './table.ts';

/** A row's value with what orders it. `order` is compared item by item, nulls first. */
export interface Entry {
  readonly value: Value;
  readonly event: number | null;
  readonly order: readonly { readonly value: Value; readonly type: PlanType }[];
}

export interface AggregateForm {
  readonly aggregate: string;
  /** Null for `count(T)`. */
  readonly value: PlanExpr | null;
  readonly parameters: Readonly<Record<string, number>>;
  readonly type: PlanType;
  readonly scale: number;
}

/** What `first` and `last` go by: the named columns of the row, in order. */
export const orderOf = (row: Row, columns: readonly { readonly name: string; readonly type: PlanType }[]): Entry['order'] =>
  columns.map(({ name, type }) => ({ value: cell(row, name), type }));

export function compareOrders(a: Entry['order'], b: Entry['order']): number {
  for (const [i, { value, type }] of a.entries()) {
    const difference = compareNullable(value, b[i]?.value ?? null, type);
    if (difference !== 0) return difference;
  }
  return 0;
}

interface Present extends Entry {
  readonly value: NonNullable<Value>;
}

/** Type 7 of Hyndman and Fan: linear between the two nearest order statistics. */
export function quantile(numbers: readonly number[], q: number): number | null {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const low = Math.floor(position);
  const below = sorted[low] ?? 0;
  const above = sorted[Math.ceil(position)] ?? 0;
  return below + (position - low) * (above - below);
}

/** The values that differ, with how often each is there, in the order of the values. */
export function levels(values: readonly NonNullable<Value>[], type: PlanType): { value: NonNullable<Value>; count: number }[] {
  const byText = new Map<string, { value: NonNullable<Value>; count: number }>();
  for (const value of values) {
    const found = byText.get(canonicalText(value, type));
    if (found) found.count++;
    else byText.set(canonicalText(value, type), { value, count: 1 });
  }
  return [...byText.values()].sort((a, b) => compare(a.value, type, b.value, type));
}

export const mode = (values: readonly NonNullable<Value>[], type: PlanType): Value =>
  levels(values, type).reduce<{ value: Value; count: number }>((best, level) => (level.count > best.count ? level : best), { value: null, count: 0 })
    .value;

/** Least squares of the value over days, exact but for the last division. */
function slope(entries: readonly Present[], type: PlanType, scale: number): Value {
  const placed = entries.filter(e => e.event !== null);
  const y = exact(
    placed.map(e => e.value),
    type,
    scale,
  );
  const x = placed.map(e => BigInt(e.event ?? 0));
  const n = BigInt(placed.length);
  const spread = n * sum(x.map(v => v * v)) - sum(x) ** 2n;
  if (spread === 0n) return null;
  const together = n * sum(x.map((v, i) => v * (y.numerators[i] ?? 0n))) - sum(x) * sum(y.numerators);
  return quotient(together * BigInt(microsPerDay), spread * y.denominator);
}

/** The value of the row that comes first: by its order, and where that is equal, the smallest value. */
function earliest(entries: readonly Present[], type: PlanType, direction: 1 | -1): Value {
  const [first, ...rest] = entries;
  if (!first) return null;
  return rest.reduce((best, e) => {
    const difference = direction * compareOrders(e.order, best.order) || compare(e.value, type, best.value, type);
    return difference < 0 ? e : best;
  }, first).value;
}

export function aggregate(form: AggregateForm, entries: readonly Entry[]): Value {
  if (form.value === null) return BigInt(entries.length);
  const type = form.value.type;
  const present = entries.filter((e): e is Present => e.value !== null);
  const values = present.map(e => e.value);
  const numbers = (): number[] => values.map(v => toFloat(v, type));
  switch (form.aggregate) {
    case 'count':
      return BigInt(values.length);
    case 'distinct':
      return BigInt(levels(values, type).length);
    case 'any':
      return values.includes(true);
    case 'all':
      return !values.includes(false);
  }
  if (values.length === 0) return null;
  switch (form.aggregate) {
    case 'sum': {
      const { numerators, denominator } = exact(values, type, form.scale);
      const total = sum(numerators);
      return type === 'float' ? quotient(total, denominator) : type === 'int' ? int64(total) : total;
    }
    case 'avg':
      return moments(exact(values, type, form.scale))?.mean ?? null;
    case 'std': {
      const found = moments(exact(values, type, form.scale));
      return found && found.n > 1 ? Math.sqrt(found.squares / (found.n - 1)) : null;
    }
    case 'min':
      return values.reduce((a, b) => (compare(b, type, a, type) < 0 ? b : a));
    case 'max':
      return values.reduce((a, b) => (compare(b, type, a, type) > 0 ? b : a));
    case 'median':
      return quantile(numbers(), 0.5);
    case 'quantile':
      return quantile(numbers(), form.parameters['q'] ?? 0.5);
    case 'first':
      return earliest(present, type, 1);
    case 'last':
      return earliest(present, type, -1);
    case 'mode':
      return mode(values, type);
    case 'rate':
      return values.filter(v => v === true).length / values.length;
    case 'slope':
      return slope(present, type, form.scale);
    case 'entropy':
      return levels(values, type).reduce((total, { count }) => total - (count / values.length) * Math.log(count / values.length), 0);
    default:
      throw new Error(`There is no aggregate ${form.aggregate}.`);
  }
}
