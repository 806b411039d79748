/**
 * Rows behind a label that become known after the task's `delay`: the label is taken as decided without them. Of a window the share is what a
 * cutoff in any place before a row would miss: a row that arrives later than the delay by d is missed by a part d / horizon of the cutoffs.
 */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { FrameNode, PlanExpr, PlanLabel, PlanWindow } from '../../language/plan/plan.ts';
import { number } from '../engine/finding.ts';
import { columnsOf, count } from '../engine/session.ts';
import { interval, list, name } from '../sql/write.ts';
import type { Looking } from './looking.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'delay-shorter-than-known';
const suffix = '#known';

export async function lateLabels({ session, settings }: Looking, node: FrameNode): Promise<readonly Measured[]> {
  const { label } = node;
  if (label === null || node.cutoffs.kind === 'none') return [];
  const threshold = thresholdOf(settings, rule, 'warn');
  // Fewer rows than are a finding: who keeps that delay is told nothing more.
  const kept = 1 - Math.min(0.01, threshold / 2);
  const figures = [...(await ofWindows(label)), ...(await ofOwnRow(label))];
  return figures.map(({ figure, n, days }) =>
    measured({
      rule,
      declaration: node.name,
      subject: label.name,
      place: label.place,
      measure: 'share of rows behind labels that become known after the delay',
      figure,
      threshold,
      n,
      fault:
        figure >= threshold && figure > 0
          ? {
              severity: 'warning',
              message: `${(figure * 100).toFixed(1)}% of the ${number(n)} rows behind the label \`${label.name}\` become known only when its delay is over, so labels are decided without them.`,
              help: `Write a longer delay into \`${node.name}\`: \`delay: ${days}d\` is kept by ${(100 * kept).toFixed(1)}% of these rows.`,
              count: Math.round(figure * n),
            }
          : null,
    }),
  );

  async function ofWindows({ windows, horizon, delay }: PlanLabel): Promise<Figure[]> {
    const found: Figure[] = [];
    for (const window of windows) {
      const has = new Set(columnsOf(session, window.relation).map(c => c.name));
      const known = [...(window.known === null ? [] : [window.known]), ...lateIn(window)].filter(c => has.has(c));
      if (known.length === 0) continue;
      const event = `CAST(${name(window.event)} AS TIMESTAMP)`;
      const last = known.length === 1 ? name(known[0] ?? '') : `greatest(${list(known.map(name))})`;
      const late = `epoch_us(CAST(${last} AS TIMESTAMP)) - epoch_us(${event} + ${interval(delay)})`;
      const reach = `greatest(1, epoch_us(${event} + ${interval(horizon)}) - epoch_us(${event}))`;
      // Whole parts in a million: a sum of floats would depend on its order.
      const part = `CAST(1e6 * least(1, greatest(0, ${late}) / ${reach}) AS BIGINT)`;
      const [row = []] = await session.db.rows(
        `SELECT count(*), coalesce(sum(${part}), 0), ${daysKept(last, event, kept)} FROM ${name(window.relation)} WHERE ${last} IS NOT NULL`,
      );
      const [n = 0, sum = 0, days = 0] = row.map(count);
      found.push({ figure: n === 0 ? 0 : sum / 1_000_000 / n, n, days });
    }
    return found;
  }

  /** Columns of the observation's own row. Those that are never known are labels that are null, and counted there. */
  async function ofOwnRow({ value, delay, horizon }: PlanLabel): Promise<Figure[]> {
    const has = new Set(columnsOf(session, node.relation).map(c => c.name));
    const known = columnsIn(value).filter(c => c.endsWith(suffix) && has.has(c));
    if (known.length === 0) return [];
    const last = known.length === 1 ? name(known[0] ?? '') : `greatest(${list(known.map(name))})`;
    const end = interval({ months: delay.months + horizon.months, micros: delay.micros + horizon.micros });
    const [row = []] = await session.db.rows(
      `SELECT count(*), count(*) FILTER (WHERE ${last} > "#cutoff" + ${end}), ${daysKept(last, `"#cutoff" + ${interval(horizon)}`, kept)} FROM ${name(node.id)} WHERE ${last} IS NOT NULL`,
    );
    const [n = 0, late = 0, days = 0] = row.map(count);
    return [{ figure: n === 0 ? 0 : late / n, n, days }];
  }
}

interface Figure {
  readonly figure: number;
  readonly n: number;
  /** The least delay in whole days that nearly all of the rows keep. */
  readonly days: number;
}

/** SQL of the days from one time to another that a share of the rows keeps. */
const daysKept = (last: string, from: string, share: number): string =>
  `CAST(ceil(coalesce(quantile_disc(epoch_us(CAST(${last} AS TIMESTAMP)) - epoch_us(${from}), ${share}), 0) / 86400e6) AS BIGINT)`;

const lateIn = ({ aggregates }: PlanWindow): readonly string[] => [
  ...new Set(aggregates.flatMap(({ value, where }) => [value, where].flatMap(e => (e ? columnsIn(e) : []))).filter(c => c.endsWith(suffix))),
];

export function columnsIn(expr: PlanExpr): readonly string[] {
  switch (expr.op) {
    case 'column':
      return [expr.name];
    case 'call':
      return [...new Set(expr.args.flatMap(columnsIn))];
    case 'aggregate':
      return [expr.value, expr.where].flatMap(e => (e ? columnsIn(e) : []));
    default:
      return [];
  }
}
