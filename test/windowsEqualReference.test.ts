/** Every way in which windows are computed gives what the reference gives: for all kinds of cutoffs, and rows known at once, late or always. */
import { describe, expect, it } from 'vitest';
import type { FrameNode, Plan, PlanAggregate, PlanExpr, PlanType, PlanWindow } from '../language/plan/plan.ts';
import { onEngine, quiet } from './engine.ts';
import {
  call,
  column,
  cutoff,
  days,
  featuresNode,
  frameNode,
  int,
  known,
  masked,
  months,
  planOf,
  rowStep,
  scanColumn,
  scanNode,
  splitNode,
  text,
  window,
  windowOf,
} from './reference/build.ts';
import { customers, expectEqual, money, shop } from './shop.ts';

type Knowledge = 'at once' | 'late' | 'always';

const day = 86_400_000_000;
const start = Date.UTC(2023, 5, 1) * 1000;

const ordersKnown = (knowledge: Knowledge) => {
  const lag = (n: number): PlanExpr => call('add', 'timestamp', column('at', 'timestamp'), { op: 'literal', type: 'duration', value: days(n) });
  return scanNode({
    name: 'orders',
    columns: [
      scanColumn('order', 'text', { nullable: false }),
      scanColumn('customer', 'text', { nullable: false }),
      scanColumn('at', 'timestamp', { nullable: false }),
      scanColumn('amount', money),
      scanColumn('weight', 'float'),
      scanColumn('returned', 'bool'),
      scanColumn('kind', 'text'),
    ],
    hidden: [
      { name: '#event', value: column('at', 'timestamp') },
      { name: '#known', value: knowledge === 'late' ? lag(9) : lag(0) },
      { name: 'returned#known', value: lag(20) },
      { name: 'weight#known', value: lag(4) },
    ],
    key: 'order',
  });
};

const returned = masked(column('returned', 'bool'), known('returned#known'));
const weight = masked(column('weight', 'float'), known('weight#known'));

const of = (id: string, aggregate: string, value: PlanExpr | null, type: PlanType, where: PlanExpr | null = null): PlanAggregate => ({
  id,
  aggregate,
  value,
  where,
  parameters: {},
  type,
  scale: 40,
});

const aggregates = (prefix: string): PlanAggregate[] => [
  of(`${prefix} n`, 'count', null, 'int'),
  of(`${prefix} days`, 'count', column('at', 'timestamp'), 'int'),
  of(`${prefix} sum`, 'sum', column('amount', money), { decimal: [38, 2] }, call('eq', 'bool', column('kind', 'text'), text('a'))),
  of(`${prefix} total`, 'sum', column('weight', 'float'), 'float'),
  of(`${prefix} late total`, 'sum', weight, 'float'),
  of(`${prefix} avg`, 'avg', column('amount', money), 'float', returned),
  of(`${prefix} unlike`, 'avg', weight, 'float', returned),
  of(`${prefix} rate`, 'rate', returned, 'float'),
  of(`${prefix} heavy`, 'rate', call('gt', 'bool', weight, int(5)), 'float'),
  of(`${prefix} any`, 'any', returned, 'bool'),
  of(`${prefix} all`, 'all', returned, 'bool'),
  of(`${prefix} open`, 'count', null, 'int', call('coalesce', 'bool', returned, { op: 'literal', type: 'bool', value: true })),
  of(`${prefix} min`, 'min', column('amount', money), money),
  of(`${prefix} max`, 'max', column('at', 'timestamp'), 'timestamp'),
  of(`${prefix} late max`, 'max', weight, 'float'),
  of(`${prefix} since`, 'min', call('days', 'float', column('at', 'timestamp'), cutoff), 'float'),
  of(`${prefix} kinds`, 'distinct', column('kind', 'text'), 'int'),
  of(`${prefix} orders`, 'distinct', column('order', 'text'), 'int'),
  of(`${prefix} first`, 'first', column('kind', 'text'), 'text'),
  of(`${prefix} last`, 'last', column('amount', money), money),
  of(`${prefix} late last`, 'last', weight, 'float'),
  of(`${prefix} median`, 'median', column('weight', 'float'), 'float'),
  of(
    `${prefix} own`,
    'count',
    null,
    'int',
    call('gt', 'bool', column('weight', 'float'), call('div', 'float', column('age', 'int', 'entity'), int(10))),
  ),
];

