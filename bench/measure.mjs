/** Cold processes as benchmarks see them: seconds on the clock and of the processors, and the peak of memory where /proc tells. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Python with the packages that a peer needs, as `CUPEL_BENCH_PYTHON` or `PYTHON` names it; null where they are not installed. */
export function pythonWith(...packages) {
  const python = process.env.CUPEL_BENCH_PYTHON ?? process.env.PYTHON ?? 'python3';
  return spawnSync(python, ['-c', `import ${packages.join(', ')}`]).status === 0 ? python : null;
}

/** User and system seconds of a process and all that it started and waited for. */
function processorSeconds(stat) {
  // Behind the name, which may hold blanks: state is the first field, times are the twelfth to fifteenth, in hundredths.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) / 100;
}

export async function cold(command, args, { cwd, env = process.env, accepts = [0] } = {}) {
  const started = process.hrtime.bigint();
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let peak = 0;
  let processor = 0;
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024 ** 2);
      processor = processorSeconds(readFileSync(`/proc/${child.pid}/stat`, 'utf8'));
    } catch {
      // Gone, or no /proc on this system: the figure is then left out.
    }
  }, 20);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    errors += text;
  });
  const status = await new Promise(done => child.on('close', done));
  clearInterval(watch);
  if (!accepts.includes(status)) throw new Error(errors || output);
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, processor, peak, output };
}

/** A run of a program in its folder; `record` is its run record. */
export async function cupel(folder, file, ...options) {
  const cli = join(resolve(process.env.CUPEL_DIST ?? 'dist'), 'cli.mjs');
  const run = await cold(process.execPath, [cli, 'run', file, '--format', 'json', '--threads', '2', ...options], {
    cwd: folder,
    accepts: [0, 1],
  });
  return { ...run, record: JSON.parse(run.output) };
}

export const gigabytes = amount => (amount ? `${amount.toFixed(2)} GB` : 'unknown');
