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

export function evaluate(expr: PlanExpr, scope: Scope): Value {
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
      const args = expr.args.map(arg => ({ value: evaluate(arg, scope), type: arg.type, absent: arg.op === 'literal' && arg.value === null }));
      return call(expr.fn, args, expr.type);
    }
  }
}

export const holds = (condition: PlanExpr | null, scope: Scope): boolean => condition === null || evaluate(condition, scope) === true;
