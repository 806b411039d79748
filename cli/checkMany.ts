/** Checks many files on all cores. Workers share nothing: each reads what its own part imports. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Checked, checkFiles, type Project } from './analyse.ts';
import { importsIn, partsOf } from './checkParts.ts';
import { readProgram } from './programs.ts';

const workerScript = new URL('./checkWorker.mjs', import.meta.url);
/** Below this, starting workers takes longer than they save. */
const worthwhile = 200;
const most = 8;

export interface Part extends Project {
  readonly files: readonly string[];
  readonly withVerdicts: boolean;
}

export async function checkAll(project: Project, files: readonly string[], withVerdicts: boolean): Promise<Checked> {
  const workers = Math.min(availableParallelism(), most, Math.ceil(files.length / worthwhile));
  // The worker is a file of the bundle; without the bundle there is one thread.
  if (workers < 2 || !existsSync(workerScript)) return checkFiles(project, files, withVerdicts);
  const parts = partsOf(files, workers, file => {
    const input = readProgram(project.root, file);
    return input.kind === 'text' ? importsIn(file, input.text) : [];
  });
  const [own = [], ...others] = parts;
  const elsewhere = others.map(part => inWorker({ ...project, files: part, withVerdicts }));
  // One part is checked here while the workers start.
  const here = checkFiles(project, own, withVerdicts);
  const all = [here, ...(await Promise.all(elsewhere))];
  const order = new Map(files.map((file, index) => [file, index]));
  const byFile = (a: { readonly file: string }, b: { readonly file: string }): number => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0);
  return { diagnostics: all.flatMap(c => c.diagnostics).sort(byFile), verdicts: all.flatMap(c => c.verdicts).sort(byFile) };
}

function inWorker(part: Part): Promise<Checked> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerScript, { workerData: part });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`A check worker ended early with code ${code}`)));
  });
}
