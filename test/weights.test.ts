/** `@weight`: a row of weight n is learned and judged as n equal rows, one of weight 0 not at all. */
import { describe, expect, it } from 'vitest';
import { expectTables, told } from './semantics/program.ts';
import { wholeRun } from './wholeRun.ts';

const row = (i: number) => {
  const x = ((i * 37) % 101) / 100;
  return { x, c: 'abc'[i % 3] ?? '', size: x + ((i * 53) % 10) / 10, won: x + ((i * 29) % 17) / 17 > 1, w: i % 4 };
};
const people = Array.from({ length: 160 }, (_, i) => ({ i, ...row(i) }));

const program = (label: string, weight: string, models: string, metrics: string) => `source people = csv("people.csv") {
  id   : key
  who  : text
  x    : float immutable
  c    : category immutable
  size : float
  won  : bool
  w    : int in 0..${weight}
}
task t { each p in people, label ${label} }
split t by group { group: who, test: 30%, seed: 5 }
features f for t { x, c }
${models}
evaluate m on test { ${metrics} }
`;

const csv = (lines: readonly string[]) => `id,who,x,c,size,won,w\n${lines.join('\n')}\n`;
const weighted = csv(people.map(({ i, x, c, size, won, w }) => `${i},p${i},${x},${c},${size},${won},${w}`));
const repeated = csv(
  people.flatMap(({ i, x, c, size, won, w }) => Array.from({ length: w }, (_, k) => `${i}-${k},p${i},${x},${c},${size},${won},1`)),
);

const cases = [
  ['baseline', 'won', 'auc, log_loss, brier, accuracy, recall'],
  ['logistic_regression', 'won', 'auc, log_loss, brier, accuracy, precision, recall, f1'],
  ['linear_svm', 'won', 'auc, accuracy'],
  ['naive_bayes', 'won', 'auc, log_loss'],
  ['linear_regression', 'size', 'rmse, mae, r2'],
  ['ridge', 'size', 'rmse'],
  ['elastic_net', 'size', 'rmse, mae'],
  ['poisson_regression', 'size', 'rmse'],
] as const;

describe('@weight', () => {
  it.each(cases)('%s learns and is judged as on repeated rows', async (algorithm, label, metrics) => {
    // Columns are scaled by their unweighted mean and variance, and so is the smoothing of naive Bayes; the optimum is the same.
    const settings = algorithm === 'naive_bayes' ? ' { var_smoothing: 1e-15 }' : algorithm === 'elastic_net' ? ' { alpha: 0.01 }' : '';
    const figures = (weight: string, data: string) =>
      wholeRun(program(label, weight, `model m = ${algorithm}(f)${settings}`, metrics), { 'people.csv': data }, ({ record }) =>
        Object.fromEntries(record.metrics.map(m => [m.metric, m.value])),
      );
    const one = await figures(' @weight', weighted);
    const two = await figures('', repeated);
    expect(Object.keys(one).length).toBeGreaterThan(0);
    for (const [metric, value] of Object.entries(two)) expect(one[metric], metric).toBeCloseTo(value ?? Number.NaN, 8);
    const unweighted = await figures('', weighted);
    expect(one).not.toEqual(unweighted);
  });

  it('goes along through tables', async () => {
    const text = `${program('won', ' @weight', '', '')
      .replace(/each p in people/, 'each p in grown')
      .replace(/evaluate.*\n/, '')}
table grown = people | where x > 0.2 | derive y = 2 * x | rename w as weight | select id, who, x, c, size, won, weight`;
    const { plan } = await expectTables(text, { 'people.csv': weighted }, {});
    expect(plan.nodes.find(node => node.kind === 'frame')).toMatchObject({ weight: 'weight' });
  });

  const two = `source a = csv("a.csv") { k : key, y : bool, v : float in 0.. @weight, b : ref b }
source b = csv("b.csv") { k : key, u : float in 0.. @weight }
`;
  it.each([
    ['a | join b on b == k', ['error role-does-not-fit «t»']],
    ['a | drop v | join b on b == k', ['error role-does-not-fit «t»']],
    ['a | drop v | inner join b on b == k', []],
  ])('of %s', (table, said) => expect(told(`${two}table t = ${table}\ntask p { each r in t, label y }`)).toEqual(said));
});
