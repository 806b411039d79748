/** A job gives the same in the second thread as in this one, and a thread that fails says so. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asFailure } from '../failure.ts';
import { readMatrixFile, writeColumnFile } from '../learn/columnFile.ts';
import { fitContext } from '../learn/fixtures/context.ts';
import { LearnError } from '../learn/learner.ts';
import type { Matrix, MatrixColumn } from '../learn/matrix.ts';
import { learnerNamed } from '../learn/registry.ts';
import { openBeside, type Placed } from './beside.ts';
import { asError, asFailed } from './failed.ts';

const rows = 400;
const folder = mkdtempSync(join(tmpdir(), 'cupel-beside-'));
const thread = join(folder, 'besideWorker.mjs');
const path = join(folder, 'matrix');

beforeAll(() => {
  const build = {
    entryPoints: [resolve('runner/beside/besideWorker.ts')],
    outfile: thread,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    external: ['@tensorflow/*'],
  };
  const script = `import * as esbuild from 'esbuild'; import { esbuildKernel } from './scripts/kernel.mjs'; await esbuild.build({ ...${JSON.stringify(build)}, plugins: [esbuildKernel] });`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: resolve('.') });
  const values = Float64Array.from({ length: rows }, (_, row) => Math.sin(row) + (row > 300 ? 3 : 0));
  const column: MatrixColumn = { kind: 'number', name: 'x', values };
  const matrix: Matrix = {
    rows,
    columns: [column],
    label: Float64Array.from({ length: rows }, (_, row) => row % 2),
    partition: Uint8Array.from({ length: rows }, (_, row) => (row > 300 ? 2 : 0)),
    identity: Array.from({ length: rows }, (_, row) => String(row)),
    entity: Int32Array.from({ length: rows }, (_, row) => row),
    cutoff: null,
    weight: null,
  };
  const file = writeColumnFile(path);
  file.finish(matrix, [{ feature: 'x', column }]);
  file.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = { file: 'a.cupel', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } };
const compared = {
  features: [{ name: 'x', column: 'x', kind: 'number', raw: { column: 'x', kind: 'number' }, place }],
  rows: Int32Array.from({ length: 99 }, (_, i) => 301 + i),
  test: null,
  seed: 7,
} as const;

const placed = (file: string | null, cells = rows): Placed => ({
  source: async () => {
    const { matrix, raw } = readMatrixFile(path);
    return { matrix, raw: raw ?? [] };
  },
  file: async () => file,
  cells,
});

describe('a job over a matrix', () => {
  it('gives the same wherever it is done', async () => {
    const [here, there] = [openBeside(1), openBeside(2, pathToFileURL(thread), 1)];
    try {
      const found = await here.ask('drift', placed(path), compared);
      expect(found.map(({ name, drifted }) => [name, drifted])).toEqual([['x', true]]);
      expect(await Promise.all([1, 2].map(() => there.ask('drift', placed(path), compared)))).toEqual([found, found]);
      const { matrix } = readMatrixFile(path);
      const all = Int32Array.from({ length: rows }, (_, row) => row);
      const model = await learnerNamed('gradient_boosting').fit(matrix, all, null, { trees: 3 }, fitContext('binary'));
      const asked = { model: model.state, rows: all.subarray(200) };
      const [scores, again] = await Promise.all([there.ask('scores', placed(path), asked), there.ask('drift', placed(path), compared)]);
      expect(again).toEqual(found);
      expect(scores).toEqual(model.predict(matrix, asked.rows));
      expect(await here.ask('scores', placed(path), asked)).toEqual(scores);
    } finally {
      await there.close();
    }
  });

  it('has its thread ready where there is one, and much to do', async () => {
    const told = join(folder, 'told.mjs');
    const mark = join(folder, 'started');
    await writeFile(
      told,
      `import { writeFileSync } from 'node:fs'; import { parentPort } from 'node:worker_threads';
writeFileSync(${JSON.stringify(mark)}, ''); parentPort.on('message', ({ ahead, job }) => job ? parentPort.postMessage({ gives: [] }) : writeFileSync(${JSON.stringify(mark)}, ahead));`,
    );
    const small = openBeside(2, pathToFileURL(told), 1_000);
    await small.ready(placed(path, 999));
    await small.close();
    expect(existsSync(mark)).toBe(false);
    const large = openBeside(2, pathToFileURL(told), 1_000);
    await large.ready(placed(path, 1_000));
    await vi.waitFor(() => expect(readFileSync(mark, 'utf8')).toBe(path), 10_000);
    expect(await large.ask('drift', placed(path, 1_000), compared)).toEqual([]);
    await large.close();
    await expect(large.ready(placed(path, 1_000))).resolves.toBeUndefined();
  });

  it('is done here where there is no file of it, no thread, or little to do', async () => {
    const missing = pathToFileURL(join(folder, 'missing.mjs'));
    for (const [beside, file, cells] of [
      [openBeside(2, pathToFileURL(thread), 1), null, rows],
      [openBeside(2, missing, 1), path, rows],
      [openBeside(2, missing, 1_000), path, 999],
    ] as const) {
      expect(await beside.ask('drift', placed(file, cells), compared)).toHaveLength(1);
      await beside.close();
    }
  });

  it('fails where the thread does, and the next job is done', async () => {
    const beside = openBeside(2, pathToFileURL(thread), 1);
    await beside.ready(placed(join(folder, 'gone')));
    await expect(beside.ask('drift', placed(join(folder, 'gone')), compared)).rejects.toThrow('gone');
    expect(await beside.ask('drift', placed(path), compared)).toHaveLength(1);
    await beside.close();
    const broken = join(folder, 'broken.mjs');
    await writeFile(broken, 'process.exit(3);');
    await expect(openBeside(2, pathToFileURL(broken), 1).ask('drift', placed(path), compared)).rejects.toThrow('ended early with code 3');
  });

  it('fails with what the system says, in its words', async () => {
    const beside = openBeside(2, pathToFileURL(thread), 1);
    const gone = await beside.ask('drift', placed(join(folder, 'gone')), compared).catch((error: unknown) => error);
    expect(gone).toMatchObject({ code: 'ENOENT', path: join(folder, 'gone') });
    await beside.close();
    await expect(beside.ask('drift', placed(path), compared)).rejects.toThrow('over');
  });

  it('that is asked for after a thread has failed is done by another', async () => {
    const fragile = join(folder, 'fragile.mjs');
    const answers = `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ path }) => {
  if (path === 'bad') throw new Error('broke');
  setTimeout(() => parentPort.postMessage({ gives: [path] }), 50);
});`;
    await writeFile(fragile, answers);
    const beside = openBeside(2, pathToFileURL(fragile), 1);
    await expect(beside.ask('drift', placed('bad'), compared)).rejects.toThrow('broke');
    expect(await beside.ask('drift', placed('good'), compared)).toEqual(['good']);
    await beside.close();
  });

  it.each([
    new LearnError('size', 'Too large', 'Take fewer', 'x'),
    Object.assign(new Error('no room'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }),
    new RangeError('Array buffer allocation failed'),
  ])('fails as it would here: %s', error => {
    const told = asFailure(asError(structuredClone(asFailed(error))), null);
    expect(told).not.toBeNull();
    expect(told).toEqual(asFailure(error, null));
  });
});
