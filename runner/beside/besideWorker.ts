/** A thread of a run: it reads the matrix of a job from its file, and answers with what the job gives. */
import { parentPort } from 'node:worker_threads';
import { readMatrixFile, type StoredMatrix } from '../learn/columnFile.ts';
import type { Ahead, Answer, Task } from './beside.ts';
import { asFailed } from './failed.ts';
import { type JobName, jobs } from './jobs.ts';

/** The latest: a run names no two of its files alike. */
let known: { readonly path: string; readonly stored: StoredMatrix } | null = null;

function storedAt(path: string): StoredMatrix {
  if (known?.path !== path) known = { path, stored: readMatrixFile(path) };
  return known.stored;
}

async function work<K extends JobName>({ job, path, given }: Task<K>): Promise<Answer> {
  const { matrix, raw } = storedAt(path);
  if (raw === null) throw new Error(`The matrix for ${job} has no columns behind its features.`);
  return { gives: await jobs[job]({ matrix, raw }, given) };
}

/** Some jobs pause; the next one waits all the same, for answers come in the order of the tasks. */
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (task: Task | Ahead) => {
  if ('ahead' in task) {
    // A file that cannot be read is told with the job that reads it.
    last = last.then(() => void storedAt(task.ahead)).catch(() => undefined);
    return;
  }
  last = last.then(async () => parentPort?.postMessage(await work(task).catch((error: unknown): Answer => ({ failed: asFailed(error) }))));
});
