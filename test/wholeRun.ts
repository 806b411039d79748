/** Runs a program over files given as text, in a folder of its own, with the real engine and learners, in this process. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../runner/index.ts';
import type { RunRecord } from '../runner/record.ts';
import type { Files } from './engine.ts';
import { runOptions } from './runOptions.ts';
import { file, planOf } from './semantics/program.ts';

export interface WholeRun {
  readonly record: RunRecord;
  /** The state of a stored model, by its name. */
  readonly model: (name: string) => Readonly<Record<string, unknown>>;
  /** Of the run: `predictions/….parquet` and the like. */
  readonly folder: string;
}

export async function wholeRun<T>(text: string, files: Files, look: (ran: WholeRun) => T | Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'cupel-whole-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    }
    const record = await run(planOf(text), runOptions(root, { program: [{ path: file, sha256: '0'.repeat(64) }] }), () => undefined);
    const folder = join(root, '.cupel', 'runs', record.id);
    const model = (name: string) => JSON.parse(readFileSync(join(folder, 'models', `${name}.json`), 'utf8')) as Readonly<Record<string, unknown>>;
    return await look({ record, folder, model });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
