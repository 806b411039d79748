/** Evaluates an expression of a plan for one row. What a name stands for is the scope's affair. */
import type { PlanExpr } from '../../language/plan/plan.ts';
import { call } from './functions.ts';
import type { Row, Value } from './table.ts';
import { cell } from './table.ts';

export interface Scope {
  column(name: string, of: string | null): Value;
  readonly cutoff: number | null;
  window(id: string): Value;
  aggregate(expr: Extract<PlanExpr, { op: 'aggregate' }>): Value;
  /** The row or observation that is computed: calculations without a value are counted once for each. */
  readonly origin: object;
}

type Call = Extract<PlanExpr, { op: 'call' }>;

let noted: ((expr: Call, origin: object) => void) | null = null;

/** What `work` gives; calls that are reached and have no value, although their arguments have, are noted on the way. */
export function noting<T>(note: (expr: Call, origin: object) => void, work: () => T): T {
  const before = noted;
  noted = note;
  try {
    return work();
  } finally {
    noted = before;
  }
}

/** Functions that are not defined everywhere; a conversion of a bool or an int always is. */
const partial: ReadonlySet<string> = new Set('add sub mul div intdiv mod ln log1p log10 sqrt power exp to_int to_float'.split(' '));

/** Whether the answer is still open after these arguments: only then is the next one asked. */
function isOpen(fn: string, before: readonly Value[], index: number): boolean {
  switch (fn) {
    case 'if':
      return index === 0 || (index === 1) === (before[0] === true);
    case 'and':
      return !before.includes(false);
    case 'or':
      return !before.includes(true);
    case 'coalesce':
      return before.every(value => value === null);
    default:
      return true;
  }
}

const nowhere = (what: string) => (): never => {
  throw new Error(`The plan reads ${what} where there is none.`);
};

/** The scope of a row of a table; `others` are the further rows in scope by name, null where the join found none. */
export function rowScope(row: Row, others: Readonly<Record<string, Row | null>> = {}, cutoff: number | null = null): Scope {
  return {
    column(name, of) {
      if (of === null) return cell(row, name);
      const other = others[of];
      if (other === undefined) throw new Error(`The plan reads ${name} of ${of}, which is not in scope.`);
      return other === null ? null : cell(other, name);
    },
    cutoff,
    origin: row,
    window: nowhere('a window'),
    aggregate: nowhere('an aggregate'),
  };
}

function literal(expr: Extract<PlanExpr, { op: 'literal' }>): Value {
  const { type, value } = expr;
  if (typeof value !== 'number') return value;
  if (type === 'int') return BigInt(value);
  // A decimal literal is written with few digits: its shortest text has them all.
  if (typeof type === 'object') return BigInt(Math.round(value * 10 ** type.decimal[1]));
  return value;
}

/** `isReached`: whether what this is part of asks for it. */
export function evaluate(expr: PlanExpr, scope: Scope, isReached = true): Value {
  switch (expr.op) {
    case 'literal':
      return literal(expr);
    case 'column':
      return scope.column(expr.name, expr.of);
    case 'cutoff':
      return scope.cutoff;
    case 'window':
      return scope.window(expr.id);
    case 'aggregate':
      return scope.aggregate(expr);
    case 'call': {
      const args: { readonly value: Value; readonly type: PlanExpr['type']; readonly absent: boolean }[] = [];
      for (const [i, arg] of expr.args.entries()) {
        const asked =
          isReached &&
          isOpen(
            expr.fn,
            args.map(a => a.value),
            i,
          );
        args.push({ value: evaluate(arg, scope, asked), type: arg.type, absent: arg.op === 'literal' && arg.value === null });
      }
      const value = call(expr.fn, args, expr.type);
      if (isReached && value === null && partial.has(expr.fn) && args.every(a => a.value !== null)) noted?.(expr, scope.origin);
      return value;
    }
  }
}

export const holds = (condition: PlanExpr | null, scope: Scope): boolean => condition === null || evaluate(condition, scope) === true;
