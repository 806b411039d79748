/** Figures of one column of a table: how many values, between which ends, and how they are spread. */
import type { PlanType } from '../../language/plan/plan.ts';
import type { Database } from '../engine/duckdb.ts';
import { shown } from '../sql/canonical.ts';
import { micros } from '../sql/functions.ts';
import { float, list, name } from '../sql/write.ts';

export interface ColumnFigures {
  readonly nulls: number;
  readonly distinct: number;
  /** As the language writes them; of texts the shortest and longest length. Null where there is no value. */
  readonly min: string | null;
  readonly max: string | null;
  /** The quarters of numbers and times between the ends, from at most 250,000 rows spread over the table. */
  readonly quartiles: readonly [low: string, middle: string, high: string] | null;
  /** The most frequent values of a column with few of them, the most frequent first; equally frequent ones in their order. */
  readonly top: readonly { readonly value: string; readonly rows: number }[];
  /** Shares of rows in eight equally wide steps between the first and last hundredth; where values are few, or texts, of the values themselves. */
  readonly histogram: readonly number[];
}

const most = { levels: 50, quantiles: 250_000, bars: 8 };

const isMeasured = (type: PlanType): boolean => typeof type === 'object' || ['int', 'float', 'date', 'timestamp'].includes(type);

async function topOf(db: Database, from: string, value: string, type: PlanType): Promise<ColumnFigures['top']> {
  const rows = await db.rows(
    `SELECT ${shown('v', type)}, n FROM (SELECT ${value} AS v, count(*) AS n FROM ${from} WHERE ${value} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${most.levels})`,
  );
  return rows.map(([v, n]) => ({ value: String(v), rows: Number(n) }));
}

/** Every k-th row of a large table: the same ones each time. */
const sampledFrom = (from: string, rows: number): string => {
  const step = Math.ceil(rows / most.quantiles);
  return step > 1 ? `(SELECT * FROM ${from} WHERE rowid % ${step} = 0)` : from;
};

async function spreadOf(db: Database, from: string, value: string, type: PlanType): Promise<Pick<ColumnFigures, 'quartiles' | 'histogram'>> {
  const measured = (sql: string): string => `CAST(${type === 'date' || type === 'timestamp' ? micros({ sql, type }) : sql} AS DOUBLE)`;
  const [found] = await db.rows(
    `SELECT ${list([...[1, 2].map(i => measured(`q[${i}]`)), ...[3, 4, 5].map(i => shown(`q[${i}]`, type))])}
     FROM (SELECT quantile_disc(${value}, [0.01, 0.99, 0.25, 0.5, 0.75]) AS q FROM ${from})`,
  );
  if (!found || found[0] === null) return { quartiles: null, histogram: [] };
  const [first = 0, last = 0] = found.slice(0, 2).map(Number);
  const place = `floor((${measured(value)} - ${float(first)}) / ${float(last - first)} * ${most.bars})`;
  const bar = last > first ? `CAST(least(${most.bars - 1}, greatest(0, ${place})) AS INTEGER)` : '0';
  const steps = await db.rows(`SELECT ${bar}, count(*) FROM ${from} WHERE ${value} IS NOT NULL GROUP BY 1`);
  const counts = Array.from({ length: most.bars }, (_, i) => Number(steps.find(([b]) => Number(b) === i)?.[1] ?? 0));
  const all = counts.reduce((a, b) => a + b, 0);
  const [low = '', middle = '', high = ''] = found.slice(2).map(String);
  return { quartiles: [low, middle, high], histogram: counts.map(n => n / all) };
}

interface Spread {
  readonly count: number;
  readonly distinct: number;
  readonly top: ColumnFigures['top'];
  readonly spread: readonly number[];
}

/** Few whole numbers have a bar each, in their order; texts that hardly recur have none. */
function barsOf(type: PlanType, { count, distinct, top, spread }: Spread): readonly number[] {
  const shares = (values: ColumnFigures['top']): number[] => values.slice(0, most.bars).map(t => t.rows / Math.max(1, count));
  if (type === 'int' && distinct <= most.bars && spread.length) return shares([...top].sort((a, b) => Number(a.value) - Number(b.value)));
  if (type === 'bool') return shares(top);
  if (type === 'text') return distinct > 0.5 * count && distinct > 20 ? [] : shares(top);
  return spread;
}

export async function figuresOf(
  db: Database,
  table: string,
  column: { readonly name: string; readonly type: PlanType },
  rows: number,
  distributions: boolean,
): Promise<ColumnFigures> {
  const { type } = column;
  const value = name(column.name);
  const ends =
    type === 'text'
      ? [`CAST(min(length(${value})) AS VARCHAR)`, `CAST(max(length(${value})) AS VARCHAR)`]
      : [`min(${value})`, `max(${value})`].map(e => shown(e, type));
  const [basic] = await db.rows(`SELECT count(${value}), count(DISTINCT ${value}), ${ends.join(', ')} FROM ${table}`);
  const [count, distinct] = (basic ?? []).map(Number);
  const [min, max] = (basic ?? []).slice(2).map(v => (v === null ? null : String(v)));
  const few = (distinct ?? 0) <= most.levels && (type === 'text' || type === 'bool' || type === 'int');
  const top = few || (distributions && type === 'text') ? await topOf(db, table, value, type) : [];
  const spread = distributions && isMeasured(type) ? await spreadOf(db, sampledFrom(table, rows), value, type) : { quartiles: null, histogram: [] };
  return {
    nulls: rows - (count ?? 0),
    distinct: distinct ?? 0,
    min: min ?? null,
    max: max ?? null,
    quartiles: spread.quartiles,
    top,
    histogram: barsOf(type, { count: count ?? 0, distinct: distinct ?? 0, top, spread: spread.histogram }),
  };
}
