/** `impute(forward)`: within an entity, from earlier training rows alone, alike on the engine, in the reference interpreter and in process. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../language/plan/plan.ts';
import { cells, executed, planned } from '../language/plan/testPlan.ts';
import { onEngine } from './engine.ts';
import { javascriptDifferences } from './javascriptEqualsReference.ts';
import { differences } from './reference/compare.ts';
import { interpret } from './reference/interpret.ts';

const program = (split: string) => `
source people = csv("people.csv") {
  id    : key
  since : timestamp @time @known(+0d)
}
source visits = csv("visits.csv") until 2024-12-01 {
  who  : ref people
  on   : timestamp @time @known(+0d)
  paid : float immutable
  cost : decimal(8, 2) immutable
  kind : category { "a", "b" } immutable
}
task often {
  each  p in people
  at    every month from 2024-02-01 to 2024-08-01
  label again = count(visits next 10d) > 0
}
split often ${split}
features all for often {
  paid = avg(paid of visits last 10d) |> impute(forward)
  kind = last(kind of visits last 10d) |> impute(forward)
  n    = (if count(visits last 20d) == 2 then 1 else null) |> impute(forward)
  cost = sum(cost of visits last 10d) |> impute(forward) |> impute(constant, value: 0)
  many = (if count(visits last 10d) > 0 then count(visits last 10d) > 1 else null) |> impute(forward)
}
model m = gradient_boosting(all) { trees: 2 }
evaluate m on test { log_loss }`;

const byTime = program('by time { train: ..2024-05-15, test: 2024-06-01.., gap: 10d }');
const onFolds = byTime.replace('gap: 10d }', 'gap: 10d, folds: 2 }').replace('evaluate m on test', 'evaluate m on folds');

const day = 86_400_000;
const rows = Array.from({ length: 90 }, (_, i) => {
  const on = new Date(Date.UTC(2024, 0, 3) + ((i * 37) % 210) * day).toISOString();
  return `p${(i * i) % 7},${on},${((i * 13) % 40) / 8},${(i % 9) / 4},${'ab'[i % 2]}`;
});
const files = {
  'people.csv': `id,since\n${[0, 1, 2, 3, 4, 5, 6].map(i => `p${i},2023-01-01T00:00Z`).join('\n')}\n`,
  'visits.csv': `who,on,paid,cost,kind\n${rows.join('\n')}\n`,
};

async function disagreements(plan: Plan): Promise<readonly string[]> {
  const wanted = interpret(plan, path => (files as Readonly<Record<string, string>>)[path] ?? '');
  return onEngine(plan, files, async ({ rows: read, results }) => {
    const found: string[] = [];
    for (const node of plan.nodes) {
      const frame = plan.nodes.find(n => n.kind === 'frame');
      const [outcome, result] = [wanted.get(node.id), results.get(node.id)];
      if (node.kind !== 'features' || frame?.kind !== 'frame') continue;
      if (!outcome || !result) return ['no features were made'];
      found.push(...differences(outcome.table, await read(node.id)), ...javascriptDifferences(node, frame, result.detail, wanted));
    }
    return found;
  });
}

describe('impute(forward)', () => {
  it.each([
    ['once', byTime],
    ['in folds', onFolds],
  ])('is the same everywhere, learned %s', async (_, main) => expect(await disagreements(planned({ main }))).toEqual([]));

  it('takes the last value of the same entity, at an earlier cutoff, on a training row', () => {
    const visits = ['p0,2024-01-30T00:00Z,1', 'p0,2024-03-30T00:00Z,3', 'p0,2024-05-30T00:00Z,5', 'p1,2024-02-28T00:00Z,7'];
    const own = { ...files, 'visits.csv': `who,on,paid,cost,kind\n${visits.map(line => `${line},0,a`).join('\n')}\n` };
    const found = executed(planned({ main: byTime }), own);
    const of = (id: string) =>
      found.get('features all')?.table.rows.flatMap((row, i) => {
        const split = found.get('split often')?.table.rows[i];
        return split?.['id'] === id ? [[new Date(Number(split['#cutoff']) / 1000).toISOString().slice(5, 7), split['#partition'], row['paid']]] : [];
      });
    expect(of('p0')).toEqual([
      ['02', 'train', 1],
      ['03', 'train', 1],
      ['04', 'train', 3],
      ['05', 'train', 3],
      // Seen at its own cutoff, and not carried on: no training row had it.
      ['06', 'test', 5],
      ['07', 'test', 3],
      ['08', 'test', 3],
    ]);
    expect(of('p1')?.map(([, , paid]) => paid)).toEqual([null, 7, 7, 7, 7, 7, 7]);
    expect(of('p2')?.map(([, , paid]) => paid)).toEqual([null, null, null, null, null, null, null]);
    expect(cells(found, 'features all', 'cost').every(([cost]) => cost !== null)).toBe(true);
  });

  it('compares what was there before in drift, and not the entity', () => {
    const node = planned({ main: byTime }).nodes.find(n => n.kind === 'features');
    expect(node?.kind === 'features' && node.features.map(({ others }) => others ?? [])).toEqual([[], [], [], [], []]);
  });
});
