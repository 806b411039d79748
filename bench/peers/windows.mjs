/**
 * The features of `bench/windows.mjs` as somebody who knows the engine would write them: one grouped and filtered SELECT a cutoff, keys as
 * whole numbers, categories as bits. Prints the seconds of reading and of computing; takes the folder and the number of threads.
 */
import { join } from 'node:path';
import duckdb from '@duckdb/node-api';

const [folder, threads] = process.argv.slice(2);
const instance = await duckdb.DuckDBInstance.create(':memory:', { threads, preserve_insertion_order: 'false' });
const db = await instance.connect();
const file = name => `'${join(folder, `${name}.parquet`).replaceAll("'", "''")}'`;
const phases = {};
async function phase(name, statements) {
  const [since, used] = [performance.now(), process.cpuUsage()];
  for (const sql of statements) await db.run(sql);
  const { user, system } = process.cpuUsage(used);
  phases[name] = { seconds: (performance.now() - since) / 1000, processor: (user + system) / 1e6 };
}

const cutoffs = Array.from({ length: 12 }, (_, i) => `TIMESTAMP '${new Date(Date.UTC(2023, 10 + i, 1)).toISOString().slice(0, 10)}'`);
const within =
  (days, more = '') =>
  c =>
    `FILTER (WHERE placed_at < ${c} AND placed_at >= ${c} - INTERVAL ${days} DAY${more})`;
const features = c => `SELECT customer_id, ${c} AS cutoff, coalesce(o30, 0) AS o30, coalesce(o90, 0) AS o90, coalesce(o180, 0) AS o180,
  coalesce(amt30, 0) AS amt30, coalesce(amt90, 0) AS amt90, avg180, epoch(${c} - last) / 86400 AS recency_days, coalesce(dcat90, 0) AS dcat90,
  coalesce(tick90, 0) AS tick90, CASE WHEN o180 > 0 THEN ret / o180 END AS ret_ratio180, coalesce(future, 0) = 0 AS label
FROM customers LEFT JOIN (
  SELECT customer_id, count(*) ${within(30)(c)} AS o30, count(*) ${within(90)(c)} AS o90, count(*) ${within(180)(c)} AS o180,
    sum(amount) ${within(30)(c)} AS amt30, sum(amount) ${within(90)(c)} AS amt90, avg(amount) ${within(180)(c)} AS avg180,
    max(placed_at) FILTER (WHERE placed_at < ${c}) AS last, bit_count(bit_or(bit) ${within(90)(c)}) AS dcat90,
    count(*) ${within(180, ' AND returned')(c)} AS ret, count(*) FILTER (WHERE placed_at >= ${c}) AS future
  FROM orders WHERE placed_at >= ${c} - INTERVAL 180 DAY AND placed_at < ${c} + INTERVAL 60 DAY GROUP BY customer_id
) USING (customer_id) LEFT JOIN (
  SELECT customer_id, count(*) AS tick90 FROM tickets WHERE opened_at < ${c} AND opened_at >= ${c} - INTERVAL 90 DAY GROUP BY customer_id
) USING (customer_id)`;

await phase('read', [
  `CREATE TABLE orders AS SELECT customer_id, placed_at, amount, status = 'returned' AS returned, CAST(1 AS BIGINT) << CAST(substr(category, 4) AS INTEGER) AS bit FROM ${file('orders')}`,
  `CREATE TABLE tickets AS SELECT customer_id, opened_at FROM ${file('tickets')}`,
  `CREATE TABLE customers AS SELECT customer_id FROM ${file('customers')}`,
]);
await phase(
  'compute',
  cutoffs.map((c, i) => `${i === 0 ? 'CREATE TABLE result AS' : 'INSERT INTO result'} ${features(c)}`),
);
await db.run(`COPY result TO ${file('sql')} (FORMAT parquet)`);
console.log(JSON.stringify({ phases, version: `DuckDB ${duckdb.version()}` }));
