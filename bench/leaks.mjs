/**
 * Rules about a feature set that only rows decide, over 1,000,000 rows of 50 columns (columns are made when they are read, as those of a
 * file are), then how many of many tables with nothing wrong raise an alarm. `--rows 1000000`, `--columns 50`, `--tables 2000`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    columns: { type: 'string', default: '50' },
    tables: { type: 'string', default: '2000' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'cupel-leaks-'));
const work = join(folder, 'work.mjs');

const told = args => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [work, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
};

try {
  await esbuild.build({
    entryPoints: ['bench/work/leaks.ts'],
    outfile: work,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  const { seconds, processors, peak, faults } = told(['time', values.rows, values.columns]);
  console.log(`rules about a feature set, ${Number(values.rows).toLocaleString('en-US')} rows × ${values.columns} columns`);
  console.log(`  ${seconds.toFixed(1)} s (${processors.toFixed(1)} s of processors), ${(peak / 1024).toFixed(2)} GB, ${faults} alarms`);
  const { tables, wrong } = told(['alarms', values.tables]);
  console.log(`  false alarms: ${wrong} of ${tables.toLocaleString('en-US')} tables with nothing wrong`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
