/** One part of a large check, in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkFiles } from './analyse.ts';
import type { Part } from './checkMany.ts';

const { files, withVerdicts, ...project }: Part = workerData;
parentPort?.postMessage(checkFiles(project, files, withVerdicts));
