/**
 * Customers, their orders and their tickets over two years as Parquet: customers come and go, some buy often, and nothing says so but the
 * events. Shares, spans and amounts are those of the tables that the peers of the windows were timed on.
 */
import { join } from 'node:path';
import { DOUBLE, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { random } from './random.mjs';

const span = 730;
const daySeconds = 86_400;
const epoch = Date.UTC(2023, 0, 1) / 1000;

/** Columns of numbers as a table `t`, then a Parquet file of what `select` makes of it. */
async function write(path, columns, select) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const db = await instance.connect();
  const names = Object.keys(columns);
  await db.run(`CREATE TABLE t (${names.map(name => `${name} DOUBLE`).join(', ')})`);
  const appender = await db.createAppender('t');
  const rows = columns[names[0]].length;
  const chunk = DuckDBDataChunk.create(names.map(() => DOUBLE));
  for (let start = 0; start < rows; start += 2048) {
    chunk.reset();
    chunk.rowCount = Math.min(2048, rows - start);
    for (const [i, name] of names.entries()) {
      const vector = chunk.getColumnVector(i);
      vector.items.set(columns[name].subarray(start, start + chunk.rowCount));
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  await db.run(`COPY (${select}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
  db.closeSync();
  instance.closeSync();
}

const at = column => `make_timestamp(CAST(${column} AS BIGINT) * 1000000)`;
const oneOf = (column, names) => `['${names.join("', '")}'][CAST(${column} AS INTEGER) + 1]`;

/** `customers.parquet`, `orders.parquet` and `tickets.parquet` in the folder; events are in the order of time. */
export async function writeShop(folder, { customers, orders, tickets }, seed = 22) {
  const r = random(seed);
  const numbers = n => new Float64Array(n);
  const [begin, end, weight, segment] = [numbers(customers), numbers(customers), numbers(customers), numbers(customers)];
  for (let c = 0; c < customers; c++) {
    begin[c] = r.uniform() < 0.6 ? 0 : r.below(500);
    end[c] = Math.min(span, begin[c] + (r.uniform() < 0.45 ? 260 * r.exponential() : 9_999) + 5);
    weight[c] = (r.gamma(0.9) + 0.05) * (end[c] - begin[c]);
    segment[c] = r.below(4);
  }
  const all = weight.reduce((sum, w) => sum + w, 0);
  const choose = r.chooser(Array.from(weight, w => w / all));
  const events = n => {
    const [customer, seconds] = [numbers(n), numbers(n)];
    for (let i = 0; i < n; i++) {
      const c = choose();
      customer[i] = c + 1;
      const day = begin[c] + r.uniform() * (end[c] - begin[c]);
      seconds[i] = epoch + Math.min(span * daySeconds - 1, Math.floor(day * daySeconds));
    }
    return { customer, seconds };
  };
  await write(
    join(folder, 'customers.parquet'),
    { id: Float64Array.from({ length: customers }, (_, c) => c + 1), begin: begin.map(day => epoch + day * daySeconds), segment },
    `SELECT CAST(id AS BIGINT) AS customer_id, ${at('begin')} AS signed_up_at, ${oneOf('segment', ['a', 'b', 'c', 'd'])} AS segment FROM t`,
  );
  const category = r.chooser(r.dirichlet(25, 2));
  const status = r.chooser([0.86, 0.09, 0.05]);
  await write(
    join(folder, 'orders.parquet'),
    {
      ...events(orders),
      amount: Float64Array.from({ length: orders }, () => Math.round(100 * Math.exp(3.4 + 0.8 * r.normal())) / 100),
      status: Float64Array.from({ length: orders }, status),
      category: Float64Array.from({ length: orders }, category),
    },
    `SELECT row_number() OVER () AS order_id, CAST(customer AS BIGINT) AS customer_id, ${at('seconds')} AS placed_at, amount, ${oneOf('status', ['complete', 'returned', 'cancelled'])} AS status, 'cat' || CAST(category AS INTEGER) AS category FROM (FROM t ORDER BY seconds, customer)`,
  );
  await write(
    join(folder, 'tickets.parquet'),
    { ...events(tickets), severity: Float64Array.from({ length: tickets }, () => 1 + r.below(4)) },
    `SELECT row_number() OVER () AS ticket_id, CAST(customer AS BIGINT) AS customer_id, ${at('seconds')} AS opened_at, CAST(severity AS BIGINT) AS severity FROM (FROM t ORDER BY seconds, customer)`,
  );
}
