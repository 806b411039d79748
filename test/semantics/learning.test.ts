/** Semantics, learning and judging: what is fitted on which labels, and what models take. How figures are judged has tests of its own. */
import { describe, expect, it } from 'vitest';
import { type Executed, expectTables, fixed, planOf, told } from './program.ts';

const source = (delay = '') => `source visits = csv("v.csv") until 2024-12-31 {
  visit : key
  at    : timestamp @time @known(+0d)
  c     : category? immutable
  won   : bool
}
task t { each v in visits, at at, label won${delay} }
split t by time { train: ..2024-03-31, test: 2024-06-01.., gap: 1d }
`;
const rows = {
  'v.csv':
    'visit,at,c,won\n1,2024-03-01,a,true\n2,2024-03-02,a,false\n3,2024-03-03,b,true\n4,2024-03-04,a,true\n5,2024-03-05,b,false\n6,2024-06-01,a,true\n7,2024-06-02,b,true\n8,2024-06-03,z,true\n9,2024-06-04,,true\n',
};
const findingsOf = ({ results }: Executed, node: string): string[] =>
  (results.get(node)?.findings ?? []).map(f => `${f.severity} ${f.rule} ${f.count}`);

/** n labels of a level with mean m and variance v, among labels with mean M and variance V. */
const shrunk = (n: number, m: number, v: number, M: number, V: number): string => {
  const weight = (V * n) / (V * n + v);
  return String(Number((weight * m + (1 - weight) * M).toPrecision(10)));
};

describe('target_encode', () => {
  it('goes by blocks of cutoffs, each fitted on labels ripe strictly before its start; all of train elsewhere', async () => {
    const run = await expectTables(`${source()}features f for t { x = c |> target_encode(folds: 2) }`, rows, {
      // Blocks: 1 to 3 and 4, 5. Before 2024-03-04 the labels of a are 1, 0 and of b 1; later a has 1, 0, 1 and b 1, 0.
      'features f': `visit x #fit
        1 null false
        2 null false
        3 null false
        4 ${shrunk(2, 1 / 2, 1 / 4, 2 / 3, 2 / 9)} true
        5 1 true
        6 ${shrunk(3, 2 / 3, 2 / 9, 3 / 5, 6 / 25)} true
        7 ${shrunk(2, 1 / 2, 1 / 4, 3 / 5, 6 / 25)} true
        8 0.6 true
        9 0.6 true`,
    });
    // The first block has nothing to learn from: it is left out of the fit, and counted.
    expect(findingsOf(run, 'features f')).toEqual(['info first-block 3']);
  });

  it('a label that is ripe at the start of the block is too late', () =>
    expectTables(`${source(', delay: 1d')}features f for t { x = c |> target_encode(folds: 2) }`, rows, {
      'features f': 'visit x\n1 null\n2 null\n3 null\n4 0.5\n5 0.5\n6 0.6509433962\n7 0.5342465753\n8 0.6\n9 0.6',
    }));

  it('the first block takes the prior, and so do null and unseen levels', async () => {
    const run = await expectTables(`${source()}features f for t { x = c |> target_encode(folds: 2, prior: 0.3) }`, rows, {
      'features f':
        'visit x #fit\n1 0.3 true\n2 0.3 true\n3 0.3 true\n4 0.56 true\n5 1 true\n6 0.6509433962 true\n7 0.5342465753 true\n8 0.3 true\n9 0.3 true',
    });
    expect(findingsOf(run, 'features f')).toEqual([]);
  });

  it('is out of fold on train: no row sees its own label', async () => {
    const text = `source s = csv("s.csv") { k : key, g : text, c : category, won : bool }
task t { each r in s, label won }
split t by group { group: g, test: 10%, seed: 3 }
features f for t { x = c |> target_encode(folds: 3) }
`;
    const file = (changed: number | null) => ({
      's.csv': `k,g,c,won\n${Array.from({ length: 30 }, (_, i) => `k${i},g${Math.floor(i / 2)},${i % 3 ? 'a' : 'b'},${(i % 4 === 0) !== (i === changed)}`).join('\n')}\n`,
    });
    const encoded = async (changed: number | null): Promise<Map<string, string>> => {
      const { outcomes } = await expectTables(text, file(changed), {});
      const features = outcomes.get('features f')?.table.rows ?? [];
      return new Map((outcomes.get('split t')?.table.rows ?? []).map((row, i) => [`${row['k']} ${row['#partition']}`, String(features[i]?.['x'])]));
    };
    const before = await encoded(null);
    const after = await encoded(7);
    const own = [...before.keys()].filter(key => key.startsWith('k7 ') || key.startsWith('k6 '));
    expect(own.every(key => key.endsWith(' train'))).toBe(true);
    // Folds follow the split: the other row of the group keeps its value too, and others do not.
    for (const key of own) expect(after.get(key)).toBe(before.get(key));
    expect([...before].filter(([key, x]) => after.get(key) !== x).length).toBeGreaterThan(3);
  });

  it('stacking learns from scores out of fold on train', () => {
    const plan = planOf(`${source()}features f for t { c }\nmodel a = baseline(f)\nmodel b = gradient_boosting(f)\nmodel s = stacking(a, b)`);
    const stack = plan.nodes.find(n => n.kind === 'ensemble');
    expect(stack).toMatchObject({
      members: [
        { model: 'train a', crossfit: 'crossfit a' },
        { model: 'train b', crossfit: 'crossfit b' },
      ],
    });
    const pools = plan.nodes.flatMap(n => (n.kind === 'split' && n.method.kind === 'fold' ? [n.method.pool] : []));
    expect(pools).toEqual(Array.from({ length: 5 }, () => ['train']));
  });
});

