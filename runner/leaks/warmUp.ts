/** Windows of training rows that reach back behind the first row of their table: there a count is small because nothing was written down. */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode, PlanExpr, PlanFeature, PlanWindow } from '../../language/plan/plan.ts';
import { count, entryOf } from '../engine/session.ts';
import { instant, interval, list, name } from '../sql/write.ts';
import type { Looking } from './looking.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'warm-up-uncovered';

export async function warmUp({ session, settings }: Looking, node: FeaturesNode): Promise<readonly Measured[]> {
  const threshold = thresholdOf(settings, rule, 'warn');
  const starts = new Map<string, number | null>();
  const looked: { readonly window: PlanWindow; readonly sums: readonly string[] }[] = [];
  for (const window of node.windows) {
    const { from } = window;
    if (from === null) continue;
    const source = `${window.relation} ${window.event}`;
    if (!starts.has(source)) {
      const [row] = await session.db.rows(`SELECT epoch_us(min(CAST(${name(window.event)} AS TIMESTAMP))) FROM ${name(window.relation)}`);
      starts.set(source, row?.[0] == null ? null : Number(row[0]));
    }
    const start = starts.get(source) ?? null;
    if (start === null) continue;
    const [begin, end] = [`"#cutoff" + ${interval(from)}`, window.to === null ? '"#cutoff"' : `"#cutoff" + ${interval(window.to)}`];
    const open = `least(epoch_us(${end}), ${start}) - epoch_us(${begin})`;
    const part = `CAST(1e6 * greatest(0, ${open}) / greatest(1, epoch_us(${end}) - epoch_us(${begin})) AS BIGINT)`;
    looked.push({ window, sums: [`coalesce(sum(n * ${part}), 0)`, `coalesce(sum(n) FILTER (WHERE ${begin} < ${instant(start)}), 0)`] });
  }
  if (looked.length === 0) return [];
  // Observations of one cutoff look back equally far.
  const cutoffs = `SELECT "#cutoff", count(*) AS n FROM ${name(node.split)} WHERE "#partition" = 'train' GROUP BY "#cutoff"`;
  const [sums = []] = await session.db.rows(`SELECT coalesce(sum(n), 0), ${list(looked.flatMap(of => of.sums))} FROM (${cutoffs})`);
  const [n = 0, ...each] = sums.map(count);
  const found: Measured[] = [];
  for (const [i, { window }] of looked.entries()) {
    const feature = featureOf(node, window);
    const [sum = 0, rows = 0] = each.slice(2 * i);
    const figure = n === 0 ? 0 : sum / 1_000_000 / n;
    const table = entryOf(session, window.relation).node.name;
    found.push(
      measured({
        rule,
        declaration: node.name,
        subject: feature?.name ?? null,
        place: feature?.place ?? node.place,
        measure: 'share of the time of its windows, on train, that lies before the first row of the table',
        figure,
        threshold,
        n,
        fault:
          figure >= threshold
            ? {
                severity: 'warning',
                message: `The window of \`${feature?.name ?? node.name}\` reaches back behind the first row of \`${table}\` in ${((100 * rows) / n).toFixed(0)}% of the training rows, by ${(100 * figure).toFixed(0)}% of its length on average: there it counts less than it would today.`,
                help: 'Begin the cutoffs later, shorten the window, or read older data.',
                count: rows,
              }
            : null,
      }),
    );
  }
  return found;
}

/** The first feature that reads the window. */
export function featureOf(node: FeaturesNode, window: PlanWindow): PlanFeature | undefined {
  const ids = new Set(window.aggregates.map(a => a.id));
  const outputs = new Set(node.steps.flatMap(step => ('value' in step && reads(step.value, ids) ? [step.output] : [])));
  return node.features.find(f => [f.column, f.raw.column, ...(f.others ?? []).map(o => o.column)].some(c => outputs.has(c)));
}

function reads(expr: PlanExpr, ids: ReadonlySet<string>): boolean {
  if (expr.op === 'window') return ids.has(expr.id);
  return expr.op === 'call' && expr.args.some(arg => reads(arg, ids));
}
