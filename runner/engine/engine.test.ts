import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Plan, SplitNode } from '../../language/plan/plan.ts';
import { type Files, onEngine, quiet } from '../../test/engine.ts';
import {
  call,
  column,
  days,
  feature,
  featuresNode,
  fittedStep,
  float,
  frameNode,
  instant,
  int,
  label,
  planOf,
  relationNode,
  rowStep,
  scanColumn,
  scanNode,
  splitNode,
  text,
  window,
  windowOf,
} from '../../test/reference/build.ts';
import { differences } from '../../test/reference/compare.ts';
import { interpret } from '../../test/reference/interpret.ts';
import { EngineError, isRelational } from './relational.ts';

const ships = scanNode({
  name: 'ports',
  columns: [scanColumn('port', 'text', { nullable: false }), scanColumn('land', 'text'), scanColumn('built', 'timestamp', { nullable: false })],
  hidden: [{ name: '#known', value: column('built', 'timestamp') }],
  key: 'port',
});
const lands = scanNode({ name: 'lands', columns: [scanColumn('land', 'text', { nullable: false }), scanColumn('area', 'float')], key: 'land' });
const trips = scanNode({
  name: 'trips',
  columns: [
    scanColumn('leaves', 'timestamp', { nullable: false }),
    scanColumn('port', 'text'),
    scanColumn('Port', 'text'),
    scanColumn('crew', 'int'),
    scanColumn('late', 'bool'),
    scanColumn('load', 'float'),
  ],
  hidden: [
    { name: '#event', value: column('leaves', 'timestamp') },
    { name: '#known', value: column('leaves', 'timestamp') },
  ],
  identity: ['leaves', 'port', 'crew'],
});

function data(order: 'as written' | 'reversed' | 'shuffled' = 'as written'): Files {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 0, 1) + ((i * 7919) % 200) * 43_200_000).toISOString();
    const port = i % 11 === 0 ? '' : 'abcd'[(i * 31) % 4];
    return `${at},${port},${'XYZ'[i % 3]},${i % 5 ? (i * 17) % 23 : ''},${i % 13 === 0 ? '' : (i * 29) % 7 < 2},${i % 6 ? ((i * 37) % 101) / 7 : ''}`;
  });
  if (order === 'reversed') rows.reverse();
  if (order === 'shuffled') rows.sort((a, b) => (createHash('md5').update(a).digest('hex') < createHash('md5').update(b).digest('hex') ? -1 : 1));
  return {
    'trips.csv': `leaves,port,Port,crew,late,load\n${rows.join('\n')}\n`,
    'ports.csv': 'port,land,built\na,n,2023-01-01\nb,s,2024-02-01\nc,,2023-01-01\n',
    'lands.csv': 'land,area\nn,1.5\n',
  };
}

const random: SplitNode['method'] = { kind: 'random', test: 0.25, validate: 0.15, seed: 9, stratify: null };

/** Observations with a cutoff of their own and no key, rows along two refs, a window by port. */
function voyage(method: SplitNode['method'] = random): Plan {
  const paths = [
    { id: 'p1', relation: 'scan ports', from: null, ref: 'port', key: 'port', known: '#known' },
    { id: 'p2', relation: 'scan lands', from: 'p1', ref: 'land', key: 'land', known: null },
  ];
  return planOf(
    ships,
    lands,
    trips,
    frameNode({
      name: 'voyage',
      relation: 'scan trips',
      cutoffs: { kind: 'column', value: column('leaves', 'timestamp') },
      known: '#known',
      identity: ['leaves', 'port', 'crew'],
      paths: [paths[0] as (typeof paths)[number]],
      where: call('ne', 'bool', call('coalesce', 'text', column('land', 'text', 'p1'), text('?')), text('z')),
      label: label({ value: column('late', 'bool') }),
    }),
    splitNode({ name: 'voyage', frame: 'frame voyage', method }),
    featuresNode({
      name: 'known',
      split: 'split voyage',
      frame: 'frame voyage',
      paths,
      windows: [
        windowOf({
          relation: 'scan trips',
          link: { row: 'port', entity: column('port', 'text') },
          from: days(-20),
          aggregates: [{ id: 'w1', aggregate: 'avg', value: column('load', 'float'), where: null, parameters: {}, type: 'float', scale: 40 }],
        }),
      ],
      steps: [
        rowStep('crew', column('crew', 'int')),
        rowStep('Crew', call('mul', 'float', column('crew', 'int', 'set'), float(0.5))),
        rowStep('land', column('land', 'text', 'p1')),
        rowStep('area', column('area', 'float', 'p2')),
        rowStep('usual', window('w1', 'float')),
        rowStep('sail', column('Port', 'text')),
        fittedStep('crew:1', 'impute', 'crew', 'int', { method: 'mean' }),
        fittedStep('hot', 'one_hot', 'sail', 'text'),
        fittedStep('coded', 'target_encode', 'sail', 'text', { folds: 4 }),
      ],
      features: [
        { ...feature('crew', 'number'), column: 'crew:1' },
        feature('land', 'category'),
        feature('area', 'number'),
        feature('usual', 'number'),
        { ...feature('sail', 'number', { column: 'sail', kind: 'category' }), column: 'hot' },
        { ...feature('coded', 'number', { column: 'sail', kind: 'category' }) },
      ],
    }),
  );
}

