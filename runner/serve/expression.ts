/** Expressions of a plan as JavaScript: prepared once, then evaluated row by row. `runner/sql/expression.ts` is the same as SQL. */
import type { PlanExpr, PlanType } from '../../language/plan/plan.ts';
import { type Body, bodies } from './functions.ts';
import { comparison, conversion, type Present, type Value } from './values.ts';

/** A row: each column at the place that the scope gave it. */
export type Row = readonly Value[];

export type Evaluate = (row: Row) => Value;

/** Where the values that an expression reads stand in a row. */
export interface Places {
  readonly column: (name: string, of: string | null) => number;
  readonly window: (id: string) => number;
  readonly cutoff: () => number;
}

const at =
  (place: number): Evaluate =>
  row =>
    row[place] ?? null;

/** A literal of the plan, or what was learned, whose decimals and large numbers are text. */
export function literalValue(type: PlanType, value: Extract<PlanExpr, { op: 'literal' }>['value']): Value {
  if (value === null || typeof value === 'object' || typeof value === 'boolean') return value;
  if (type === 'int') return BigInt(value);
  if (typeof type === 'object') {
    const scale = type.decimal[1];
    if (typeof value === 'number') return BigInt(Math.round(value * 10 ** scale));
    const [digits = '', fraction = ''] = value.split('.');
    return BigInt(`${digits}${fraction.padEnd(scale, '0')}`);
  }
  return value;
}

/** As the result's type. */
function as(evaluate: Evaluate, from: PlanType, to: PlanType): Evaluate {
  const convert = conversion(from, to);
  if (!convert) return evaluate;
  return row => {
    const value = evaluate(row);
    return value === null ? null : convert(value);
  };
}

interface Argument {
  readonly evaluate: Evaluate;
  readonly type: PlanType;
  /** A null that is written out: an open end of `between`. */
  readonly absent: boolean;
}

/** Functions that look at nulls themselves. Of `and`, `or`: false and true decide before null does. */
const special: Readonly<Record<string, (args: readonly Argument[], result: PlanType) => Evaluate>> = {
  and: args => decided(args, false),
  or: args => decided(args, true),
  is_null:
    ([x]) =>
    row =>
      x?.evaluate(row) === null,
  coalesce: (args, result) => {
    const parts = args.map(({ evaluate, type }) => as(evaluate, type, result));
    return row => {
      for (const part of parts) {
        const value = part(row);
        if (value !== null) return value;
      }
      return null;
    };
  },
  if: ([condition, then, otherwise], result) => {
    if (!condition || !then || !otherwise) throw new Error('A choice of a plan lacks a part.');
    const [yes, no] = [as(then.evaluate, then.type, result), as(otherwise.evaluate, otherwise.type, result)];
    return row => (condition.evaluate(row) === true ? yes(row) : no(row));
  },
  in: ([x, ...members]) => {
    if (!x) throw new Error('A membership of a plan lacks its value.');
    const compare = members.map(member => comparison(x.type, member.type));
    return row => {
      const value = x.evaluate(row);
      if (members.length === 0) return false;
      if (value === null) return null;
      let found: Value = false;
      for (const [i, member] of members.entries()) {
        const other = member.evaluate(row);
        if (other === null) found = null;
        else if (compare[i]?.(value, other) === 0) return true;
      }
      return found;
    };
  },
  between: ([x, low, high]) => {
    if (!x || !low || !high) throw new Error('A range of a plan lacks a part.');
    const [below, above] = [comparison(x.type, low.type), comparison(x.type, high.type)];
    const atLeast: Evaluate = row => {
      const [value, end] = [x.evaluate(row), low.evaluate(row)];
      return value === null || end === null ? null : below(value, end) >= 0;
    };
    const atMost: Evaluate = row => {
      const [value, end] = [x.evaluate(row), high.evaluate(row)];
      return value === null || end === null ? null : above(value, end) <= 0;
    };
    const ends = [...(low.absent ? [] : [atLeast]), ...(high.absent ? [] : [atMost])];
    const both = decided(
      ends.map(evaluate => ({ evaluate, type: 'bool', absent: false })),
      false,
    );
    return row => (x.evaluate(row) === null ? null : both(row));
  },
};

function decided(args: readonly Argument[], by: boolean): Evaluate {
  return row => {
    let unknown = false;
    for (const { evaluate } of args) {
      const value = evaluate(row);
      if (value === by) return by;
      if (value === null) unknown = true;
    }
    return unknown ? null : !by;
  };
}

/** Null where an argument is. */
function strict(body: Body, args: readonly Evaluate[]): Evaluate {
  const [first, second, third] = args;
  if (first && !second) {
    return row => {
      const a = first(row);
      return a === null ? null : body(a);
    };
  }
  if (first && second && !third) {
    return row => {
      const a = first(row);
      if (a === null) return null;
      const b = second(row);
      return b === null ? null : body(a, b);
    };
  }
  return row => {
    const values: Present[] = [];
    for (const evaluate of args) {
      const value = evaluate(row);
      if (value === null) return null;
      values.push(value);
    }
    return body(...values);
  };
}

/** The keys that can be evaluated: for the test that every function is here. */
export const evaluatedKeys: readonly string[] = [...Object.keys(special), ...Object.keys(bodies)];

export function evaluator(expr: PlanExpr, places: Places): Evaluate {
  switch (expr.op) {
    case 'literal': {
      const value = literalValue(expr.type, expr.value);
      return () => value;
    }
    case 'column':
      return at(places.column(expr.name, expr.of));
    case 'cutoff':
      return at(places.cutoff());
    case 'window':
      return at(places.window(expr.id));
    case 'aggregate':
      throw new Error('A row has no aggregates.');
    case 'call': {
      const args = expr.args.map(
        (arg): Argument => ({ evaluate: evaluator(arg, places), type: arg.type, absent: arg.op === 'literal' && arg.value === null }),
      );
      const own = special[expr.fn];
      if (own) return own(args, expr.type);
      const prepare = bodies[expr.fn];
      if (!prepare) throw new Error(`There is no function ${expr.fn}.`);
      return strict(
        prepare(
          args.map(arg => arg.type),
          expr.type,
        ),
        args.map(arg => arg.evaluate),
      );
    }
  }
}
