/** The engine and the reference interpreter agree, cell by cell, on plans written by hand; random plans follow in their own test. */
import { describe, expect, it } from 'vitest';
import type { Plan, PlanColumn, PlanExpr, PlanType } from '../language/plan/plan.ts';
import { type Files, onEngine } from './engine.ts';
import {
  call,
  checkNode,
  claim,
  column,
  columns,
  cutoff,
  days,
  feature,
  featuresNode,
  fittedStep,
  float,
  frameNode,
  instant,
  int,
  known,
  label,
  masked,
  months,
  planOf,
  relationNode,
  rowStep,
  scanColumn,
  scanNode,
  splitNode,
  text,
  window,
  windowOf,
} from './reference/build.ts';
import { differences } from './reference/compare.ts';
import { interpret } from './reference/interpret.ts';

async function expectEqual(plan: Plan, files: Files, threads = 1, runningPairs = 0): Promise<void> {
  const wanted = interpret(plan, path => String(files[path]));
  await onEngine(
    plan,
    files,
    async ({ rows, results }) => {
      for (const [id, outcome] of wanted) {
        expect(results.get(id)?.findings.filter(f => f.severity === 'error') ?? 'not executed').toEqual([]);
        expect({ id, differences: differences(outcome.table, await rows(id)) }).toEqual({ id, differences: [] });
      }
    },
    threads,
    runningPairs,
  );
}

const customers = scanNode({
  name: 'customers',
  columns: [
    scanColumn('id', 'text', { nullable: false }),
    scanColumn('since', 'timestamp', { nullable: false }),
    scanColumn('city', 'text'),
    scanColumn('age', 'int'),
  ],
  hidden: [{ name: '#known', value: column('since', 'timestamp') }],
  key: 'id',
});
const orders = scanNode({
  name: 'orders',
  columns: [
    scanColumn('order', 'text', { nullable: false }),
    scanColumn('customer', 'text', { nullable: false }),
    scanColumn('at', 'timestamp', { nullable: false }),
    scanColumn('amount', { decimal: [10, 2] }),
    scanColumn('weight', 'float'),
    scanColumn('returned', 'bool'),
    scanColumn('kind', 'text'),
  ],
  hidden: [
    { name: '#event', value: column('at', 'timestamp') },
    { name: '#known', value: call('add', 'timestamp', column('at', 'timestamp'), { op: 'literal', type: 'duration', value: days(1) }) },
    { name: 'returned#known', value: call('add', 'timestamp', column('at', 'timestamp'), { op: 'literal', type: 'duration', value: days(10) }) },
  ],
  key: 'order',
});

