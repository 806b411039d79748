/** A small shop of random customers and orders, and the claim that engine and reference interpreter agree on a plan over it, cell by cell. */
import { expect } from 'vitest';
import type { Plan } from '../language/plan/plan.ts';
import { type Files, onEngine } from './engine.ts';
import { call, column, days, scanColumn, scanNode } from './reference/build.ts';
import { differences } from './reference/compare.ts';
import { interpret } from './reference/interpret.ts';

export async function expectEqual(plan: Plan, files: Files, threads = 1, pairsOnly = false): Promise<void> {
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
    pairsOnly,
  );
}

export const customers = scanNode({
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
export const orders = scanNode({
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

export function shop(seed: number, people: number, sales: number): Files {
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

export const money = { decimal: [10, 2] } as const;
