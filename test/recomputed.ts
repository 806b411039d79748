/**
 * Metrics recomputed from the stored predictions of a run, in SQL and by their textbook formulas: an oracle that shares no code with the
 * judge. `scripts/reference/recompute.py` does the same with scikit-learn.
 */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { RunRecord } from '../runner/index.ts';

const mean = (term: string): string => `select avg(${term}) from p`;

/** Of the columns `y` (the label), `s` (the score) and `d` (what was predicted). */
const formulas: Readonly<Record<string, string>> = {
  // The share of pairs of a positive and a negative that are in order; ties count half (Mann and Whitney, 1947).
  auc: `with ranked as (select y, rank() over (order by s) + (count(*) over (partition by s) - 1) / 2.0 as r from p),
    sums as (select sum(r) filter (y = 1) as r, (count(*) filter (y = 1))::double as a, (count(*) filter (y = 0))::double as b from ranked)
    select (r - a * (a + 1) / 2) / (a * b) from sums`,
  brier: mean('(s - y) ** 2'),
  log_loss: mean('case when y = 1 then -ln(s) else -ln(1 - s) end'),
  accuracy: mean('(d = y)::int'),
  f1: 'select 2.0 * count(*) filter (d = 1 and y = 1) / (count(*) filter (d = 1) + count(*) filter (y = 1)) from p',
  mae: mean('abs(s - y)'),
  rmse: 'select sqrt(avg((s - y) ** 2)) from p',
  r2: 'select 1 - sum((s - y) ** 2) / sum((y - (select avg(y) from p)) ** 2) from p',
  // Rows with equal scores stand in no order: of the group at the edge, its mean counts.
  'lift(10%)': `with grouped as (select s, count(*) as n, sum(y) as hits from p group by s),
    running as (select n, hits, sum(n) over (order by s desc) - n as before from grouped),
    taken as (select hits * greatest(0, least(n, (select count(*) * 0.1 from p) - before)) / n as hits from running)
    select sum(hits) / (select count(*) * 0.1 from p) / (select avg(y) from p) from taken`,
  // Ten bins of equally many scores (Naeini et al., AAAI 2015).
  // Of equal neighbours a bound is their very value, which `quantile_cont` misses by the last digit.
  calibration_error: `with sorted as (select list_sort(list(s)) as l, count(*) as n from p),
    places as (select l, n, (n - 1) * (k / 10.0::double) as place from sorted, (select unnest(range(1, 10)) as k)),
    ends as (select l[floor(place)::int + 1] as low, l[least(n, floor(place)::int + 2)] as high, place - floor(place) as part from places),
    bounds as (select case when low = high then low else low + (high - low) * part end as b from ends),
    binned as (select s - y as gap, (select count(*) from bounds where b < s) as bin from p)
    select sum(abs(gap)) / (select count(*) from p) from (select sum(gap) as gap from binned group by bin)`,
};

export interface Recomputed {
  readonly evaluation: string;
  readonly metric: string;
  readonly recorded: number | null;
  readonly recomputed: number;
}

/** Every metric of the run over all rows of an evaluation; throws where a metric has no formula here. */
export async function recomputed(folder: string, { id, metrics }: RunRecord): Promise<Recomputed[]> {
  const database = await DuckDBInstance.create();
  const connection = await database.connect();
  try {
    const found: Recomputed[] = [];
    for (const { evaluation, metric, segment, value } of metrics) {
      if (segment !== null) continue;
      const formula = formulas[metric];
      if (formula === undefined) throw new Error(`There is no formula of \`${metric}\` to recompute it by.`);
      const path = join(folder, '.cupel/runs', id, 'predictions', `${evaluation}.parquet`).replaceAll("'", "''");
      const rows = await connection.runAndReadAll(
        `with p as (select label as y, score as s, predicted as d from read_parquet('${path}')) select (${formula})::double`,
      );
      found.push({ evaluation, metric, recorded: value, recomputed: Number(rows.getRows()[0]?.[0]) });
    }
    return found;
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}
