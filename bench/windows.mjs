/**
 * Ten windowed features of 100,000 customers at 12 cutoffs over 5,000,000 orders and 500,000 tickets, with the observations and their label:
 * the engine, hand-written SQL for the same engine, and Polars where Python has it (`PYTHON` names another interpreter). Each is a process
 * of its own that has read its tables before the clock starts; all take turns, and the least seconds are compared. Every cell must be equal
 * to 1e-9 of its size. `--customers 100000`, `--times 3`, `--threads 2`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import * as esbuild from 'esbuild';
import { esbuildKernel } from '../scripts/kernel.mjs';
import { esbuildPages } from '../scripts/pages.mjs';
import { writeShop } from './generate/shop.mjs';
import { cold, gigabytes, pythonWith } from './measure.mjs';
import { featureNames, windowsProgram } from './programs/windows.mjs';

const { values } = parseArgs({
  options: { customers: { type: 'string', default: '100000' }, times: { type: 'string', default: '3' }, threads: { type: 'string', default: '2' } },
});
const customers = Number(values.customers);
const folder = mkdtempSync(join(tmpdir(), 'cupel-windows-'));
// Beside the packages that it imports.
const work = resolve('node_modules/.cache/cupel-windows.mjs');
const python = pythonWith('polars');
const least = (runs, what) => Math.min(...runs.map(what));

async function ran(command, args) {
  const run = await cold(command, args);
  return { ...run, ...JSON.parse(run.output.trim().split('\n').at(-1)) };
}

/** Cells that differ by more than 1e-9 of the larger, and rows that only one side has. */
async function differing(file) {
  const db = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
  const unlike = (a, b) => `(${a} IS NULL) <> (${b} IS NULL) OR abs(${a} - ${b}) > 1e-9 * greatest(abs(${a}), abs(${b}))`;
  const counts = [
    ...featureNames.map(f => [`CAST(o.${f} AS DOUBLE)`, `CAST(p.${f} AS DOUBLE)`]),
    ['CAST(o.label AS DOUBLE)', 'CAST(p.label AS DOUBLE)'],
  ];
  const sums = counts.map(([a, b]) => `count(*) FILTER (WHERE ${unlike(a, b)})`).join(' + ');
  const [[cells, rows]] = (
    await db.runAndReadAll(
      `SELECT ${sums}, count(*) FILTER (WHERE o.customer_id IS NULL OR p.customer_id IS NULL) FROM '${join(folder, 'ours.parquet')}' o FULL JOIN '${join(folder, file)}' p ON CAST(p.customer_id AS VARCHAR) = o.customer_id AND CAST(p.cutoff AS TIMESTAMP) = o.cutoff`,
    )
  ).getRows();
  return { cells: Number(cells), rows: Number(rows) };
}

try {
  await writeShop(folder, { customers, orders: 50 * customers, tickets: 5 * customers });
  writeFileSync(join(folder, 'windows.cupel'), windowsProgram);
  await esbuild.build({
    entryPoints: ['bench/work/windows.ts'],
    outfile: work,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins: [esbuildKernel, esbuildPages],
    external: ['@tensorflow/*', '@duckdb/*'],
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  const peers = [
    { name: 'hand-written SQL', file: 'sql.parquet', run: () => ran(process.execPath, [resolve('bench/peers/windows.mjs'), folder, values.threads]) },
    ...(python ? [{ name: 'Polars', file: 'polars.parquet', run: () => ran(python, ['bench/peers/windows.py', folder, values.threads]) }] : []),
  ].map(peer => ({ ...peer, runs: [] }));
  const ours = [];
  for (let time = 0; time < Number(values.times); time++) {
    ours.push(await ran(process.execPath, [work, folder, 'windows.cupel', 'features windows', values.threads]));
    for (const peer of peers) peer.runs.push(await peer.run());
  }
  const spent = (run, what, kinds) =>
    Object.values(run.nodes)
      .filter(node => kinds.includes(node.kind))
      .reduce((sum, node) => sum + node[what], 0);
  const parts = { 'all of it': ['frame', 'split', 'features'], features: ['features'] };
  const own = (what, part) => least(ours, run => spent(run, what, parts[part]));
  console.log(
    `windows: ${own('seconds', 'all of it').toFixed(2)} s, of it the features ${own('seconds', 'features').toFixed(2)} s; reading ${least(ours, run => spent(run, 'seconds', ['scan'])).toFixed(2)} s, ${gigabytes(least(ours, run => run.peak))} at most`,
  );
  for (const { name, file, runs } of peers) {
    const of = what => least(runs, run => run.phases.compute[what]);
    const ratio = (what, part) => (own(what, part) / of(what)).toFixed(2);
    const { cells, rows } = await differing(file);
    const equal = cells + rows === 0 ? 'every cell equal to 1e-9' : `${cells} cells and ${rows} rows differ`;
    console.log(
      `  ${name} (${runs[0].version}) ${of('seconds').toFixed(2)} s, ${gigabytes(least(runs, run => run.peak))}: ${ratio('seconds', 'all of it')} × its time, ${ratio('processor', 'all of it')} × its processors' time; the features alone ${ratio('seconds', 'features')} ×; ${equal}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(work, { force: true });
}
