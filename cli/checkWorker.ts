/**
 * A thread of a large check: it loads the checker while the files are read, and gets its task as a message. It ends with its answer, and
 * collects no memory that ends with it.
 */
import { parentPort } from 'node:worker_threads';
import { loadChecker } from './checker.ts';
import type { Task } from './checkParts.ts';

const loaded = loadChecker();
parentPort?.once('message', async (task: Task) => {
  parentPort?.postMessage([...(await loaded).checker.checkParts(task)]);
  process.exit();
});