describe('observations with their own cutoffs', () => {
  it('equal the reference', async () => {
    const files = data();
    const wanted = interpret(voyage(), path => String(files[path]));
    await onEngine(voyage(), files, async ({ rows }) => {
      for (const [id, { table }] of wanted) expect({ id, differences: differences(table, await rows(id)) }).toEqual({ id, differences: [] });
    });
  });

  it('make the same matrix whatever the order of rows and the number of threads', async () => {
    const matrices: unknown[] = [];
    for (const [order, threads] of [
      ['as written', 1],
      ['reversed', 2],
      ['shuffled', 2],
    ] as const) {
      await onEngine(
        voyage(),
        data(order),
        async ({ engine, results }) => {
          const detail = results.get('features known')?.detail;
          matrices.push({ matrix: await engine.matrix('features known'), raw: await engine.rawColumns('features known'), detail });
        },
        threads,
      );
    }
    expect(matrices[1]).toEqual(matrices[0]);
    expect(matrices[2]).toEqual(matrices[0]);
  });

  it('make matrices of typed columns', async () => {
    await onEngine(voyage(), data(), async ({ engine, rows }) => {
      const matrix = await engine.matrix('features known');
      const split = await rows('split voyage');
      expect(matrix.rows).toBe(split.length);
      expect(matrix.columns.map(c => [c.name, c.kind])).toEqual([
        ['crew:1', 'number'],
        ['land', 'category'],
        ['area', 'number'],
        ['usual', 'number'],
        ['hot=X', 'number'],
        ['hot=Y', 'number'],
        ['hot=Z', 'number'],
        ['coded', 'number'],
      ]);
      const byIdentity = [...matrix.identity].sort();
      expect(matrix.identity).toEqual(byIdentity);
      expect([...matrix.partition].filter(p => p === 2)).toHaveLength(split.filter(r => r['#partition'] === 'test').length);
      expect([...matrix.label].reduce((a, b) => a + b)).toBe(split.filter(r => r['late'] === true).length);
      const land = matrix.columns[1];
      expect(land?.kind === 'category' ? [land.levels, [...new Set(land.codes)].sort()] : null).toEqual([
        ['n', 's'],
        [-1, 0, 1],
      ]);
      const area = matrix.columns[2];
      expect(area?.kind === 'number' ? [...new Set([...area.values].map(String))].sort() : null).toEqual(['1.5', 'NaN']);
      expect(matrix.cutoff?.[0]).toBe(BigInt(Number(split.find(r => r['#identity'] === matrix.identity[0])?.['#cutoff'])));
      expect(new Set(matrix.entity).size).toBe(new Set(matrix.identity).size);
      expect(matrix.weight).toBeNull();
    });
  });

  it('know which rows are of one group', async () => {
    await onEngine(voyage({ kind: 'group', group: column('crew', 'int'), test: 0.3, validate: 0, seed: 5 }), data(), async ({ engine, rows }) => {
      const matrix = await engine.matrix('features known');
      expect(new Set(matrix.entity).size).toBe(new Set((await rows('split voyage')).map(r => r['crew'])).size);
    });
  });

  it('code levels that train does not have', async () => {
    const method: SplitNode['method'] = {
      kind: 'time',
      train: [null, instant('2024-02-01T00:00Z')],
      validate: null,
      test: [instant('2024-02-01T00:00Z'), null],
      gap: days(0),
      group: null,
    };
    await onEngine(voyage(method), data(), async ({ engine, results }) => {
      const [, land] = (await engine.matrix('features known')).columns;
      expect(land?.kind === 'category' ? [land.levels, [...new Set(land.codes)].sort()] : null).toEqual([['n'], [-1, -2, 0]]);
      expect(results.get('features known')?.findings.map(f => f.rule)).toContain('first-block');
    });
  });

  it('answer conditions and segments', async () => {
    await onEngine(voyage(), data(), async ({ engine }) => {
      const { columns } = await engine.matrix('features known');
      const crew = await engine.where('features known', call('gt', 'bool', column('Crew', 'float', 'set'), int(5)));
      expect([...crew].filter(x => x === 1).length).toBeGreaterThan(20);
      const land = await engine.segments('features known', column('land', 'text', 'p1'));
      expect(land.names).toEqual(['n', 's', null]);
      const codes = columns[1]?.kind === 'category' ? [...columns[1].codes] : [];
      expect([...land.codes]).toEqual(codes.map(code => (code === -1 ? 2 : code)));
      expect((await engine.segments('features known', call('gt', 'bool', column('crew', 'int'), int(3)))).names).toEqual(['false', 'true', null]);
    });
  });
});

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
      expect((await engine.preview('split voyage', 1)).columns.slice(-3)).toEqual(['cutoff', 'label', 'partition']);
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
      await engine.writePredictions(path, { features: 'features known', rows, key: 'trip', score, predicted: score.map(s => (s >= 0.5 ? 1 : 0)) });
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
    await onEngine(planOf(lands), files, async ({ engine, root, results }) => {
      expect(results.get('scan lands')).toMatchObject({ rows: 2, quarantined: 1, detail: { quarantinedCells: 1, quarantinedRows: 0 } });
      await engine.writeQuarantine('scan lands', join(root, 'lands.csv'));
      expect(readFileSync(join(root, 'lands.csv'), 'utf8')).toBe('file,row,column,reason,value\nlands.csv,2,area,is not a finite number,large\n');
    });
  });
});

