/** What stops the execution of a node, and what is found on the way. */
import { describe, expect, it } from 'vitest';
import { onEngine, quiet } from '../../test/engine.ts';
import { call, column, planOf, relationNode, scanColumn, scanNode } from '../../test/reference/build.ts';
import { data, ships, trips } from '../../test/voyage.ts';
import { EngineError, isRelational } from './relational.ts';

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
