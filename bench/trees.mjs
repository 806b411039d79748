/**
 * Boosted trees (1,000,000 × 28, 100 trees of 31 leaves) and a random forest (200,000 × 28, 100 trees, 16 levels) beside LightGBM and
 * scikit-learn, where Python has them (`PYTHON` names another interpreter). Each fit is a process of its own; ours and theirs take turns,
 * the least seconds of each are compared, and the curve on 100,000 unseen rows is averaged over the tables. From columns to model: binning
 * and training, no reading. `--tables 5`, `--threads 2`,
 * `--only "random forest"`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { esbuildKernel } from '../scripts/kernel.mjs';
import { writeCollisions } from './generate/collisions.mjs';

const { values } = parseArgs({
  options: { tables: { type: 'string', default: '5' }, threads: { type: 'string', default: '2' }, only: { type: 'string' } },
});
const tables = Number(values.tables);
const { threads } = values;
const python = process.env.CUPEL_BENCH_PYTHON ?? process.env.PYTHON ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'cupel-trees-'));
const work = join(folder, 'work.mjs');

const last = (command, args) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
};
const has = name => spawnSync(python, ['-c', `import ${name}, sklearn, numpy`]).status === 0;
const least = (results, what = 'fit') => Math.min(...results.map(r => r[what]));
const mean = results => results.reduce((sum, r) => sum + r.auc, 0) / results.length;

const jobs = [
  { name: 'boosted trees', algorithm: 'gradient_boosting', rows: 1_000_000, settings: {}, peer: 'lightgbm', times: tables },
  { name: 'random forest', algorithm: 'random_forest', rows: 200_000, settings: { depth: 16 }, peer: 'sklearn', times: 1 },
].filter(({ name }) => values.only === undefined || values.only === name);

try {
  await esbuild.build({
    entryPoints: ['bench/work/trees.ts'],
    outfile: work,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins: [esbuildKernel],
    external: ['@tensorflow/*', '@duckdb/*'],
    logLevel: 'error',
  });
  const data = join(folder, 'rows');
  const results = jobs.map(() => ({ ours: [], theirs: [] }));
  for (let table = 0; table < tables; table++) {
    writeCollisions(data, 1_100_000, 33 + table);
    jobs.forEach(({ algorithm, rows, settings, peer, times }, k) => {
      if (table >= times) return;
      results[k].ours.push(last(process.execPath, [work, data, algorithm, String(rows), threads, JSON.stringify(settings)]));
      if (has(peer)) results[k].theirs.push(last(python, ['bench/peers/trees.py', data, peer, String(rows), threads]));
    });
  }
  jobs.forEach(({ name, rows, peer }, k) => {
    const { ours, theirs } = results[k];
    const own = `${name}, ${rows.toLocaleString('en-US')} × 28, ${threads} threads: ${least(ours).toFixed(2)} s, auc ${mean(ours).toFixed(5)}`;
    const beside = theirs.length
      ? `; ${theirs[0].version} ${least(theirs).toFixed(2)} s, auc ${mean(theirs).toFixed(5)}: ${(least(ours) / least(theirs)).toFixed(2)} × its time, ${(least(ours, 'processor') / least(theirs, 'processor')).toFixed(2)} × its processors' time`
      : `; ${peer} is not installed for ${python}`;
    console.log(own + beside);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