/** A small deterministic generator: the data need no library. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function shop(seed: number, people: number, sales: number): Files {
  const draw = draws(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(draw() * items.length)] as T;
  const date = (days: number): string => new Date(Date.UTC(2023, 0, 1) + Math.floor(days * 24) * 3_600_000).toISOString();
  const rows = Array.from(
    { length: people },
    (_, i) => `c${i},${date(draw() * 300)},${pick(['Ulm', 'Bonn', 'Köln', ''])},${draw() < 0.2 ? '' : Math.floor(draw() * 90)}`,
  );
  const sold = Array.from({ length: sales }, (_, i) => {
    const amount = draw() < 0.1 ? '' : (draw() * 200).toFixed(2);
    return `o${i},c${Math.floor(draw() * people * 1.1)},${date(draw() * 500)},${amount},${draw() < 0.1 ? '' : draw() * 10},${pick(['true', 'false', ''])},${pick(['a', 'b', 'c', ''])}`;
  });
  return {
    'customers.csv': ['id,since,city,age', ...rows].join('\n'),
    'orders.csv': ['order,customer,at,amount,weight,returned,kind', ...sold].join('\n'),
  };
}

const money = { decimal: [10, 2] } as const;
const link = { row: 'customer', entity: column('id', 'text') };
const late = masked(column('returned', 'bool'), known('returned#known'));
const aggregatesOf = (prefix: string) => [
  { id: `${prefix}n`, aggregate: 'count', value: null, where: null, parameters: {}, type: 'int', scale: 40 } as const,
  { id: `${prefix}c`, aggregate: 'count', value: late, where: null, parameters: {}, type: 'int', scale: 40 } as const,
  {
    id: `${prefix}sum`,
    aggregate: 'sum',
    value: column('amount', money),
    where: call('eq', 'bool', column('kind', 'text'), text('a')),
    parameters: {},
    type: { decimal: [38, 2] },
    scale: 40,
  } as const,
  { id: `${prefix}fsum`, aggregate: 'sum', value: column('weight', 'float'), where: null, parameters: {}, type: 'float', scale: 40 } as const,
  { id: `${prefix}avg`, aggregate: 'avg', value: column('amount', money), where: late, parameters: {}, type: 'float', scale: 40 } as const,
  { id: `${prefix}rate`, aggregate: 'rate', value: late, where: null, parameters: {}, type: 'float', scale: 40 } as const,
  { id: `${prefix}any`, aggregate: 'any', value: late, where: null, parameters: {}, type: 'bool', scale: 40 } as const,
  { id: `${prefix}all`, aggregate: 'all', value: late, where: null, parameters: {}, type: 'bool', scale: 40 } as const,
  { id: `${prefix}std`, aggregate: 'std', value: column('weight', 'float'), where: null, parameters: {}, type: 'float', scale: 40 } as const,
  { id: `${prefix}slope`, aggregate: 'slope', value: column('amount', money), where: null, parameters: {}, type: 'float', scale: 40 } as const,
  { id: `${prefix}median`, aggregate: 'median', value: column('weight', 'float'), where: null, parameters: {}, type: 'float', scale: 40 } as const,
  { id: `${prefix}q`, aggregate: 'quantile', value: column('amount', money), where: null, parameters: { q: 0.9 }, type: 'float', scale: 40 } as const,
  { id: `${prefix}mode`, aggregate: 'mode', value: column('kind', 'text'), where: null, parameters: {}, type: 'text', scale: 40 } as const,
  { id: `${prefix}distinct`, aggregate: 'distinct', value: column('kind', 'text'), where: null, parameters: {}, type: 'int', scale: 40 } as const,
  { id: `${prefix}entropy`, aggregate: 'entropy', value: column('kind', 'text'), where: null, parameters: {}, type: 'float', scale: 40 } as const,
  { id: `${prefix}first`, aggregate: 'first', value: column('kind', 'text'), where: null, parameters: {}, type: 'text', scale: 40 } as const,
  { id: `${prefix}last`, aggregate: 'last', value: late, where: null, parameters: {}, type: 'bool', scale: 40 } as const,
  { id: `${prefix}min`, aggregate: 'min', value: column('at', 'timestamp'), where: null, parameters: {}, type: 'timestamp', scale: 40 } as const,
  {
    id: `${prefix}max`,
    aggregate: 'max',
    value: call('days', 'float', column('at', 'timestamp'), cutoff),
    where: null,
    parameters: {},
    type: 'float',
    scale: 40,
  } as const,
  {
    id: `${prefix}own`,
    aggregate: 'count',
    value: null,
    where: call('gt', 'bool', column('weight', 'float'), call('div', 'float', column('age', 'int', 'entity'), int(10))),
    parameters: {},
    type: 'int',
    scale: 40,
  } as const,
];

function churn(every: readonly string[], method: Parameters<typeof splitNode>[0]['method']): Plan {
  const windows = [
    windowOf({ relation: 'scan orders', link, aggregates: aggregatesOf('all '), tie: ['order'] }),
    windowOf({ relation: 'scan orders', link, aggregates: aggregatesOf('30d '), from: days(-30), tie: ['order'] }),
    windowOf({ relation: 'scan orders', link, aggregates: aggregatesOf('lag '), from: days(-47), to: days(-7), tie: ['order'] }),
    windowOf({ relation: 'scan orders', link, aggregates: aggregatesOf('2mo '), from: months(-2), tie: ['order'] }),
  ];
  const values = windows.flatMap(w => w.aggregates).map(a => rowStep(a.id, window(a.id, a.type)));
  return planOf(
    customers,
    orders,
    frameNode({
      name: 'churn',
      relation: 'scan customers',
      cutoffs: { kind: 'grid', instants: every.map(instant) },
      where: call('lt', 'bool', column('since', 'timestamp'), call('sub', 'timestamp', cutoff, { op: 'literal', type: 'duration', value: days(5) })),
      known: '#known',
      key: 'id',
      label: label({
        value: call('eq', 'bool', window('next', 'int'), int(0)),
        windows: [
          windowOf({
            relation: 'scan orders',
            link,
            from: days(0),
            to: days(30),
            knownWithin: days(31),
            aggregates: [{ id: 'next', aggregate: 'count', value: null, where: null, parameters: {}, type: 'int', scale: 40 }],
          }),
        ],
        horizon: days(30),
        delay: days(1),
      }),
      ripeFrom: [{ relation: 'scan orders', known: '#known' }],
    }),
    splitNode({ name: 'churn', frame: 'frame churn', method }),
    featuresNode({
      name: 'activity',
      split: 'split churn',
      frame: 'frame churn',
      windows,
      steps: [
        ...values,
        rowStep('age', column('age', 'int')),
        rowStep('city', column('city', 'text')),
        rowStep('both', call('add', 'float', column('age', 'int', 'set'), column('30d avg', 'float', 'set'))),
        fittedStep('age:1', 'impute', 'age', 'int', { method: 'median' }),
        fittedStep('age:2', 'standardize', 'age:1', 'float'),
        fittedStep('mean', 'impute', '30d avg', 'float', { method: 'mean' }),
        fittedStep('usual', 'impute', 'city', 'text', { method: 'mode' }),
        fittedStep('five', 'impute', 'age', 'int', { method: 'constant', value: 5 }),
        fittedStep('hot', 'one_hot', 'city', 'text'),
        fittedStep('place', 'ordinal', 'city', 'text'),
        fittedStep('coded', 'target_encode', 'city', 'text', { folds: 3 }),
        fittedStep('prior', 'target_encode', 'all mode', 'text', { folds: 4, prior: 0.5 }),
        fittedStep('again', 'standardize', 'coded', 'float'),
        rowStep('after', call('mul', 'float', column('age:2', 'float', 'set'), float(2))),
      ],
      features: [feature('age', 'number')],
    }),
  );
}

const monthly = [
  '2023-06-01T00:00Z',
  '2023-07-01T00:00Z',
  '2023-08-01T00:00Z',
  '2023-10-01T00:00Z',
  '2023-12-01T00:00Z',
  '2024-02-01T00:00Z',
  '2024-04-01T00:00Z',
  '2024-05-01T00:00Z',
];
const seen = column('city', 'text');

describe('windows, labels, splits and fits', () => {
  const files = shop(7, 30, 600);
  it('at random', () => expectEqual(churn(monthly, { kind: 'random', test: 0.3, validate: 0.2, seed: 4, stratify: null }), files));
  it('stratified', () => expectEqual(churn(monthly, { kind: 'random', test: 0.3, validate: 0.2, seed: 4, stratify: seen }), files));
  it('by group', () => expectEqual(churn(monthly, { kind: 'group', group: column('age', 'int'), test: 0.3, validate: 0.2, seed: 1 }), files));
  it('by time', () =>
    expectEqual(
      churn(monthly, {
        kind: 'time',
        train: [null, instant('2023-09-01T00:00Z')],
        validate: [instant('2023-09-15T00:00Z'), instant('2024-01-01T00:00Z')],
        test: [instant('2024-01-15T00:00Z'), null],
        gap: days(31),
        group: null,
      }),
      files,
    ));
  it('by time with groups apart and an open start', () =>
    expectEqual(
      churn(monthly, {
        kind: 'time',
        train: [null, instant('2023-09-01T00:00Z')],
        validate: null,
        test: [null, null],
        gap: days(31),
        group: column('age', 'int'),
      }),
      files,
      2,
    ));
  it.each([
    ['running totals', 0],
    ['pairs', Number.POSITIVE_INFINITY],
  ])('with many rows a link, by %s', (_, runningPairs) =>
    expectEqual(churn(monthly, { kind: 'random', test: 0.3, validate: 0, seed: 4, stratify: null }), shop(11, 3, 500), 1, runningPairs),
  );
});

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
