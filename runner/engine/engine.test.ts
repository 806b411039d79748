/** Observations with their own cutoffs, from rows to a matrix. */
import { describe, expect, it } from 'vitest';
import type { SplitNode } from '../../language/plan/plan.ts';
import { onEngine } from '../../test/engine.ts';
import { call, column, days, instant, int } from '../../test/reference/build.ts';
import { differences } from '../../test/reference/compare.ts';
import { interpret } from '../../test/reference/interpret.ts';
import { data, voyage } from '../../test/voyage.ts';

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
    for (const [order, threads, bytes] of [
      ['as written', 1, 0],
      ['reversed', 2, 0],
      ['shuffled', 2, 1e12],
    ] as const) {
      await onEngine(
        voyage(),
        data(order),
        async ({ engine, results }) => {
          const detail = results.get('features known')?.detail;
          matrices.push({ matrix: await engine.matrix('features known'), raw: await engine.rawColumns('features known'), detail });
        },
        threads,
        false,
        bytes,
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
