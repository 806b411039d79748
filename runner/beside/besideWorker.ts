/** A thread of a run: it reads the matrix of a job from its file, and answers with what the job gives. */
import { parentPort } from 'node:worker_threads';
import { readMatrixFile } from '../learn/columnFile.ts';
import type { Answer, Task } from './beside.ts';
import { type JobName, jobs } from './jobs.ts';

async function work<K extends JobName>({ job, path, given }: Task<K>): Promise<Answer> {
  const { matrix, raw } = readMatrixFile(path);
  if (raw === null) throw new Error(`The matrix for ${job} has no columns behind its features.`);
  return { gives: await jobs[job]({ matrix, raw }, given) };
}

parentPort?.on('message', (task: Task) => {
  work(task).then(
    answer => parentPort?.postMessage(answer),
    (error: unknown) => parentPort?.postMessage({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Answer),
  );
});
