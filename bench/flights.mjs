/**
 * The flights example, cold, as one process: seconds, peak memory (where /proc tells) and the seconds of each node. Runs in a copy, so that
 * nothing comes from a cache.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'cupel-flights-'));
try {
  cpSync('examples/flights', folder, { recursive: true, filter: path => !path.includes('.cupel/') });
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, [resolve('dist/cli.mjs'), 'run', 'flights.cupel', '--format', 'json', '--threads', '2'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peak = 0;
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0));
    } catch {
      // Gone, or no /proc on this system: the figure is then left out.
    }
  }, 50);
  let text = '';
  for await (const piece of child.stdout.setEncoding('utf8')) text += piece;
  clearInterval(watch);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { metrics, timing } = JSON.parse(text);
  const auc = metrics.find(({ metric, segment, model }) => metric === 'auc' && segment === null && model === 'gbt');
  console.log(`flights, cold: ${seconds.toFixed(1)} s${peak ? `, ${(peak / 1024 ** 2).toFixed(2)} GB at most` : ''}, auc ${auc?.value.toFixed(4)}`);
  for (const [node, spent] of Object.entries(timing.nodes)) console.log(`  ${spent.toFixed(2).padStart(6)} s  ${node}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
