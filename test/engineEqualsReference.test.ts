/** The engine and the reference interpreter agree, cell by cell, on what a task and its features read; random plans follow in their own test. */
import { describe, it } from 'vitest';
import type { Plan } from '../language/plan/plan.ts';
import {
  call,
  column,
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
  rowStep,
  splitNode,
  text,
  window,
  windowOf,
} from './reference/build.ts';
import { customers, expectEqual, money, orders, shop } from './shop.ts';

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
    ['one pass', false],
    ['pairs', true],
  ])('with many rows a link, by %s', (_, pairsOnly) =>
    expectEqual(churn(monthly, { kind: 'random', test: 0.3, validate: 0, seed: 4, stratify: null }), shop(11, 3, 500), 1, pairsOnly),
  );
});
