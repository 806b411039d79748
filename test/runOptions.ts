/** How tests run a plan: in one folder, on one thread, at no time. */
import { join } from 'node:path';
import type { RunOptions } from '../runner/index.ts';

export const runOptions = (root: string, more: Partial<RunOptions> = {}): RunOptions => ({
  projectDir: root,
  storeDir: join(root, '.cupel'),
  threads: 1,
  memory: null,
  backend: 'cpu',
  force: false,
  signal: new AbortController().signal,
  program: [],
  call: null,
  clock: { now: () => 0, date: () => new Date(0) },
  ...more,
});
