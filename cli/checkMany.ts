/** Checks programs, many of them on all cores: each thread takes the next group of files that belong together until none is left. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { loadChecker, setEngine } from './checker.ts';
import type { Checked, Project, Task } from './checkGroups.ts';
import { survey } from './checkParts.ts';
import { readProgram } from './programs.ts';

const workerScript = new URL('./checkWorker.mjs', import.meta.url);
/** Below this, starting workers takes longer than they save. */
const worthwhile = 200;
const most = 8;

export async function checkAll(project: Project, files: readonly string[], withVerdicts: boolean): Promise<Checked> {
  setEngine();
  const threads = Math.min(availableParallelism(), most, Math.ceil(files.length / worthwhile));
  // The worker is a file of the bundle; without the bundle there is one thread.
  const workers = existsSync(workerScript) ? Array.from({ length: threads - 1 }, () => new Worker(workerScript)) : [];
  try {
    // While the workers start, the files are read and the checker is loaded here.
    const { inputs, groups } = survey(files, path => readProgram(project.root, path));
    const task: Task = { project, inputs, groups, withVerdicts, taken: new Int32Array(new SharedArrayBuffer(4)) };
    const elsewhere = Promise.all(workers.map(worker => inWorker(worker, task)));
    // Told where it is awaited, unless this thread fails before.
    elsewhere.catch(() => {});
    const { checker } = await loadChecker();
    const all = [checker.checkGroups(task), ...(await elsewhere)];
    const order = new Map(files.map((file, index) => [file, index]));
    const byFile = (a: { readonly file: string }, b: { readonly file: string }): number => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0);
    return {
      diagnostics: all.flatMap(c => c.diagnostics).sort(byFile),
      waived: all.flatMap(c => c.waived).sort(byFile),
      verdicts: all.flatMap(c => c.verdicts).sort(byFile),
    };
  } finally {
    for (const worker of workers) void worker.terminate();
  }
}

function inWorker(worker: Worker, task: Task): Promise<Checked> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`A check worker ended early with code ${code}`)));
    worker.postMessage(task);
  });
}
