/** Checks many files on all cores. Workers share nothing: each reads the imports of its own part. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Checked, checkFiles, type Project } from './analyse.ts';

const workerScript = new URL('./checkWorker.mjs', import.meta.url);
/** Below this, starting workers takes longer than they save. */
const worthwhile = 200;
const most = 8;

export interface Part extends Project {
  readonly files: readonly string[];
}

export async function checkAll(project: Project, files: readonly string[]): Promise<Checked> {
  const workers = Math.min(availableParallelism(), most, Math.ceil(files.length / worthwhile));
  // The worker is a file of the bundle; without the bundle there is one thread.
  if (workers < 2 || !existsSync(workerScript)) return checkFiles(project, files);
  const size = Math.ceil(files.length / workers);
  const parts = Array.from({ length: workers }, (_, i) => files.slice(i * size, (i + 1) * size)).filter(p => p.length > 0);
  const [own = [], ...others] = parts;
  const elsewhere = others.map(part => inWorker({ ...project, files: part }));
  // One part is checked here while the workers start.
  const here = checkFiles(project, own);
  const all = [here, ...(await Promise.all(elsewhere))];
  return { diagnostics: all.flatMap(c => c.diagnostics), verdicts: all.flatMap(c => c.verdicts) };
}

function inWorker(part: Part): Promise<Checked> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerScript, { workerData: part });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`A check worker ended early with code ${code}`)));
  });
}
