/**
 * A second thread for jobs that read a large matrix, while this one goes on. What a job gives does not depend on where it is done, so a run on
 * one thread, one of few rows, and one without the bundle, whose file the thread is, do all of it here.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { asError, type Failed } from './failed.ts';
import { type JobName, type Jobs, jobs, type Source } from './jobs.ts';

export interface Task<K extends JobName = JobName> {
  readonly job: K;
  /** Of the matrix. */
  readonly path: string;
  readonly given: Jobs[K]['given'];
}

/** A matrix that jobs are going to be about. */
export interface Ahead {
  readonly ahead: string;
}

export type Answer = { readonly gives: unknown } | { readonly failed: Failed };

/** Where the matrix is: in memory, and in a file if that has the columns behind the features too. */
export interface Placed {
  readonly source: () => Promise<Source>;
  readonly file: () => Promise<string | null>;
  /** Rows × columns. */
  readonly cells: number;
}

export interface Beside {
  readonly ask: <K extends JobName>(job: K, placed: Placed, given: Jobs[K]['given']) => Promise<Jobs[K]['gives']>;
  /** Starts the thread where jobs over the matrix are done there, and has it open the file: that is a tenth of a second, and the first job need not wait. */
  readonly ready: (placed: Pick<Placed, 'file' | 'cells'>) => Promise<void>;
  /** Ends when the thread has; nothing is asked afterwards. */
  readonly close: () => Promise<void>;
}

/** The thread is a file of the bundle. */
const script = new URL('./besideWorker.mjs', import.meta.url);
/** Below this, starting a thread takes longer than it saves. */
const worthwhile = 1_000_000;

export function openBeside(threads: number, file: URL = script, fewest: number = worthwhile): Beside {
  let worker: Worker | null = null;
  let isClosed = false;
  /** Answers come in the order of the tasks. */
  const waiting: { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  const isThere = threads > 1 && existsSync(file);

  function started(): Worker {
    if (worker) return worker;
    const made = new Worker(file);
    // A run that has nothing else to wait for waits for the answer, not for the thread.
    made.unref();
    made.on('message', (answer: Answer) => {
      const next = waiting.shift();
      if (waiting.length === 0) made.unref();
      if ('gives' in answer) next?.resolve(answer.gives);
      else next?.reject(asError(answer.failed));
    });
    const ended = (error: Error): void => {
      // One that failed says so first and ends later, when another may be at work.
      if (worker !== made) return;
      worker = null;
      for (const { reject } of waiting.splice(0)) reject(error);
    };
    made.on('error', ended);
    made.on('exit', code => ended(new Error(`The second thread of the run ended early with code ${code}`)));
    worker = made;
    return made;
  }

  return {
    async ready({ file, cells }) {
      const path = isThere && cells >= fewest ? await file() : null;
      if (path !== null && !isClosed) started().postMessage({ ahead: path } satisfies Ahead);
    },
    async ask(job, placed, given) {
      const path = isThere && placed.cells >= fewest ? await placed.file() : null;
      if (isClosed) throw new Error('The run is over.');
      if (path === null) return jobs[job](await placed.source(), given);
      const thread = started();
      const answer = new Promise<unknown>((resolve, reject) => waiting.push({ resolve, reject }));
      thread.ref();
      thread.postMessage({ job, path, given } satisfies Task<typeof job>);
      return (await answer) as Jobs[typeof job]['gives'];
    },
    async close() {
      isClosed = true;
      await worker?.terminate();
    },
  };
}
