/** What leaves the engine: tables kept and given back, rows to look at, predictions, the quarantine. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { onEngine } from '../../test/engine.ts';
import { planOf } from '../../test/reference/build.ts';
import { data, lands, voyage } from '../../test/voyage.ts';
import { isRelational } from './relational.ts';
import { entryOf } from './session.ts';

describe('the store', () => {
  it('gives back what was saved', async () => {
    const plan = voyage();
    await onEngine(plan, data(), async first => {
      const folder = (id: string): string => join(first.root, '.cache', id.replaceAll(' ', '-'));
      for (const node of plan.nodes) {
        mkdirSync(folder(node.id), { recursive: true });
        await first.engine.save(node.id, folder(node.id));
      }
      const matrix = await first.engine.matrix('features known');
      const sorted = (all: readonly object[]): string[] => all.map(row => inspect(row)).sort();
      const rows = sorted(await first.rows('features known'));
      await onEngine({ ...plan, nodes: [] }, {}, async second => {
        for (const node of plan.nodes)
          if (isRelational(node)) expect(await second.engine.restore(node, folder(node.id))).toEqual(first.results.get(node.id));
        expect(await second.engine.matrix('features known')).toEqual(matrix);
        expect(sorted(await second.rows('features known'))).toEqual(rows);
      });
    });
  });

  it('is the same, byte by byte, for shuffled rows and two threads, from the observations on', async () => {
    const plan = voyage();
    const saved: Record<string, string>[] = [];
    for (const [order, threads] of [
      ['as written', 1],
      ['shuffled', 2],
    ] as const) {
      await onEngine(
        plan,
        data(order),
        async ({ engine, root }) => {
          const hashes: Record<string, string> = {};
          for (const id of ['frame voyage', 'split voyage', 'features known']) {
            const folder = join(root, id);
            mkdirSync(folder);
            await engine.save(id, folder);
            for (const file of readdirSync(folder))
              hashes[`${id}/${file}`] = createHash('md5')
                .update(readFileSync(join(folder, file)))
                .digest('hex');
          }
          saved.push(hashes);
        },
        threads,
      );
    }
    expect(saved[1]).toEqual(saved[0]);
  });
});

describe('what people read', () => {
  it('shows the first rows of a node', async () => {
    await onEngine(voyage(), data(), async ({ engine }) => {
      expect((await engine.preview('scan lands', 5)).rows).toEqual([['n', '1.5']]);
      expect((await engine.preview('scan trips', 1)).columns).toEqual(['leaves', 'port', 'Port', 'crew', 'late', 'load']);
      expect((await engine.preview('split voyage', 1)).columns.slice(0, 3)).toEqual(['cutoff', 'label', 'partition']);
      expect((await engine.preview('features known', 1)).columns).toEqual([
        'identity',
        'cutoff',
        'partition',
        'label',
        'crew:1',
        'land',
        'area',
        'usual',
        'hot=X',
        'hot=Y',
        'hot=Z',
        'coded',
      ]);
    });
  });

  it('writes predictions and tables', async () => {
    await onEngine(voyage(), data(), async ({ engine, session, root }) => {
      const matrix = await engine.matrix('features known');
      const rows = Int32Array.from(matrix.partition.keys()).filter(i => matrix.partition[i] === 2);
      const score = Float64Array.from(rows, (_, i) => i / 8);
      const path = join(root, 'predictions.parquet');
      const predicted = score.map(s => (s >= 0.5 ? 1 : 0));
      const label = { name: 'late', kind: 'binary', positive: null } as const;
      await engine.writePredictions(path, { matrix, rows, key: 'trip', score, predicted, label, isLabelled: true });
      const found = await session.db.rows(`SELECT trip, epoch_us(cutoff), label, score, predicted FROM '${path}'`);
      expect(found).toEqual(
        [...rows].map((row, i) => [matrix.identity[row], matrix.cutoff?.[row], matrix.label[row], score[i], (score[i] ?? 0) >= 0.5 ? 1 : 0]),
      );
      await engine.exportTable('features known', join(root, 'set.csv'), 2);
      expect(readFileSync(join(root, 'set.csv'), 'utf8').split('\n')[0]).toBe(
        'identity,cutoff,partition,label,crew:1,land,area,usual,hot=X,hot=Y,hot=Z,coded',
      );
    });
  });

  it('writes the quarantine', async () => {
    const files = { ...data(), 'lands.csv': 'land,area\nn,large\ns,2\n' };
    await onEngine(planOf(lands), files, async ({ engine, session, root, results }) => {
      expect(results.get('scan lands')).toMatchObject({ rows: 2, quarantined: 1, detail: { quarantinedCells: 1, quarantinedRows: 0 } });
      const { node } = entryOf(session, 'scan lands');
      await engine.writeQuarantine(node, join(root, 'lands.csv'));
      expect(readFileSync(join(root, 'lands.csv'), 'utf8')).toBe('file,row,column,reason,value\nlands.csv,2,area,is not a finite number,large\n');
    });
  });
});