describe('models', () => {
  const program = (
    algorithm: string,
    feature: string,
  ) => `source s = csv("s.csv") { k : key, x : float, n : float?, c : category, o : category?, won : bool, size : float }
task t { each r in s, label ${algorithm === 'linear_regression' ? 'size' : 'won'} }
split t at random { test: 20%, seed: 1 }
features f for t { ${feature} }
model m = ${algorithm}(f)
`;
  it.each(['logistic_regression', 'linear_regression', 'neural_net'])('%s needs values, which the fix fills in', algorithm => {
    expect(told(program(algorithm, 'x, c'))).toEqual([]);
    expect(told(program(algorithm, 'n'))).toEqual(['error needs-value «n»']);
    expect(told(fixed(program(algorithm, 'n'), 'needs-value'))).toEqual([]);
    expect(told(program(algorithm, 'n |> impute(mean)'))).toEqual([]);
  });
  it.each(['gradient_boosting', 'baseline'])('%s takes nulls', algorithm => expect(told(program(algorithm, 'n, o'))).toEqual([]));

  it('categories that reach them raw go by the levels of train', async () => {
    const { results } = await expectTables(`${source()}features f for t { c }`, rows, {});
    const detail = results.get('features f')?.detail;
    expect(detail?.kind === 'features' && detail.columns).toEqual([{ name: 'c', feature: 'c', levels: ['a', 'b'] }]);
  });
});

describe('labels', () => {
  const labelled = (type: string, rest = '') => `source s = csv("s.csv") { k : key, kind : ${type} }\ntask t { each r in s, label kind${rest} }\n`;
  it('with two levels need `positive:`, which the fix writes', () => {
    expect(told(labelled('category { "yes", "no" }'))).toEqual(['error missing-item «kind»']);
    expect(fixed(labelled('category { "yes", "no" }'), 'missing-item')).toContain('positive: "yes"');
    expect(told(fixed(labelled('category { "yes", "no" }'), 'missing-item'))).toEqual([]);
    expect(told(labelled('category { "yes", "no" }', ', positive: "maybe"'))).toEqual(['error wrong-setting «"maybe"»']);
  });
  it('with several classes name them in the source', () => {
    expect(told(labelled('category { "a", "b", "c" }'))).toEqual([]);
    expect(told(labelled('category'))).toEqual(['error missing-item «kind»']);
    expect(told(labelled('text', ', positive: "a"'))).toEqual([]);
  });
  it('the positive level counts as 1', () =>
    expectTables(
      `source s = csv("s.csv") { k : key, c : category, kind : category { "yes", "no" } }
task t { each r in s, label kind, positive: "no" }
split t by group { group: k, test: 20%, seed: 1 }
features f for t { x = c |> target_encode(folds: 2) }`,
      { 's.csv': `k,c,kind\n${Array.from({ length: 40 }, (_, i) => `k${i},${i % 2 ? 'a' : 'b'},${i % 2 ? 'no' : 'yes'}`).join('\n')}\n` },
      { 'features f': `k x\n${Array.from({ length: 40 }, (_, i) => `k${i} ${i % 2}`).join('\n')}` },
    ));
});
