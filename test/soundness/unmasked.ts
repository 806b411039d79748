/** Plans without what makes them see no more than was known in time: what a text would do if it were taken at its word. */
import type { PlanExpr, PlanWindow } from '../../language/plan/plan.ts';

/** The expression without the masks that leave only what was known before the cutoff. */
export function unmasked(expr: PlanExpr): PlanExpr {
  if (expr.op !== 'call') return expr;
  const [first] = expr.args;
  const isMask = (expr.fn === 'lt' || expr.fn === 'le') && first?.op === 'column' && first.name.endsWith('#known');
  return isMask ? { op: 'literal', type: 'bool', value: true } : { ...expr, args: expr.args.map(unmasked) };
}

/** The window with all rows that are there, whether or not they were known. */
export const readAsWritten = (window: PlanWindow): PlanWindow => ({
  ...window,
  known: null,
  aggregates: window.aggregates.map(form => ({
    ...form,
    value: form.value && unmasked(form.value),
    where: form.where && unmasked(form.where),
  })),
});
