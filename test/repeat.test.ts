/** Same program, same data, same seed: the same record, on any number of threads and in any order of rows. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tool } from '../cli/version.ts';
import type { RunRecord } from '../runner/index.ts';
import { copyOf, recordOf } from './command.ts';
import { randomOf } from './damage.ts';

const ofLedger = ['test-reread', 'best-of-many', 'ledger-changed'];

/** What may differ between two runs of the same (docs/schemas): id, timing, engine, ledger, status of nodes, findings of the ledger. */
function lasting(record: RunRecord): Record<string, unknown> {
  const { id: _id, timing: _timing, engine: _engine, ledger: _ledger, nodes, findings, ...rest } = record;
  return { ...rest, nodes: nodes.map(({ status: _, ...node }) => node), findings: findings.filter(({ rule }) => !ofLedger.includes(rule)) };
}

/** Without what the bytes of a file decide. */
function apartFromBytes(record: RunRecord): Record<string, unknown> {
  const { plan: _plan, sources, nodes, ...rest } = lasting(record) as unknown as RunRecord;
  return {
    ...rest,
    sources: sources.map(({ sha256: _sha, bytes: _bytes, ...source }) => source),
    nodes: nodes.map(({ fingerprint: _, ...node }) => node),
  };
}

describe('titanic', () => {
  it('gives the same record twice, with one thread and with two', { timeout: 120_000 }, async () => {
    const records = [];
    for (const threads of ['1', '2']) {
      const folder = copyOf('titanic');
      records.push(lasting(await recordOf(folder, 'titanic.cupel', '--threads', threads)));
      rmSync(folder, { recursive: true });
    }
    expect(records[1]).toEqual(records[0]);
  });

  it('gives the same record with its rows shuffled', { timeout: 120_000 }, async () => {
    const plain = copyOf('titanic');
    const shuffled = copyOf('titanic');
    const path = join(shuffled, 'data/titanic.csv');
    const [header = '', ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
    const random = randomOf(7);
    for (let i = rows.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [rows[i], rows[j]] = [rows[j] ?? '', rows[i] ?? ''];
    }
    writeFileSync(path, `${[header, ...rows].join('\n')}\n`);
    const one = await recordOf(plain, 'titanic.cupel');
    const two = await recordOf(shuffled, 'titanic.cupel');
    for (const folder of [plain, shuffled]) rmSync(folder, { recursive: true });
    expect(apartFromBytes(two)).toEqual(apartFromBytes(one));
  });

  it('leaves the same bytes in a fresh copy of the project, and says by what call', { timeout: 120_000 }, async () => {
    const left = [];
    for (const threads of ['1', '2']) {
      const folder = copyOf('titanic');
      const record = await recordOf(folder, 'titanic.cupel', '--threads', threads);
      const run = join(folder, '.cupel/runs', record.id);
      const files = readdirSync(run, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile() && entry.name !== 'run.json');
      const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
      left.push(
        Object.fromEntries(files.map(({ parentPath, name }) => [join(relative(run, parentPath), name), hashOf(join(parentPath, name))]).sort()),
      );
      expect(record.call).toEqual({ tool, file: 'titanic.cupel', names: [], parameters: {} });
      rmSync(folder, { recursive: true });
    }
    expect(Object.keys(left[0] ?? {})).toContain('predictions/champion on test.parquet');
    expect(left[1]).toEqual(left[0]);
  });

  it('takes everything from the cache the second time', { timeout: 120_000 }, async () => {
    const folder = copyOf('titanic');
    const first = await recordOf(folder, 'titanic.cupel');
    const second = await recordOf(folder, 'titanic.cupel');
    rmSync(folder, { recursive: true });
    expect(lasting(second)).toEqual(lasting(first));
    expect(second.nodes.filter(node => node.kind === 'train').map(node => node.status)).toEqual(['cached', 'cached', 'cached', 'cached']);
    expect(second.ledger).toEqual(first.ledger);
  });
});
