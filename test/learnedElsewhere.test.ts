/** What a feature set learned is applied to other rows without learning again; and limits of what fits take. */
import { describe, expect, it } from 'vitest';
import { onEngine, quiet } from './engine.ts';
import { differences } from './reference/compare.ts';
import { randomPlan } from './reference/random.ts';
import { expectTables, planOf } from './semantics/program.ts';

/** Null where the data of the seed leave nothing to learn from. */
async function isEncodedAlike(seed: number): Promise<readonly string[] | null> {
  const { plan, files } = randomPlan(seed);
  return onEngine(plan, files, async ({ engine, results, rows, session }) => {
    const node = plan.nodes.find(n => n.kind === 'features');
    const detail = results.get('features set')?.detail;
    if (node?.kind !== 'features' || detail?.kind !== 'features') return null;
    const columns = (session.entries.get(node.id)?.columns ?? []).filter(c => c.name !== '#fit');
    const isOutOfFold = node.steps.some(step => step.kind === 'fitted' && step.transform === 'target_encode');
    const judged = async () => (await rows(node.id)).filter(row => !isOutOfFold || row['#partition'] !== 'train');
    const before = await judged();
    const again = await engine.execute(node, { ...quiet, learned: detail });
    expect(again.detail).toEqual(detail);
    return differences({ columns, rows: before }, await judged());
  });
}

describe('what was learned', () => {
  it('encodes rows as learning did, but for rows that were encoded out of fold', { timeout: 60_000 }, async () => {
    const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
    const found: (readonly string[])[] = [];
    for (const seed of seeds) {
      const one = await isEncodedAlike(seed);
      if (one !== null) found.push(one);
    }
    expect(found.length).toBeGreaterThan(8);
    expect(found.flat()).toEqual([]);
  });
});

const text = (feature: string) => `source s = csv("s.csv") { k : key, c : category, w : text, y : bool }
task t { each r in s, label y }
split t at random { test: 20%, seed: 1 }
features f for t { ${feature} }
`;

const rows = (count: number): string =>
  `k,c,w,y\n${Array.from({ length: count }, (_, i) => `k${i},c${i},w${i} w${i % 7},${i % 2 === 0}`).join('\n')}\n`;

describe('limits', () => {
  it('a column a level is refused where there are too many', async () => {
    await onEngine(planOf(text('c |> one_hot')), { 's.csv': rows(14_000) }, async ({ results }) => {
      const found = results.get('features f')?.findings.filter(f => f.severity === 'error') ?? [];
      expect(found.map(f => f.rule)).toEqual(['too-many-columns']);
      expect(found[0]?.message).toContain('`c` has more than 10,000 levels');
    });
  });

  it('many levels become one number', { timeout: 60_000 }, async () => {
    await onEngine(
      planOf(text('a = c |> frequency_encode, b = c |> target_encode, d = c |> ordinal')),
      { 's.csv': rows(30_000) },
      async ({ rows: read }) => {
        const found = await read('features f');
        expect(found.length).toBe(30_000);
        const train = found.filter(row => row['#partition'] === 'train');
        expect(new Set(train.map(row => row['a'])).size).toBe(1);
        expect(new Set(train.map(row => row['d'])).size).toBe(train.length);
        const test = found.filter(row => row['#partition'] === 'test');
        expect(new Set(test.map(row => `${row['a']} ${row['d']}`))).toEqual(new Set(['0 null']));
      },
    );
  });

  it('a lasso over too many columns is refused, and other choices are not', async () => {
    const wide = 'x = [w |> tfidf(max_terms: 3_000)] |> select(3, by: ';
    await onEngine(planOf(text(`${wide}lasso)`)), { 's.csv': rows(4_000) }, async ({ results }) => {
      const found = results.get('features f')?.findings.filter(f => f.severity === 'error') ?? [];
      expect(found.map(f => f.rule)).toEqual(['too-many-columns']);
    });
  });

  it('a text of a million letters has words like any other', async () => {
    const long = 'ab '.repeat(333_333);
    const data = `k,c,w,y\n1,a,${long},true\n2,b,cd,false\n3,a,ab cd,true\n`;
    const program = text('x = w |> tfidf(max_terms: 2)').replace('at random { test: 20%, seed: 1 }', 'at random { test: 1%, seed: 1 }');
    await expectTables(program, { 's.csv': data }, { 'features f': 'k x=ab x=cd\n1 1 0\n2 0 1\n3 0.7071067812 0.7071067812' });
  });
});