describe('what stops a run', () => {
  const big = scanNode({ name: 'big', columns: [scanColumn('x', 'int'), scanColumn('y', 'float')] });
  const computed = (type: 'int' | 'float', value: Parameters<typeof call>[2]) =>
    relationNode({
      name: 'more',
      base: 'scan big',
      steps: [{ op: 'project', columns: [{ name: 'z', value: value as never }] }],
      columns: [{ name: 'z', type }],
    });

  it('an int beyond 64 bits is a finding', async () => {
    await onEngine(
      planOf(big, computed('int', call('mul', 'int', column('x', 'int'), column('x', 'int')))),
      { 'big.csv': 'x,y\n9000000000000000000,1\n' },
      async ({ results }) => {
        expect(results.get('relation more')?.findings).toMatchObject([{ rule: 'overflow', severity: 'error' }]);
      },
    );
  });

  it('a float beyond its range is null', async () => {
    await onEngine(
      planOf(big, computed('float', call('mul', 'float', column('y', 'float'), column('y', 'float')))),
      { 'big.csv': 'x,y\n1,1e300\n2,2\n' },
      async ({ engine }) => {
        expect((await engine.preview('relation more', 5)).rows).toEqual([[null], ['4']]);
      },
    );
  });

  it('refs without a partner are counted', async () => {
    const joined = relationNode({
      name: 'joined',
      base: 'scan trips',
      steps: [
        {
          op: 'join',
          join: 'left',
          right: 'scan ports',
          on: [{ left: 'port', right: 'port' }],
          take: [{ column: 'land', as: 'land', type: 'text' }],
          asOf: null,
        },
      ],
      columns: [{ name: 'land', type: 'text' }],
    });
    await onEngine(planOf(ships, trips, joined), data(), async ({ results }) => {
      expect(results.get('relation joined')?.findings).toMatchObject([{ severity: 'info', rule: 'no-partner', count: 55 }]);
    });
  });

  it('cancelling interrupts a statement', async () => {
    await onEngine(planOf(big), { 'big.csv': `x,y\n${'1,1\n'.repeat(60_000)}` }, async ({ engine }) => {
      const slow = relationNode({
        name: 'slow',
        base: 'scan big',
        steps: [
          {
            op: 'join',
            join: 'inner',
            right: 'scan big',
            on: [{ left: 'x', right: 'x' }],
            take: [{ column: 'y', as: 'z', type: 'float' }],
            asOf: null,
          },
        ],
        columns: [{ name: 'z', type: 'float' }],
      });
      const [, node] = planOf(big, slow).nodes;
      let asked = 0;
      const outcome = node && isRelational(node) ? engine.execute(node, { ...quiet, cancelled: () => ++asked > 2 }) : null;
      await expect(outcome).rejects.toMatchObject({ code: 'cancelled' });
      await expect(outcome).rejects.toBeInstanceOf(EngineError);
    });
  });
});
