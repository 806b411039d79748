/** What `bench/leaks.mjs` times: the rules about a feature set over columns that are made when they are read, and false alarms of fair tables. */
import { performance } from 'node:perf_hooks';
import { fairTable, findings, type Table } from '../../runner/leaks/fixtures/tables.ts';
import type { MatrixColumn } from '../../runner/learn/matrix.ts';
import { random } from '../../runner/learn/random.ts';

/** A number in [0, 1) of a row and a column. */
function drawn(row: number, column: number): number {
  let h = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(column + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

/** Like a column that lies in a file: nothing of it is kept. */
function column(j: number, rows: number): MatrixColumn {
  const name = `c${j}`;
  const number = (row: number): number => (j % 7 === 0 && drawn(row, 999) < 0.1 ? Number.NaN : drawn(row, j) * (j % 3 === 0 ? 1000 : 1));
  const code = (row: number): number => Math.floor(drawn(row, j) * (5 + j));
  const all = Int32Array.from({ length: 1 }, () => rows);
  const every = (): Int32Array => Int32Array.from({ length: all[0] ?? 0 }, (_, i) => i);
  if (j % 5 === 4) {
    const gather = (of: Int32Array, into: Int32Array): void =>
      of.forEach((row, i) => {
        into[i] = code(row);
      });
    return {
      kind: 'category',
      name,
      levels: Array.from({ length: 5 + j }, (_, i) => `l${i}`),
      gather,
      get codes() {
        return every().map(code);
      },
    };
  }
  const gather = (of: Int32Array, into: Float64Array): void =>
    of.forEach((row, i) => {
      into[i] = number(row);
    });
  return {
    kind: 'number',
    name,
    gather,
    get values() {
      return Float64Array.from(every(), number);
    },
  };
}

async function time(rows: number, columns: number): Promise<void> {
  const made = Array.from({ length: columns }, (_, j) => column(j, rows));
  const table: Table = {
    columns: made,
    types: made.map(() => 'float'),
    label: Float64Array.from({ length: rows }, (_, i) => (drawn(i, 0) + drawn(i, 777) > 1.4 ? 1 : 0)),
    partition: Uint8Array.from({ length: rows }, (_, i) => (drawn(i, 888) < 0.3 ? 2 : 0)),
    entity: Int32Array.from({ length: rows }, (_, i) => i),
  };
  const [since, before] = [performance.now(), process.cpuUsage()];
  const found = await findings(table, 'binary', []);
  const used = process.cpuUsage(before);
  console.log(
    JSON.stringify({
      seconds: (performance.now() - since) / 1000,
      processors: (used.user + used.system) / 1e6,
      peak: process.resourceUsage().maxRSS / 1024,
      faults: found.filter(one => one.fault !== null).length,
    }),
  );
}

async function alarms(tables: number): Promise<void> {
  let wrong = 0;
  for (let seed = 0; seed < tables; seed++) {
    const kind = seed % 2 === 0 ? 'binary' : 'number';
    const found = await findings(fairTable([60, 150, 400, 1000][seed % 4] ?? 60, random(10_000 + seed), kind), kind);
    if (found.some(one => one.fault !== null)) wrong++;
  }
  console.log(JSON.stringify({ tables, wrong }));
}

const [what = '', a = '1000', b = '50'] = process.argv.slice(2);
await (what === 'time' ? time(Number(a), Number(b)) : alarms(Number(a)));
