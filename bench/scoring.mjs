/** The churn example's model in process: microseconds to score one row that is brought as an object, and seconds for a matrix of a million. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { esbuildKernel } from '../scripts/kernel.mjs';

const folder = mkdtempSync(join(tmpdir(), 'cupel-scoring-'));
const done = (command, args, cwd) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status === null || status > 1) throw new Error(stderr);
  return stdout;
};
try {
  cpSync('examples/churn', folder, { recursive: true, filter: path => !path.includes('.cupel/') });
  done(process.execPath, [resolve('dist/cli.mjs'), 'run', 'churn.cupel', '--format', 'json'], folder);
  const runs = join(folder, '.cupel/runs');
  const model = join(runs, readdirSync(runs)[0] ?? '', 'models/gbt.json');
  const work = join(folder, 'work.mjs');
  await esbuild.build({
    entryPoints: ['bench/work/scoring.ts'],
    outfile: work,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins: [esbuildKernel],
    external: ['@tensorflow/*', '@duckdb/*'],
    logLevel: 'error',
  });
  const { micros, seconds } = JSON.parse(done(process.execPath, [work, model]));
  console.log(`scoring: ${micros.toFixed(1)} µs a row, ${seconds.toFixed(2)} s for a matrix of a million`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
