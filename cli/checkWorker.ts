/** A thread of a large check: it loads the checker while the files are read, and gets its task as a message. */
import { parentPort } from 'node:worker_threads';
import { checkGroups, type Task } from './checkGroups.ts';

parentPort?.once('message', (task: Task) => parentPort?.postMessage(checkGroups(task)));
