/**
 * A table four times as large as `--memory`, to features and boosted trees: whether it comes to its end within `--memory` and 1 GB more.
 * The size is that of the rows as the engine would hold them: 20 columns, about 250 bytes a row. `--memory 512` in MB.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeTable } from './generate/table.mjs';
import { cupel, gigabytes } from './measure.mjs';
import { tableProgram } from './programs/table.mjs';

const { values } = parseArgs({ options: { memory: { type: 'string', default: '512' } } });
const memory = Number(values.memory);
const bytesPerRow = 250;
const folder = mkdtempSync(join(tmpdir(), 'cupel-memory-'));
try {
  const rows = Math.round((4 * memory * 1e6) / bytesPerRow);
  writeTable(join(folder, 'table.csv'), rows);
  writeFileSync(join(folder, 'table.cupel'), tableProgram({ leaves: 31 }));
  const { seconds, peak, record } = await cupel(folder, 'table.cupel', '--memory', `${memory}MB`);
  const limit = memory / 1000 + 1;
  const end = record.metrics?.length ? 'completed' : `ended with \`${record.code}\`: ${record.message}`;
  console.log(
    `memory: ${rows.toLocaleString('en-US')} rows with --memory ${memory}MB ${end} in ${seconds.toFixed(0)} s, ${gigabytes(peak)} at most, the aim is ${gigabytes(limit)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
