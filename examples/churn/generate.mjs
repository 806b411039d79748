/**
 * Writes the tables of an invented shop, seeded: the same bytes on every run. Customers buy at a rate of their own that falls with
 * complaints, rises with their plan, and ends for good at some time; tickets reach the log up to three days late.
 *
 * Usage: node examples/churn/generate.mjs
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

const folder = fileURLToPath(new URL('data/', import.meta.url));
const day = 86_400;
const start = Date.UTC(2022, 0, 1) / 1000;
const end = Date.UTC(2025, 0, 1) / 1000;
const customerCount = 2_500;

/** Mulberry32: 32 bits of state, good enough for a shop. */
let state = 20_240_917;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
const exponential = mean => -Math.log(1 - random()) * mean;
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const stamp = seconds => new Date(Math.round(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');

const customers = [];
const orders = [];
const tickets = [];
const changes = [];
const kinds = ['complaint', 'question', 'praise'];
for (let i = 0; i < customerCount; i++) {
  const id = `c${String(i + 1).padStart(5, '0')}`;
  const joined = start + random() * (end - start - 60 * day);
  customers.push([id, stamp(joined)]);
  const plan = random() < 0.55 ? 'free' : random() < 0.7 ? 'plus' : 'pro';
  let current = plan;
  changes.push([id, joined, plan]);
  const spacing = 22 * Math.exp(0.55 * normal()) * { free: 1.35, plus: 1, pro: 0.7 }[plan];
  const unhappy = random() < 0.25;
  let pace = spacing;
  let t = joined + exponential(6) * day;
  const hazard = { free: 520, plus: 900, pro: 1300 }[plan] * (unhappy ? 0.45 : 1);
  const leaves = joined + exponential(hazard) * day;
  while (t < Math.min(leaves, end)) {
    orders.push([id, t, Math.max(3, Math.exp(3.3 + 0.7 * normal())), random() < 0.94 ? 'paid' : 'cancelled', random() < (unhappy ? 0.22 : 0.07)]);
    if (random() < (unhappy ? 0.3 : 0.06)) {
      const kind = kinds[random() < (unhappy ? 0.75 : 0.25) ? 0 : random() < 0.6 ? 1 : 2];
      tickets.push([id, t + exponential(3) * day, kind]);
      if (kind === 'complaint') pace *= 1.18;
    }
    if (random() < 0.012) {
      current = current === 'free' ? 'plus' : current === 'plus' && random() < 0.5 ? 'pro' : 'free';
      pace *= { free: 1.3, plus: 0.95, pro: 0.85 }[current];
      changes.push([id, t + day * random(), current]);
    }
    const season = new Date(t * 1000).getUTCMonth() === 11 ? 0.7 : 1;
    t += exponential(pace * season) * day;
  }
}

const csv = (header, rows) => `${[header, ...rows].map(row => row.join(',')).join('\n')}\n`;
orders.sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
tickets.sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
changes.sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
writeFileSync(
  `${folder}plan_changes.csv`,
  csv(
    ['customer', 'changed_at', 'plan'],
    changes.map(([id, t, plan]) => [id, stamp(t), plan]),
  ),
);

const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();

/** Rows of SQL literals as a Parquet file, in the order given. */
async function parquet(name, columns, rows) {
  await connection.run(`create table ${name} (${columns})`);
  for (let i = 0; i < rows.length; i += 1000)
    await connection.run(
      `insert into ${name} values ${rows
        .slice(i, i + 1000)
        .map(row => `(${row.join(',')})`)
        .join(',')}`,
    );
  await connection.run(`copy (from ${name}) to '${folder}${name}.parquet' (format parquet, compression zstd)`);
}
const text = value => `'${value}'`;
const opened = tickets.filter(([, t]) => t < end);
await parquet(
  'customers',
  'customer_id varchar, signed_up timestamp',
  customers.map(row => row.map(text)),
);
await parquet(
  'orders',
  'order_id varchar, customer varchar, placed_at timestamp, amount decimal(10, 2), status varchar, returned boolean',
  orders.map(([id, t, amount, status, returned], i) => [text(`o${i + 1}`), text(id), text(stamp(t)), amount.toFixed(2), text(status), returned]),
);
const told = opened.map(([id, t, kind], i) => ({
  ticket_id: `t${i + 1}`,
  customer: id,
  opened_at: stamp(t),
  logged_at: stamp(t + random() * 3 * day),
  kind,
}));
writeFileSync(`${folder}tickets.jsonl`, told.map(ticket => `${JSON.stringify(ticket)}\n`).join(''));
console.log({ customers: customers.length, orders: orders.length, tickets: opened.length, changes: changes.length });