function planWith(knowledge: Knowledge, cutoffs: FrameNode['cutoffs'], isWithin = true): Plan {
  const link = { row: 'customer', entity: column('id', 'text') };
  const over = (prefix: string, extra: Partial<PlanWindow>): PlanWindow =>
    windowOf({
      relation: 'scan orders',
      link,
      aggregates: aggregates(prefix),
      tie: ['order'],
      ...(knowledge === 'always' ? { known: null } : {}),
      ...extra,
    });
  const windows = isWithin
    ? [
        over('all', {}),
        over('30d', { from: days(-30) }),
        over('lag', { from: days(-47), to: days(-7) }),
        over('2mo', { from: months(-2) }),
        over('next', { from: days(0), to: days(25), knownWithin: days(30) }),
      ]
    : [over('all', {})];
  return planOf(
    customers,
    ordersKnown(knowledge),
    frameNode({ name: 'churn', relation: 'scan customers', cutoffs, key: 'id' }),
    splitNode({ name: 'churn', frame: 'frame churn', method: { kind: 'random', test: 0.3, validate: 0, seed: 4, stratify: null } }),
    featuresNode({
      name: 'activity',
      split: 'split churn',
      frame: 'frame churn',
      windows,
      steps: windows.flatMap(w => w.aggregates).map(a => rowStep(a.id, window(a.id, a.type))),
      features: [],
    }),
  );
}

const few = Array.from({ length: 6 }, (_, i) => start + i * 37 * day);
const many = Array.from({ length: 70 }, (_, i) => start + i * day);
const since: PlanExpr = call('add', 'timestamp', column('since', 'timestamp'), { op: 'literal', type: 'duration', value: days(90) });

describe.each(['at once', 'late', 'always'] as const)('rows known %s', knowledge => {
  it('at few cutoffs', () => expectEqual(planWith(knowledge, { kind: 'grid', instants: few }), shop(3, 12, 300), 2));
  it('at one cutoff', () => expectEqual(planWith(knowledge, { kind: 'grid', instants: few.slice(2, 3) }), shop(4, 12, 200)));
  it('at many cutoffs', () => expectEqual(planWith(knowledge, { kind: 'grid', instants: many }), shop(5, 3, 60)));
  it('at cutoffs of their own', () => expectEqual(planWith(knowledge, { kind: 'column', value: since }), shop(6, 30, 300), 2));
  it('without cutoffs', () => expectEqual(planWith(knowledge, { kind: 'none' }, false), shop(7, 12, 200)));
});

it('totals that floats do not hold are left to the engine', async () => {
  const { 'orders.csv': rows, ...others } = shop(9, 8, 200);
  const heavy = String(rows).replace(/^((?:[^,]*,){4})(\d+\.?\d*)/gm, (_, before, weight) => `${before}${Number(weight) * 1e16 + 1}`);
  expect(heavy).toMatch(/e\+1[67]|\d{16}/);
  await expectEqual(planWith('at once', { kind: 'grid', instants: few }), { ...others, 'orders.csv': heavy });
});

/** The plan with its first node and its task changed. */
function changed(plan: Plan, entity: typeof customers, task: Partial<FrameNode>): Plan {
  return {
    ...plan,
    nodes: [{ ...entity, fingerprint: '' }, ...plan.nodes.slice(1).map(node => (node.kind === 'frame' ? { ...node, ...task } : node))],
  };
}

it('observations that are numbered by more than their entity and cutoff look their windows up by link', async () => {
  const old = call('gt', 'bool', column('age', 'int'), int(20));
  await expectEqual(changed(planWith('at once', { kind: 'grid', instants: few }), customers, { where: old }), shop(10, 12, 200), 2);
});

