/** Columns of a matrix that are worked out beside the engine are, to the bit, what the engine's own table of the set holds. */
import { describe, expect, it } from 'vitest';
import type { FeaturesNode } from '../../language/plan/plan.ts';
import { planned } from '../../language/plan/testPlan.ts';
import { onEngine } from '../../test/engine.ts';
import { name } from '../sql/write.ts';
import { derivedColumns } from './derived.ts';

const program = `
source people = csv("people.csv") {
  id : key
  age : float?
  visits : int?
  place : category?
  left : bool
}
task leaving {
  each person in people
  label left
}
split leaving by random { test: 25%, seed: 3 }
features f for leaving {
  age |> impute(median) |> standardize
  older = age * 1.5 |> standardize
  visits |> impute(mean)
  often = visits |> min_max
  clipped = age |> winsorize |> standardize
  place |> one_hot
  where_from = place |> target_encode |> standardize
  place_itself = place
}
`;

const lines = Array.from({ length: 80 }, (_, i) => {
  const age = i % 7 === 3 ? '' : String(Math.round(1000 * Math.abs(Math.sin(i))) / 7);
  return [i, age, i % 5 === 2 ? '' : (i * 13) % 11, i % 9 === 4 ? '' : ['north', 'south', 'east'][Math.floor(i / 2) % 3], i % 3 ? 0 : 1].join(',');
});
const files = { 'people.csv': `id,age,visits,place,left\n${lines.join('\n')}\n` };

describe('derived columns', () => {
  it('are those of the set, with every null', async () => {
    const plan = planned({ main: program });
    await onEngine(plan, files, async ({ engine, session, results }) => {
      const { columns, rows } = await engine.matrix('features f');
      const detail = results.get('features f')?.detail;
      const node = plan.nodes.find((of): of is FeaturesNode => of.kind === 'features');
      const derived = node && detail?.kind === 'features' ? derivedColumns(node, detail.fitted) : new Map();
      const numbers = columns.filter(column => column.kind === 'number');
      expect(numbers.filter(column => derived.has(column.name)).map(column => column.name)).toEqual([
        'age',
        'older',
        'visits',
        'often',
        'clipped',
        'place=east',
        'place=north',
        'place=south',
        'where_from',
      ]);
      for (const column of numbers) {
        const [values] = await session.db.columns(
          `SELECT coalesce(CAST(${name(column.name)} AS DOUBLE), 'nan'::DOUBLE) FROM "features f #set" ORDER BY "#row"`,
          rows,
          ['float64'] as const,
        );
        expect(column.values).toEqual(values);
      }
      const raw = await engine.rawColumns('features f');
      expect(raw.map(({ column }) => column.kind)).toEqual(['number', 'number', 'number', 'number', 'number', 'category', 'category', 'category']);
    });
  });
});
