/** The matrix of a wide entity is read without the entity's table; that it still is what it was, and when the table has to stay. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { planned } from '../../language/plan/testPlan.ts';
import { onEngine, quiet } from '../../test/engine.ts';
import { entryOf } from './session.ts';

const wide = Array.from({ length: 13 }, (_, i) => `x${i}`);

const program = (options: { readonly split?: string; readonly value?: string }): string => `
source people = csv("people.csv") {
  id : key
${wide.map(column => `  ${column} : float`).join('\n')}
  place : category
  left : bool
}
task leaving {
  each person in people
  label left
}
split leaving by ${options.split ?? 'random { test: 25%, seed: 3 }'}
features f for leaving {
  a = ${options.value ?? 'x1'} |> standardize
  place |> one_hot
}
`;

const rows = Array.from({ length: 60 }, (_, i) => [i, ...wide.map((_, k) => ((i * (k + 3)) % 17) / 4), 'abc'[i % 3], i % 4 ? 0 : 1].join(','));
const files = { 'people.csv': `${['id', ...wide, 'place', 'left'].join(',')}\n${rows.join('\n')}\n` };
const [source, features] = ['scan people', 'features f'];
/** Of sources that are not small, but fit. */
const bytes = 33 * 1024 ** 2;

const shedding = (text: string, sourceBytes: number) =>
  onEngine(
    planned({ main: text }),
    files,
    async ({ engine, session }) => {
      const before = await engine.matrix(features);
      const shed = await engine.shed(features, [source]);
      const [left] = await session.db.rows(`SELECT count(*) FROM duckdb_tables() WHERE table_name = '${source}'`);
      return { shed, left: Number(left?.[0]), before, after: await engine.matrix(features), raw: await engine.rawColumns(features) };
    },
    1,
    false,
    sourceBytes,
  );

/** Executes the feature set once more, as a step after which nothing reads the source. */
const asLast = (text: string) =>
  onEngine(
    planned({ main: text }),
    files,
    async ({ engine, session, results }) => {
      const { node } = entryOf(session, features);
      const before = await engine.matrix(features);
      const result = await engine.execute(node, { ...quiet, last: [source] });
      const isGone = await session.db.rows(`SELECT id FROM "${source}"`).then(
        () => false,
        () => true,
      );
      const shed = await engine.shed(features, [source]);
      return { isGone, shed, isEqual: isDeepStrictEqual([result, await engine.matrix(features)], [results.get(features), before]) };
    },
    1,
    false,
    bytes,
  );

describe("the entity's table is given back before its matrix is read", () => {
  it('where nothing of the entity is left to read', async () => {
    const { shed, left, before, after, raw } = await shedding(program({}), bytes);
    expect([shed, left]).toEqual([[source], 0]);
    expect(after).toEqual(before);
    expect(raw.map(({ feature }) => feature)).toEqual(['a', 'place']);
  });

  it('but not of a small source, of one with groups, or where rules look at its columns', async () => {
    const kept = [
      await shedding(program({}), 0),
      await shedding(program({ split: 'group { group: place, test: 40%, seed: 3 }' }), bytes),
      await shedding(program({ value: 'x1 + 3.25' }), bytes),
    ];
    for (const { shed, left } of kept) expect([shed, left]).toEqual([[], 1]);
  });

  it('and its rows before anything is fitted, unless a row without a value has to be named', async () => {
    expect(await asLast(program({}))).toEqual({ isGone: true, shed: [source], isEqual: true });
    const later = program({ value: '(x1 |> standardize) / x2' });
    expect(await asLast(later)).toEqual({ isGone: false, shed: [source], isEqual: true });
  });
});
