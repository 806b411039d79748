/** Numbers that move together: Pearson's correlation of all pairs of columns, over at most twenty thousand rows spread over the table. */
import type { PlanType } from '../../language/plan/plan.ts';
import type { Database } from '../engine/duckdb.ts';
import { list, name } from '../sql/write.ts';

export interface Correlation {
  readonly a: string;
  readonly b: string;
  readonly r: number;
}

const most = { rows: 20_000, columns: 100 };
const least = 0.5;

/** Over the rows in which both are there; null where one of them does not vary. */
function pearson(x: Float64Array, y: Float64Array): number | null {
  let n = 0;
  let [meanX, meanY, varX, varY, both] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [a = Number.NaN, b = Number.NaN] = [x[i], y[i]];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    n++;
    const [fromX, fromY] = [a - meanX, b - meanY];
    meanX += fromX / n;
    meanY += fromY / n;
    varX += fromX * (a - meanX);
    varY += fromY * (b - meanY);
    both += fromX * (b - meanY);
  }
  return n > 2 && varX > 0 && varY > 0 ? Math.max(-1, Math.min(1, both / Math.sqrt(varX * varY))) : null;
}

/** The strongest first; weak ones are left out. */
export async function correlations(
  db: Database,
  table: string,
  columns: readonly { readonly name: string; readonly type: PlanType }[],
  rows: number,
): Promise<Correlation[]> {
  const numbers = columns.filter(c => typeof c.type === 'object' || c.type === 'int' || c.type === 'float').slice(0, most.columns);
  if (numbers.length < 2 || rows === 0) return [];
  const step = Math.ceil(rows / most.rows);
  const where = `rowid % ${step} = 0`;
  const values = numbers.map(c => `coalesce(CAST(${name(c.name)} AS DOUBLE), 'nan'::DOUBLE)`);
  const [counted] = await db.rows(`SELECT count(*) FROM ${table} WHERE ${where}`);
  const data = await db.columns(
    `SELECT ${list(values)} FROM ${table} WHERE ${where} ORDER BY rowid`,
    Number(counted?.[0] ?? 0),
    numbers.map(() => 'float64' as const),
  );
  const found: Correlation[] = [];
  for (const [i, a] of numbers.entries()) {
    for (const [j, b] of numbers.entries()) {
      const [x, y] = [data[i], data[j]];
      const r = i < j && x && y ? pearson(x, y) : null;
      if (r !== null && Math.abs(r) >= least) found.push({ a: a.name, b: b.name, r });
    }
  }
  return found.sort((p, q) => Math.abs(q.r) - Math.abs(p.r) || (p.a < q.a ? -1 : p.a > q.a ? 1 : p.b < q.b ? -1 : 1));
}
