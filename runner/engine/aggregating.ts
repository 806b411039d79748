/** Aggregates over the rows of a SELECT: what `group` and checks compute, and what orders rows for `first` and `last`. */
import type { PlanColumn, PlanExpr } from '../../language/plan/plan.ts';
import { aggregate } from '../sql/aggregate.ts';
import { type AggregateExpr, condition, expression } from '../sql/expression.ts';
import { cast, list, name } from '../sql/write.ts';
import { tableScope, typeOf } from './session.ts';

/** A SELECT with the columns it gives. */
export interface Select {
  readonly sql: string;
  readonly columns: readonly PlanColumn[];
}

export const nullsFirst = (columns: readonly string[]): string[] => columns.map(c => `${name(c)} NULLS FIRST`);

/** The place of a row by event, known time and tie: equal where all of these are. For `first` and `last`. */
const rankName = name('#rank');

const needsRank = (expr: PlanExpr): boolean =>
  expr.op === 'aggregate' ? expr.aggregate === 'first' || expr.aggregate === 'last' : expr.op === 'call' && expr.args.some(needsRank);

/** Aggregates over rows of a table; `tie` settles equal times. The SELECT carries the rank that the scope reads. */
export function aggregating(columns: readonly PlanColumn[], values: readonly PlanExpr[], tie: readonly string[]) {
  const has = (wanted: string): boolean => columns.some(c => c.name === wanted);
  const event = has('#event') ? cast(name('#event'), typeOf(columns, '#event'), 'timestamp') : 'CAST(NULL AS TIMESTAMP)';
  const order = ['#event', '#known'].filter(has).concat(tie);
  const rank = order.length ? `rank() OVER (ORDER BY ${list(nullsFirst(order))})` : '1';
  const scope = tableScope(null, (expr: AggregateExpr) =>
    aggregate(expr, {
      value: expr.value && expression(expr.value, tableScope()),
      where: expr.where && condition(expr.where, tableScope()),
      rank: rankName,
      event,
    }),
  );
  return { scope, from: (sql: string): string => (values.some(needsRank) ? `(SELECT *, ${rank} AS ${rankName} FROM (${sql}))` : `(${sql})`) };
}
