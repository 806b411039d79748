/**
 * Drift of 60 columns, 1,000,000 rows against 1,000,000, beside SciPy where Python has it (`PYTHON` names another interpreter): columns in
 * memory to decisions, each side in a process of its own, in turns; the least seconds are compared. Numbers by Kolmogorov–Smirnov and
 * categories by chi-square on both sides, whose statistics are held together. Then how often each test alarms where nothing has moved.
 * `--rows 1000000`, `--times 3`, `--alarms 40`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { shifted, writeWindows } from './generate/shifted.mjs';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, times: { type: 'string', default: '3' }, alarms: { type: 'string', default: '40' } },
});
const rows = Number(values.rows);
const python = process.env.PYTHON ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'cupel-drift-'));
const work = join(folder, 'work.mjs');

const last = (command, args) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
};
const least = (results, of = 'seconds') => Math.min(...results.map(r => r[of]));
const took = results => `${least(results).toFixed(2)} s (${least(results, 'processors').toFixed(2)} s of processors)`;
const found = names =>
  `${shifted.filter(name => names.includes(name)).length} of ${shifted.length} found, ${names.filter(name => !shifted.includes(name)).length} others`;

try {
  await esbuild.build({
    entryPoints: ['bench/work/drift.ts'],
    outfile: work,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  const hasPeer = spawnSync(python, ['-c', 'import scipy.stats, numpy']).status === 0;
  writeWindows(folder, rows);
  const results = { ks: [], psi: [], wasserstein: [], theirs: [] };
  for (let time = 0; time < Number(values.times); time++) {
    for (const test of ['ks', 'psi', 'wasserstein']) results[test].push(last(process.execPath, [work, 'windows', folder, test]));
    if (hasPeer) results.theirs.push(last(python, ['bench/peers/drift.py', folder, '2']));
  }
  const [theirs] = results.theirs;
  console.log(`60 columns, ${rows.toLocaleString('en-US')} rows against as many, columns to decisions`);
  if (theirs) console.log(`  ${theirs.version}, 2 threads   ${took(results.theirs)}   p < 5%: ${found(theirs.drifted)}`);
  else console.log(`  SciPy is not installed for ${python}`);
  for (const [test, name] of [
    ['ks', 'ks and chi-square'],
    ['wasserstein', 'wasserstein and chi-square'],
    ['psi', 'psi'],
  ]) {
    const own = results[test];
    const ratio = theirs
      ? `   ${(least(own) / least(results.theirs)).toFixed(2)} × (${(least(own, 'processors') / least(results.theirs, 'processors')).toFixed(2)} ×)`
      : '';
    console.log(`  ${name}   ${took(own)}${ratio}   ${found(own[0].drifted)}, ${own[0].expectedFalseAlarms.toPrecision(2)} expected by chance`);
  }
  if (theirs) {
    // Beyond 50 levels ours has one bin for all others.
    const alike = Object.entries(theirs.statistics).filter(([name]) => !['c8', 'c9'].includes(name));
    const apart = alike.map(([name, s]) => Math.abs(results.ks[0].statistics[name] - s) / Math.max(1e-12, Math.abs(s)));
    console.log(`  statistics agree to ${Math.max(...apart).toExponential(1)}`);
  }
  const alarms = last(process.execPath, [work, 'alarms', values.alarms]);
  console.log(`nothing moved, 2,000 rows against 100, ${values.alarms} times: p <= 5% per column, and any column told to have drifted`);
  for (const [test, { columns, comparisons }] of Object.entries(alarms))
    console.log(`  ${test.padEnd(12)} ${(100 * columns).toFixed(1)}%   ${(100 * comparisons).toFixed(1)}%`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
