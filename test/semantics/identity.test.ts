/** Semantics, identity of work: what a fingerprint is made of, when nothing runs, and what a store keeps. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cupel, recordOf } from '../command.ts';
import { fingerprints, planOf } from './program.ts';

const program = `param wait: duration = 10d
def twice(v) = v * 2
source s = csv("s.csv") until 2024-12-31 {
  k   : key
  at  : timestamp @time @known(+0d)
  x   : int immutable
  won : bool
}
table small = s | where x < 100
task t { each r in small, at at, label won, delay: wait }
split t by time { train: ..2024-03-31, validate: 2024-04-15..2024-04-30, test: 2024-05-15.., gap: 10d }
features f for t { x, y = twice(x) }
features g for t { z = x + 1 }
model usual = baseline(f)
model lin = logistic_regression(f)
evaluate lin on test { auc, auc - usual.auc >= -1 }
`;

describe('a fingerprint', () => {
  const before = fingerprints(planOf(program));
  /** Nodes whose fingerprint the edit changes. */
  const changed = (from: string, to: string): string[] => {
    expect(program).toContain(from);
    const after = fingerprints(planOf(program.replaceAll(from, to)));
    return [...before].flatMap(([id, fingerprint]) => (after.get(id) === fingerprint ? [] : [id]));
  };

  it('has no docs and no layout', () => {
    expect(changed('features f', '/// What is known.\nfeatures f')).toEqual([]);
    expect(changed('{ x, y = twice(x) }', '{\n  x // as it is\n  y = twice( x )\n}')).toEqual([]);
  });
  it('has no names of parameters and definitions, which are expanded', () => {
    expect(changed('twice', 'doubled')).toEqual([]);
    expect(changed('wait', 'until_told')).toEqual([]);
    expect(changed('delay: wait', 'delay: 10d')).toEqual([]);
    expect(changed('y = twice(x)', 'y = x * 2')).toEqual([]);
  });
  it('has no names of tables, tasks and models', () => {
    const renamed = fingerprints(
      planOf(
        program
          .replaceAll('small', 'little')
          .replace(/\blin\b/g, 'linear')
          .replace(/\busual\b/g, 'rate'),
      ),
    );
    expect([...renamed.values()]).toEqual([...before.values()]);
  });
  it('has the definition, and those of its inputs', () => {
    expect(changed('x < 100', 'x < 99')).toEqual([
      'relation small',
      'frame t',
      'split t',
      'features f',
      'features g',
      'train usual',
      'train lin',
      'evaluate lin on test',
    ]);
    expect(changed('v * 2', 'v * 3')).toEqual(['features f', 'train usual', 'train lin', 'evaluate lin on test']);
    expect(changed('x + 1', 'x + 2')).toEqual(['features g']);
    expect(changed('logistic_regression(f)', 'logistic_regression(f) { l2: 0.5 }')).toEqual(['train lin', 'evaluate lin on test']);
  });
  it('has the value of a parameter', () => {
    const after = fingerprints(planOf(program, { wait: '5d' }));
    expect([...before].filter(([id, fingerprint]) => after.get(id) !== fingerprint).map(([id]) => id)[0]).toBe('frame t');
  });
});

describe('runs', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  const rows = (count: number): string =>
    `k,at,x,won\n${Array.from({ length: count }, (_, i) => `k${i},2024-0${1 + (i % 6)}-20,${i % 7},${i % 5 < 2}`).join('\n')}\n`;
  function project(): string {
    const folder = mkdtempSync(join(tmpdir(), 'cupel-identity-'));
    folders.push(folder);
    writeFileSync(join(folder, 'p.cupel'), program);
    writeFileSync(join(folder, 's.csv'), rows(90));
    return folder;
  }
  const ledger = (folder: string): string[] => readdirSync(join(folder, '.cupel/ledger')).sort();
  const entryIn = (folder: string, name: string): { readonly kind: string; readonly parents: readonly string[] } =>
    JSON.parse(readFileSync(join(folder, '.cupel/ledger', name), 'utf8'));
  const executed = async (folder: string): Promise<string[]> =>
    (await recordOf(folder, 'p.cupel')).nodes.flatMap(node => (node.status === 'cached' ? [] : [node.id]));

  it('go by the content of files: their times may change', async () => {
    const folder = project();
    expect(await executed(folder)).toHaveLength(9);
    expect(await executed(folder)).toEqual([]);
    utimesSync(join(folder, 's.csv'), new Date(0), new Date(0));
    expect(await executed(folder)).toEqual([]);
    writeFileSync(join(folder, 's.csv'), rows(91));
    expect(await executed(folder)).toContain('scan s');
    writeFileSync(join(folder, 's.csv'), rows(90));
    expect(await executed(folder)).toEqual([]);
  });

  it('check first, with the parameters in force, and refuse on errors', async () => {
    const folder = project();
    const refused = await cupel(folder, 'run', 'p.cupel', '--param', 'wait=90d');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('error[gap-shorter-than-horizon]');
    expect(refused.stderr).toContain('nothing was run');
    expect(readdirSync(folder)).not.toContain('.cupel');
  });

  it('read test once each: one entry by its hash, naming its parents, and none for the same again', async () => {
    const folder = project();
    await recordOf(folder, 'p.cupel');
    const first = ledger(folder);
    const kinds = (names: readonly string[]) => names.map(name => entryIn(folder, name).kind).sort();
    expect(kinds(first)).toEqual(['figures', 'reading']);
    // Two models are compared in one evaluation, which is one reading.
    await recordOf(folder, 'p.cupel', '--force');
    expect(ledger(folder)).toEqual(first);
    writeFileSync(join(folder, 'p.cupel'), program.replace('logistic_regression(f)', 'logistic_regression(f) { l2: 0.5 }'));
    await recordOf(folder, 'p.cupel');
    const second = ledger(folder);
    expect(kinds(second)).toEqual(['figures', 'figures', 'reading', 'reading']);
    for (const name of second) {
      const { kind, parents } = entryIn(folder, name);
      const followed = parents.map(parent => [entryIn(folder, `${parent}.json`).kind, first.includes(`${parent}.json`)]);
      // Figures follow their reading; a reading follows whatever nobody had followed.
      expect(followed).toEqual(kind === 'figures' ? [['reading', first.includes(name)]] : first.includes(name) ? [] : [['figures', true]]);
      const text = readFileSync(join(folder, '.cupel/ledger', name), 'utf8');
      expect(createHash('sha256').update(text).digest('hex')).toBe(name.replace('.json', ''));
    }
  });

  it('keep the ledger in git, and nothing else', async () => {
    const folder = project();
    await recordOf(folder, 'p.cupel');
    expect(readFileSync(join(folder, '.cupel/.gitignore'), 'utf8')).toBe('/*\n!/.gitignore\n!/ledger/\n');
  });
});
