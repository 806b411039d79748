/** The engine and the reference interpreter agree, cell by cell, on tables, and on what checks measure. */
import { describe, expect, it } from 'vitest';
import type { PlanColumn, PlanExpr, PlanType } from '../language/plan/plan.ts';
import { onEngine } from './engine.ts';
import { call, checkNode, claim, column, columns, days, float, int, planOf, relationNode } from './reference/build.ts';
import { interpret } from './reference/interpret.ts';
import { customers, expectEqual, money, orders, shop } from './shop.ts';

const none = null;
const over = (aggregate: string, type: PlanType, value: PlanExpr | null, where: PlanExpr | null = none, parameters = {}): PlanExpr => ({
  op: 'aggregate',
  type,
  aggregate,
  value,
  where,
  parameters,
  scale: 40,
});
const orderColumns = columns({ order: 'text', customer: 'text', at: 'timestamp', amount: money, weight: 'float', returned: 'bool', kind: 'text' });
const withHidden = [...orderColumns, ...columns({ '#event': 'timestamp', '#known': 'timestamp', 'returned#known': 'timestamp' })];
const same = (all: readonly PlanColumn[]) => all.map(c => ({ name: c.name, value: column(c.name, c.type) }));

describe('tables', () => {
  const files = shop(3, 12, 300);
  const small = shop(5, 40, 60);

  it('filter, project, unite, group and dedupe', async () => {
    const weight = column('weight', 'float');
    const grouped = columns({
      kind: 'text',
      rows: 'int',
      total: { decimal: [38, 2] },
      heavy: 'float',
      spread: 'float',
      trend: 'float',
      middle: 'float',
      upper: 'float',
      first: 'text',
      last: 'float',
      usual: 'text',
      mess: 'float',
      share: 'float',
      each: 'bool',
      ratio: 'float',
      latest: 'timestamp',
    });
    await expectEqual(
      planOf(
        orders,
        relationNode({
          name: 'recent',
          base: 'scan orders',
          steps: [
            { op: 'filter', where: call('gt', 'bool', weight, float(1)) },
            {
              op: 'project',
              columns: [...same(withHidden.filter(c => c.name !== 'weight')), { name: 'weight', value: call('mul', 'float', weight, float(2)) }],
            },
            { op: 'union', right: 'scan orders' },
          ],
          columns: withHidden,
        }),
        relationNode({
          name: 'kinds',
          base: 'relation recent',
          steps: [
            {
              op: 'group',
              by: ['kind'],
              tie: ['order'],
              aggregates: [
                { name: 'rows', value: over('count', 'int', null) },
                { name: 'total', value: over('sum', { decimal: [38, 2] }, column('amount', money)) },
                { name: 'heavy', value: over('avg', 'float', weight, column('returned', 'bool')) },
                { name: 'spread', value: over('std', 'float', column('amount', money)) },
                { name: 'trend', value: over('slope', 'float', weight) },
                { name: 'middle', value: over('median', 'float', weight) },
                { name: 'upper', value: over('quantile', 'float', weight, none, { q: 0.8 }) },
                { name: 'first', value: over('first', 'text', column('customer', 'text')) },
                { name: 'last', value: over('last', 'float', weight) },
                { name: 'usual', value: over('mode', 'text', column('customer', 'text')) },
                { name: 'mess', value: over('entropy', 'float', column('customer', 'text')) },
                { name: 'share', value: over('rate', 'float', column('returned', 'bool')) },
                { name: 'each', value: over('all', 'bool', column('returned', 'bool')) },
                { name: 'ratio', value: call('div', 'float', over('sum', 'float', weight), over('count', 'int', null)) },
                { name: 'latest', value: over('max', 'timestamp', column('at', 'timestamp')) },
              ],
            },
          ],
          columns: grouped,
        }),
        relationNode({
          name: 'newest',
          base: 'relation recent',
          steps: [
            {
              op: 'dedupe',
              by: ['customer', 'kind'],
              order: [
                { column: 'at', descending: true },
                { column: 'amount', descending: false },
              ],
              tie: ['order'],
            },
          ],
          columns: withHidden,
        }),
      ),
      files,
    );
  });

  it.each(['left', 'inner'] as const)('%s join, plain and as of a time', async join => {
    const take = [
      { column: 'city', as: 'city', type: 'text' as const },
      { column: '#known', as: 'city#known', type: 'timestamp' as const },
    ];
    const before = [
      { column: 'order', as: 'before', type: 'text' as const },
      { column: 'weight', as: 'weight before', type: 'float' as const },
    ];
    await expectEqual(
      planOf(
        customers,
        orders,
        relationNode({
          name: 'sales',
          base: 'scan orders',
          steps: [
            { op: 'join', join, right: 'scan customers', on: [{ left: 'customer', right: 'id' }], take, asOf: null },
            {
              op: 'join',
              join,
              right: 'scan orders',
              on: [{ left: 'customer', right: 'customer' }],
              take: before,
              asOf: { at: column('at', 'timestamp'), event: '#event', known: 'returned#known', tie: ['order'] },
            },
            {
              op: 'join',
              join,
              right: 'scan orders',
              on: [],
              take: [{ column: 'kind', as: 'any kind', type: 'text' }],
              asOf: { at: column('city#known', 'timestamp'), event: '#event', known: null, tie: ['order'] },
            },
          ],
          columns: [
            ...withHidden,
            ...columns({ city: 'text', 'city#known': 'timestamp', before: 'text', 'weight before': 'float', 'any kind': 'text' }),
          ],
        }),
      ),
      join === 'left' ? files : small,
    );
  });

  it('over no rows', () =>
    expectEqual(
      planOf(
        orders,
        relationNode({
          name: 'none',
          base: 'scan orders',
          steps: [{ op: 'filter', where: call('lt', 'bool', column('weight', 'float'), float(-1)) }],
          columns: withHidden,
        }),
        relationNode({
          name: 'all',
          base: 'relation none',
          steps: [{ op: 'group', by: [], tie: [], aggregates: [{ name: 'n', value: over('count', 'int', null) }] }],
          columns: columns({ n: 'int' }),
        }),
      ),
      files,
    ));
});

