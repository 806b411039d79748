import { describe, expect, it } from 'vitest';
import { regionText } from './factOps.ts';
import { typed } from './testScope.ts';

/** Expression, identity, fit, and lineage with its region. */
const facts: readonly (readonly [text: string, identity: string, fit: string, lineage: string])[] = [
  ['1', 'none', 'row', ''],
  ['age + children', 'none', 'row', 'age:own children:own'],
  ['customer_id', 'entity', 'row', 'customer_id:own'],
  ['hash(customer_id)', 'entity', 'row', 'customer_id:own'],
  ['lower(customer_id)', 'entity', 'row', 'customer_id:own'],
  ['concat("c", text(customer_id))', 'entity', 'row', 'customer_id:own'],
  ['customer_id ?? "x"', 'entity', 'row', 'customer_id:own'],
  ['if active then customer_id else "x"', 'entity', 'row', 'active:own customer_id:own'],
  ['customer_id == "x"', 'none', 'row', 'customer_id:own'],
  ['customer_id != null', 'none', 'row', 'customer_id:own'],
  ['customer_id in ["x"]', 'none', 'row', 'customer_id:own'],
  ['length(customer_id)', 'none', 'row', 'customer_id:own'],
  ['hash(customer_id) + 1', 'entity', 'row', 'customer_id:own'],
  ['hash(customer_id) % 8', 'none', 'row', 'customer_id:own'],
  ['hash(customer_id) % 1_000_003', 'entity', 'row', 'customer_id:own'],
  ['hash(customer_id) div 2', 'entity', 'row', 'customer_id:own'],
  ['customer_id |> one_hot', 'entity', 'train', 'customer_id:own'],
  ['customer_id |> hash_encode(8)', 'none', 'row', 'customer_id:own'],
  ['customer_id |> frequency_encode', 'none', 'train', 'customer_id:own'],
  ['hash(customer_id) |> min_max', 'entity', 'train', 'customer_id:own'],
  ['hash(customer_id) |> quantile_bin(5)', 'none', 'train', 'customer_id:own'],
  ['hash(customer_id) |> cyclic(24)', 'entity', 'row', 'customer_id:own'],
  ['customer_id |> target_encode', 'none', 'train', 'customer_id:own'],
  ['age |> impute(median) |> standardize', 'none', 'train', 'age:own'],
  ['count(orders)', 'none', 'history', 'placed_at:..0/0 customer:..0/0'],
  ['last(order_id of orders last 1d)', 'row', 'history', 'placed_at:0/-86400000000..0/0 customer:0/-86400000000..0/0 order_id:0/-86400000000..0/0'],
  [
    'count(orders last 2d lag 1d where amount > income)',
    'none',
    'history',
    'placed_at:0/-259200000000..0/-86400000000 customer:0/-259200000000..0/-86400000000 amount:0/-259200000000..0/-86400000000 income:own',
  ],
  ['count(orders next 1mo)', 'none', 'history', 'placed_at:0/0..1/0 customer:0/0..1/0'],
];

describe('facts', () => {
  it.each(facts)('%s', (text, identity, fit, lineage) => {
    const { typed: result, problems: found } = typed(text);
    expect(found).toEqual([]);
    expect(result.facts).toMatchObject({ identity, fit });
    expect(result.facts.lineage.map(l => `${l.column}:${regionText(l.region)}`).join(' ')).toBe(lineage);
  });

  it('keeps when rows and cells of a window are known', () => {
    const roots = typed('sum(amount of orders)').typed.facts.known.map(t => t.root);
    expect(roots).toEqual(['orders.placed_at', 'orders.billed_at']);
  });

  it('tells nobody by a label over the rows that belong to them', () => {
    for (const use of ['label', 'feature'] as const) expect(typed('count(orders next 1mo)', use).typed.facts.identity).toBe('none');
  });

  it('keeps the facts of what could not be typed', () => {
    expect(typed('customer_id + 1').typed.facts.lineage.map(l => l.column)).toEqual(['customer_id']);
  });
});
