/** The guarantee `model-output-as-feature`: no training row has a say in what a model says of it, and no judged row in what it says of any. */
import { describe, expect, it } from 'vitest';
import { interpret } from '../reference/interpret.ts';
import { planOf } from '../semantics/program.ts';

const count = 90;
const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + (i % 30) * 7)).toISOString().slice(0, 10);
const worths = Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 10 + ((i * 53) % 97) / 97);
const csv = (values: readonly number[]): string =>
  `id,team,at,x,z,worth\n${values.map((worth, i) => [`k${i}`, `g${i % 15}`, `${day(i)}T00:00:00Z`, ((i * 37) % 101) / 100, ((i * 71) % 89) / 89, worth].join(',')).join('\n')}\n`;

const program = (split: string, isTimed: boolean): string => `source rows = csv("rows.csv") until 2025-12-31 {
  id    : key
  team  : text immutable
  at    : timestamp ${isTimed ? '@time @known(+0d)' : 'immutable'}
  x     : float immutable
  z     : float immutable
  worth : float ${isTimed ? '@known(+1d)' : ''}
}
task t { each r in rows${isTimed ? ', at at' : ''}, label worth }
split t ${split}
features plain for t { x, mean = team |> target_encode(prior: 5) }
model first = linear_regression(plain)
features more for t { z, said = predict(first) }
model m = ridge(more)
evaluate m on test { rmse }
`;

describe('predict', () => {
  it.each([
    ['at random { test: 25%, seed: 3 }', false],
    ['by group { group: team, test: 25%, seed: 3 }', false],
    ['by time { train: ..2024-05-31, test: 2024-06-10.., gap: 2d }', true],
  ] as const)('over a split %s', (split, isTimed) => {
    const plan = planOf(program(split, isTimed));
    const node = plan.nodes.find(({ kind, name }) => kind === 'features' && name === 'more');
    const features = (values: readonly number[]) => {
      const outcomes = interpret(plan, () => csv(values));
      const said = outcomes.get(node?.id ?? '')?.table.rows.map(row => row['said']) ?? [];
      const rows = outcomes.get(node?.kind === 'features' ? node.split : '')?.table.rows ?? [];
      return new Map(rows.map((row, i) => [String(row['#identity']), { partition: row['#partition'], said: said[i] ?? null }]));
    };
    const before = features(worths);
    const of = (partition: string) => [...before].filter(([, row]) => row.partition === partition);
    expect(Math.min(of('train').length, of('test').length)).toBeGreaterThan(10);

    const judged = new Set(of('test').map(([id]) => id));
    expect(features(worths.map((worth, i) => (judged.has(`k${i}`) ? -worth : worth)))).toEqual(before);

    let moved = 0;
    for (const [id, row] of of('train').filter((_, i) => i % 6 === 0)) {
      const after = features(worths.map((worth, i) => (id === `k${i}` ? worth + 1000 : worth)));
      expect(after.get(id)).toEqual(row);
      moved += [...after].filter(([other, { said }]) => said !== before.get(other)?.said).length;
    }
    expect(moved).toBeGreaterThan(10);
  });
});
