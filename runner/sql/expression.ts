/** Expressions of a plan as SQL text. What a column, the cutoff or a window's result is called is the scope's affair. */
import type { PlanExpr } from '../../language/plan/plan.ts';
import { type Emission, emissions } from './functions.ts';
import { literal, typeName } from './write.ts';

export type AggregateExpr = Extract<PlanExpr, { op: 'aggregate' }>;

export interface Scope {
  readonly column: (name: string, of: string | null) => string;
  /** SQL of a timestamp; absent where there is no cutoff. */
  readonly cutoff?: string;
  readonly window?: (id: string) => string;
  readonly aggregate?: (expr: AggregateExpr) => string;
}

const nowhere = (what: string): never => {
  throw new Error(`The plan reads ${what} where there is none.`);
};

function emissionOf(fn: string): Emission {
  return emissions[fn] ?? nowhere(`the function ${fn}`);
}

export function expression(expr: PlanExpr, scope: Scope): string {
  switch (expr.op) {
    case 'literal':
      return literal(expr.type, expr.value);
    case 'column':
      return scope.column(expr.name, expr.of);
    case 'cutoff':
      return scope.cutoff ?? `CAST(NULL AS ${typeName('timestamp')})`;
    case 'window':
      return scope.window ? scope.window(expr.id) : nowhere('a window');
    case 'aggregate':
      return scope.aggregate ? scope.aggregate(expr) : nowhere('an aggregate');
    case 'call':
      return emissionOf(expr.fn)(
        expr.args.map(arg => ({ sql: expression(arg, scope), type: arg.type, absent: arg.op === 'literal' && arg.value === null })),
        expr.type,
      );
  }
}

/** A condition as a filter: only true keeps a row. */
export const condition = (expr: PlanExpr | null, scope: Scope): string => (expr === null ? 'TRUE' : `(${expression(expr, scope)}) IS TRUE`);

/** An expression as a column of its type: the engine would make a column of its own choice from a null. */
export const columnOf = (expr: PlanExpr, scope: Scope): string => `CAST(${expression(expr, scope)} AS ${typeName(expr.type)})`;