it('an entity of many columns is joined where its observations are made', async () => {
  const more = Array.from({ length: 10 }, (_, i) => `more${i}`);
  const { 'customers.csv': rows, ...others } = shop(11, 12, 200);
  const wide = String(rows)
    .split('\n')
    .map((line, i) => [line, ...more.map(name => (i === 0 ? name : `${name} of ${i}`))].join(','));
  const entity = scanNode({
    name: 'customers',
    columns: [...customers.columns, ...more.map(name => scanColumn(name, 'text'))],
    hidden: customers.hidden,
    key: 'id',
  });
  await expectEqual(changed(planWith('at once', { kind: 'grid', instants: few }), entity, {}), { ...others, 'customers.csv': wide.join('\n') }, 2);
});

it('observations that come from the store have the windows of those that were made', async () => {
  const plan = planWith('at once', { kind: 'grid', instants: few });
  const read = `SELECT md5(string_agg(CAST(s AS VARCHAR), chr(10) ORDER BY s."#row")) FROM "features activity #set" s`;
  await onEngine(plan, shop(12, 12, 300), async ({ engine, session, root }) => {
    const made = await session.db.rows(read);
    await engine.save('frame churn', root);
    for (const node of plan.nodes) {
      if (node.kind === 'frame') {
        await engine.release(node.id);
        await engine.restore(node, root);
      }
      if (node.kind === 'split' || node.kind === 'features') await engine.execute(node, quiet);
    }
    expect(await session.db.rows(read)).toEqual(made);
  });
});

it('feature sets on parts of the observations share their windows, and leave nothing behind', async () => {
  const plan = planWith('late', { kind: 'grid', instants: few });
  const [split, features] = plan.nodes.slice(-2);
  if (split?.kind !== 'split' || features?.kind !== 'features') throw new Error('The plan ends with a split and its features.');
  const again = { kind: 'random', test: 0.5, validate: 0, seed: 5, stratify: null } as const;
  const other = [
    { ...split, id: 'split other', name: 'other', method: again },
    { ...features, id: 'features other', name: 'other', split: 'split other' },
  ];
  const files = shop(3, 12, 300);
  await expectEqual({ ...plan, nodes: [...plan.nodes, ...other] }, files, 2);
  await onEngine({ ...plan, nodes: [...plan.nodes, ...other] }, files, async ({ session }) => {
    expect(await session.db.rows(`SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '~%'`)).toEqual([]);
  });
});

it('one pass over rows and pairs agree where the engine sorts in several threads', { timeout: 60_000 }, async () => {
  const plan = planWith('late', { kind: 'column', value: since });
  const found: unknown[] = [];
  const read = `SELECT md5(string_agg(CAST(s AS VARCHAR), chr(10) ORDER BY s."#row")) FROM "features activity #set" s`;
  for (const pairsOnly of [false, true]) {
    await onEngine(plan, shop(8, 40, 40_000), async ({ session }) => found.push(await session.db.rows(read)), 4, pairsOnly);
  }
  expect(found[1]).toEqual(found[0]);
});

it('levels that the first rows do not have are counted too', { timeout: 60_000 }, async () => {
  const { 'orders.csv': rows, ...others } = shop(12, 4, 21_000);
  const kinds = String(rows)
    .split('\n')
    .map((line, i) => (i === 0 ? line : line.replace(/[^,]*$/, i < 20_500 ? `k${i % 3}` : `k${i % 40}`)));
  const plan = planWith('at once', { kind: 'grid', instants: few });
  const nodes = plan.nodes.map(node =>
    node.kind === 'scan' ? { ...node, columns: node.columns.map(c => (c.name === 'kind' ? { ...c, nullable: false } : c)) } : node,
  );
  const found: unknown[] = [];
  const read = `SELECT md5(string_agg(CAST(s AS VARCHAR), chr(10) ORDER BY s."#row")) FROM "features activity #set" s`;
  for (const pairsOnly of [false, true]) {
    const files = { ...others, 'orders.csv': kinds.join('\n') };
    await onEngine({ ...plan, nodes }, files, async ({ session }) => found.push(await session.db.rows(read)), 2, pairsOnly);
  }
  expect(found[1]).toEqual(found[0]);
});
