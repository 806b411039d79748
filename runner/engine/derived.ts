/**
 * Columns of a matrix that a fitted step makes of one other column, such as scaled numbers and marks of levels. They are worked out beside the
 * column that they are made of, by the same operations as in the engine and so to the same bits, and not read from it one by one.
 */
import type { FeaturesNode, PlanColumn, PlanExpr } from '../../language/plan/plan.ts';
import { type Change, madeColumn } from '../learn/made.ts';
import type { MatrixColumn, NumberColumn } from '../learn/matrix.ts';
import type { Formula } from '../transforms/formula.ts';
import { appliedSteps } from '../transforms/steps.ts';
import type { FittedState } from './relational.ts';

export type Derived =
  | { readonly kind: 'number'; readonly base: string; readonly changes: readonly Change[] }
  | { readonly kind: 'level'; readonly base: string; readonly level: string };

const isNumber = ({ type }: PlanColumn): boolean => type === 'float' || type === 'int';

/** The column that an expression is, as a float. */
function columnIn(expr: PlanExpr | undefined): PlanColumn | null {
  if (expr?.op === 'call' && expr.fn === 'to_float') return columnIn(expr.args[0]);
  return expr?.op === 'column' && expr.of === 'set' && isNumber(expr) ? { name: expr.name, type: expr.type } : null;
}

/** A number of one column of numbers; null: it is something else. */
function changeOf(formula: Formula): { readonly input: PlanColumn; readonly change: Change } | null {
  if (formula.op === 'scaled' && formula.clip === null && isNumber(formula.input)) {
    const { input, centre, scale } = formula;
    return { input, change: { op: 'scaled', centre, scale } };
  }
  if (formula.op !== 'expression' || formula.value.op !== 'call' || formula.value.fn !== 'coalesce' || formula.value.type !== 'float') return null;
  const [of, otherwise, ...more] = formula.value.args;
  const input = columnIn(of);
  if (input === null || more.length > 0 || otherwise?.op !== 'literal' || typeof otherwise.value !== 'number') return null;
  return { input, change: { op: 'filled', with: otherwise.value } };
}

/** By name, of the columns that the steps of a set make, those that need not be read. */
export function derivedColumns(node: FeaturesNode, fitted: Readonly<Record<string, FittedState>>): ReadonlyMap<string, Derived> {
  const found = new Map<string, Derived>();
  for (const { outputs } of appliedSteps(node.steps, fitted)) {
    for (const { column, formula } of outputs) {
      if (formula.op === 'level' && formula.input.type === 'text') {
        found.set(column.name, { kind: 'level', base: formula.input.name, level: formula.level });
        continue;
      }
      const of = changeOf(formula);
      if (of === null) continue;
      const below = found.get(of.input.name);
      if (below?.kind === 'level') continue;
      found.set(column.name, { kind: 'number', base: below?.base ?? of.input.name, changes: [...(below?.changes ?? []), of.change] });
    }
  }
  return found;
}

/** Null where the base is not what it has to be, such as a category that does not know the level. */
export function derive(name: string, derived: Derived, base: MatrixColumn): NumberColumn | null {
  if (derived.kind === 'number') return madeColumn(name, { op: 'changed', changes: derived.changes }, base);
  const code = base.kind === 'category' ? base.levels.indexOf(derived.level) : -1;
  return code < 0 ? null : madeColumn(name, { op: 'marks', code }, base);
}
