/**
 * A CSV of 1,000,000 rows × 20 columns, cleaned, encoded, split, learned by boosted trees (100 × 31 leaves) and judged, as one cold process;
 * beside it the same work with pyarrow, scikit-learn and LightGBM, where Python has them. Both take turns, the least of each is compared, and
 * both judge the same rows. `--rows 1000000`, `--times 2`. Then the table again with one setting of the model changed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeTable } from './generate/table.mjs';
import { cold, cupel, gigabytes, pythonWith } from './measure.mjs';
import { tableProgram } from './programs/table.mjs';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' }, times: { type: 'string', default: '2' } } });
const folder = mkdtempSync(join(tmpdir(), 'cupel-table-'));
const python = pythonWith('lightgbm', 'pyarrow', 'pandas', 'sklearn');
const least = (runs, what) => Math.min(...runs.map(what));
const wall = run => run.seconds;
const auc = record => record.metrics.find(m => m.metric === 'auc' && m.segment === null)?.value;

try {
  writeTable(join(folder, 'table.csv'), Number(values.rows));
  const ours = [];
  const theirs = [];
  for (let time = 0; time < Number(values.times); time++) {
    rmSync(join(folder, '.cupel'), { recursive: true, force: true });
    writeFileSync(join(folder, 'table.cupel'), tableProgram({ leaves: 31 }));
    ours.push(await cupel(folder, 'table.cupel'));
    if (!python) continue;
    const run = await cold(python, [resolve('bench/peers/table.py'), join(folder, 'table.csv'), '2'], {
      env: { ...process.env, OMP_WAIT_POLICY: 'PASSIVE' },
    });
    const told = JSON.parse(run.output.trim().split('\n').at(-1));
    // To find the rows that the other side judges is no part of the work.
    theirs.push({ ...run, ...told, seconds: run.seconds - told.aside, processor: run.processor - told.aside_processor });
  }
  const own = ours[0];
  const line = [`table: ${least(ours, wall).toFixed(1)} s (${least(ours, r => r.processor).toFixed(1)} s of processors)`];
  line.push(`${gigabytes(least(ours, r => r.peak))} at most, auc ${auc(own.record).toFixed(5)}`);
  console.log(line.join(', '));
  for (const [node, spent] of Object.entries(own.record.timing.nodes)) console.log(`  ${spent.toFixed(2).padStart(6)} s  ${node}`);
  if (theirs.length) {
    const [peer] = theirs;
    console.log(
      `  ${peer.version}: ${least(theirs, wall).toFixed(1)} s (${least(theirs, r => r.processor).toFixed(1)} s of processors), ${gigabytes(least(theirs, r => r.peak))} at most, auc ${peer.auc.toFixed(5)}`,
    );
    const ratio = what => (least(ours, what) / least(theirs, what)).toFixed(2);
    console.log(`  ${ratio(wall)} × its time, ${ratio(r => r.processor)} × its processors' time, ${ratio(r => r.peak)} × its memory`);
  } else console.log('  no peer: Python has no lightgbm, pyarrow, pandas and sklearn');

  writeFileSync(join(folder, 'table.cupel'), tableProgram({ leaves: 30 }));
  const again = await cupel(folder, 'table.cupel');
  const trained = again.record.timing.nodes['train boosted'] ?? 0;
  const share = (again.seconds - trained) / ours.at(-1).seconds;
  console.log(
    `a second run with another setting: ${again.seconds.toFixed(1)} s, of it ${trained.toFixed(1)} s training; the rest is ${(100 * share).toFixed(0)} % of the cold run`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