describe('checks', () => {
  it('measure claims and set failing rows aside', async () => {
    const files = shop(9, 20, 200);
    const heavy = call('lt', 'bool', column('weight', 'float'), float(9.5));
    const plan = planOf(
      customers,
      orders,
      checkNode({
        name: 'orders',
        table: 'scan orders',
        key: 'order',
        claims: [
          claim({ kind: 'row', condition: heavy }, 'quarantine'),
          claim({ kind: 'row', condition: call('gt', 'bool', column('amount', money), int(1)) }),
          claim({ kind: 'aggregate', condition: call('ge', 'bool', over('count', 'int', null), int(100)), value: over('count', 'int', null) }),
          claim({
            kind: 'aggregate',
            condition: call('gt', 'bool', over('avg', 'float', column('weight', 'float')), float(1e6)),
            value: over('avg', 'float', column('weight', 'float')),
          }),
          claim({ kind: 'complete', column: 'kind', atLeast: 0.5 }),
          claim({ kind: 'complete', column: 'kind', atLeast: 0.99 }),
          claim({ kind: 'unique', columns: ['order'] }),
          claim({ kind: 'unique', columns: ['customer', 'kind'] }),
          claim({ kind: 'fresh', column: 'at', within: days(3) }),
          claim({ kind: 'fresh', column: 'at', within: { months: 0, micros: 1 } }),
          claim({ kind: 'refers', column: 'customer', table: 'scan customers', key: 'id' }, 'quarantine'),
        ],
      }),
    );
    await expectEqual(plan, files);
    const wanted = interpret(plan, path => String(files[path])).get('check orders');
    await onEngine(plan, files, async ({ results, engine }) => {
      const detail = results.get('check orders')?.detail;
      const found = detail?.kind === 'check' ? detail.checks.map(({ passed, failing, total, value }) => ({ passed, failing, total, value })) : [];
      expect(wanted?.kind === 'check' ? wanted.claims : null).toEqual(found.map(f => ({ ...f, value: expect.closeTo(f.value ?? Number.NaN, 9) })));
      expect((await engine.preview('check orders', 1000, 1)).rows).toHaveLength(found[1]?.failing ?? -1);
    });
  });
});
