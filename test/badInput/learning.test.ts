/** Data that fit their declaration and still give a learner too little: said where it is, counted, and in no figure. Figures are by hand. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { FindingRecord, MetricRecord, RunRecord } from '../../runner/index.ts';
import { buildsTheCommand, type Files, type Ran, ran } from './calls.ts';

buildsTheCommand();

interface Person {
  readonly age: number | string;
  readonly town: string;
  readonly joined: string;
  readonly survived: number | string;
}

/** 120 people, 20 a month from January to June 2024: train has 60, validate 20, test 40. Every second one survives. */
function people(change: (i: number, person: Person) => Partial<Person> | null = () => ({})): string {
  const lines = Array.from({ length: 120 }, (_, i) => {
    const person = { age: 20 + (i % 7), town: 'abc'[i % 3] ?? '', joined: `2024-0${1 + Math.floor(i / 20)}-${10 + (i % 20)}`, survived: i % 2 };
    const changed = change(i, person);
    return changed === null ? null : [`p${i}`, ...Object.values({ ...person, ...changed })].join(',');
  });
  return `person,age,town,joined,survived\n${lines.filter(line => line !== null).join('\n')}\n`;
}

const firstOfTest = 80;
const isTest = (i: number): boolean => i >= firstOfTest;

const features = 'age |> impute(mean) |> standardize, town |> one_hot';

const declarations = (name: string): string => `source ${name} = csv("${name}.csv") {
  person   : key
  age      : float? in 0..120 immutable
  town     : category? immutable
  joined   : date @time @known(+0d)
  survived : bool? @after(outcome)
}
task t_${name} { each person in ${name}, at joined, label survived, delay: 0d }
split t_${name} by time { train: ..2024-03-31, validate: 2024-04-01..2024-04-30, test: 2024-05-01.., gap: 1d }
features f_${name} for t_${name} { ${features} }
model rate_${name} = baseline(f_${name})
`;
const linesOfDeclarations = declarations('x').split('\n').length - 1;

/** Two models, of which one is the baseline: what it says is known beforehand. */
const judged = (name: string): string => `model gbt_${name} = gradient_boosting(f_${name}) { trees: 5 }
evaluate gbt_${name} on test { auc, accuracy, brier, drift(features) < 100 psi  warn }
evaluate rate_${name} on test { auc, accuracy, brier, log_loss }
`;

const half = Math.log(2);

interface Scenario {
  readonly data: string;
  readonly partitions: readonly (readonly [rows: number, positives: number])[];
  /** Of the baseline on test: auc, accuracy, brier, log_loss. */
  readonly figures: readonly (number | null)[];
  readonly undefined?: string;
  readonly auc?: number | null;
  /** Of `age` on train. */
  readonly nulls?: number;
  readonly mean?: number | null;
  /** Findings: rule, line within the declarations, count, and words of the message. */
  readonly said?: readonly (readonly [rule: string, line: number, count: number, words: string])[];
}

const ages = (from: number, to: number): number => {
  const all = Array.from({ length: to - from }, (_, i) => 20 + ((from + i) % 7));
  return all.reduce((sum, age) => sum + age, 0) / all.length;
};

const scenarios: Readonly<Record<string, Scenario>> = {
  one_class: {
    data: people(i => (isTest(i) ? { survived: 1 } : {})),
    partitions: [
      [60, 30],
      [20, 10],
      [40, 40],
    ],
    figures: [null, 1, 0.25, half],
    undefined: 'one class only',
    auc: null,
    said: [['one-class', 9, 1, 'The partition `test` of `t_one_class` has only positive labels']],
  },
  empty: {
    data: people(i => (isTest(i) ? null : {})),
    partitions: [
      [60, 30],
      [20, 10],
      [0, 0],
    ],
    figures: [null, null, null, null],
    undefined: 'no rows',
    auc: null,
    said: [['empty-partition', 9, 1, 'The partition `test` of `t_empty` has no rows.']],
  },
  constant: {
    data: people(() => ({ age: 5, town: 'a' })),
    partitions: [
      [60, 30],
      [20, 10],
      [40, 20],
    ],
    figures: [0.5, 0.5, 0.25, half],
    auc: 0.5,
    mean: 5,
    said: [
      ['constant-feature', 10, 60, '`age` has the same value in all 60 training rows'],
      ['constant-feature', 10, 60, '`town` has the same value in all 60 training rows'],
    ],
  },
  new_levels: {
    data: people(i => (isTest(i) ? { town: i % 4 < 2 ? 'y' : 'z' } : {})),
    partitions: [
      [60, 30],
      [20, 10],
      [40, 20],
    ],
    figures: [0.5, 0.5, 0.25, half],
    said: [['new-levels', 10, 40, '40 of 40 rows of test hold levels of `town` that train does not have']],
  },
  null_labels: {
    data: people(i => (i % 4 === 0 ? { survived: '' } : {})),
    partitions: [
      [45, 30],
      [15, 10],
      [30, 20],
    ],
    // The rate of train is 2/3, and so is that of test.
    figures: [0.5, 2 / 3, 2 / 9, -(2 / 3) * Math.log(2 / 3) - (1 / 3) * Math.log(1 / 3)],
    mean: [...Array(60).keys()].filter(i => i % 4 !== 0).reduce((sum, i) => sum + 20 + (i % 7), 0) / 45,
    said: [['null-label', 8, 30, '30 observations of `t_null_labels` are left out: the label is null.']],
  },
  all_null: {
    data: people(() => ({ age: '', town: '' })),
    partitions: [
      [60, 30],
      [20, 10],
      [40, 20],
    ],
    figures: [0.5, 0.5, 0.25, half],
    auc: 0.5,
    nulls: 60,
    mean: null,
    said: [
      ['all-null', 10, 1, '`age` has no value on the training rows, so nothing can stand in for the missing ones.'],
      ['null-feature', 10, 60, '`age` is null in all 60 training rows'],
      ['null-feature', 10, 60, '`town` is null in all 60 training rows'],
    ],
  },
};

const names = Object.keys(scenarios);

describe('what is too little to learn from or to judge by', () => {
  const program = names.map(declarations).join('') + names.map(judged).join('');
  let outcome: Ran;
  let record: RunRecord;
  beforeAll(async () => {
    const files: Files = Object.fromEntries(Object.entries(scenarios).map(([name, { data }]) => [`${name}.csv`, data]));
    outcome = await ran({ ...files, 'main.cupel': program });
    if (outcome.record === null) throw new Error(outcome.said.join('\n'));
    record = outcome.record;
  });

  it('ends with 0: nothing was claimed', () => {
    expect(outcome.status).toBe(0);
    for (const m of record.metrics) expect(m.value === null || Number.isFinite(m.value), `${m.evaluation} ${m.metric}`).toBe(true);
  });

  it.each(Object.entries(scenarios))('%s', (name, { partitions, figures, undefined: method, auc, nulls = 0, mean, said = [] }) => {
    expect(record.partitions.filter(p => p.task === `t_${name}` && p.name !== 'none').map(p => [p.rows, p.positives])).toEqual(partitions);
    const of = (model: string, metric: string): MetricRecord | undefined =>
      record.metrics.find(m => m.evaluation === `${model}_${name} on test` && m.metric === metric && m.segment === null);
    for (const [i, metric] of ['auc', 'accuracy', 'brier', 'log_loss'].entries()) {
      const found = of('rate', metric);
      const wanted = figures[i] ?? null;
      if (wanted === null) expect(found).toMatchObject({ value: null, low: null, high: null, method });
      else expect(found?.value, metric).toBeCloseTo(wanted, 12);
      expect(found?.n).toBe(partitions[2]?.[0]);
    }
    if (auc !== undefined) expect(of('gbt', 'auc')?.value).toBe(auc);
    const age = record.features.find(f => f.set === `f_${name}` && f.name === 'age');
    expect(age).toMatchObject({ rows: partitions[0]?.[0], nulls });
    if (mean === null) expect(age?.mean).toBeNull();
    else expect(age?.mean).toBeCloseTo(mean ?? ages(0, 60), 12);
    const first = names.indexOf(name) * linesOfDeclarations;
    const mine = (f: FindingRecord): boolean => f.range.start.line >= first && f.range.start.line < first + linesOfDeclarations;
    const found = record.findings.filter(mine).map(f => [f.rule, f.range.start.line + 1 - first, f.count, f.message]);
    expect(found).toEqual(said.map(([rule, line, count, words]) => [rule, line, count, expect.stringContaining(words)]));
  });
});

describe('a run that cannot learn ends with 1 and its reason at', () => {
  const best = 'model gbt = gradient_boosting(f_x)\nmodel best = best of rate_x, gbt by auc\n';
  const gate = 'evaluate rate_x on test { auc >= 0.1 }\n';
  it.concurrent.each([
    [
      'no row of the entity',
      people(() => null),
      '',
      '8:6 `t_x` has no observations: `x` has no rows. | Put rows into `x`, or widen the conditions that leave none.',
    ],
    [
      'no label',
      people(() => ({ survived: '' })),
      '',
      "8:41 No observation of `t_x` has a label. | Look at the label's expression: it is null on every row.",
    ],
    [
      'an empty train partition',
      people(i => (isTest(i) ? {} : null)),
      '',
      '9:7 The partition `train` of `t_x` has no rows. | Move the bounds, or shorten the gap.',
    ],
    [
      'one class on train',
      people(i => (i < 60 ? { survived: 0 } : {})),
      best,
      '12:7 All 60 training rows have the same label, the negative one; a classifier needs both classes to tell them apart. | Widen the train partition, or check the condition of the label.',
    ],
    [
      'a choice on no rows',
      people(i => (i >= 60 && !isTest(i) ? null : {})),
      best,
      '13:7 No candidate of `best` has a figure for auc on validate: it has no rows. | Widen the validate partition, or choose by another metric.',
    ],
    [
      'a choice on one class',
      people(i => (i >= 60 && !isTest(i) ? { survived: 1 } : {})),
      best,
      '13:7 No candidate of `best` has a figure for auc on validate: one class only among its 20 rows. | Widen the validate partition, or choose by another metric.',
    ],
    [
      'nulls where a value is needed',
      people(() => ({ age: '' })),
      'model log = logistic_regression(f_x)\n',
      '12:7 `age` is null in 60 of 60 rows; this algorithm needs a value in each. | Leave `age` out: there is nothing to fill it from.',
    ],
  ])('%s', async (_, data, models, said) => {
    const { status, said: all } = await ran({ 'x.csv': data, 'main.cupel': declarations('x') + models });
    expect(all.at(-1)).toBe(`findings main.cupel:${said}`);
    expect(status).toBe(1);
  });

  it.concurrent.each([
    ['no rows', people(i => (isTest(i) ? null : {}))],
    ['one class', people(i => (isTest(i) ? { survived: 1 } : {}))],
  ])('a gate on %s', async (_, data) => {
    const { status, record } = await ran({ 'x.csv': data, 'main.cupel': declarations('x') + gate });
    expect(record?.claims).toMatchObject([
      { claim: 'auc >= 0.1', value: null, passed: false, severity: 'gate', range: { start: { line: 11, character: 26 } } },
    ]);
    expect(status).toBe(1);
  });
});

describe('tables that are linked', () => {
  const shop = `source shops = csv("shops.csv") {
  shop : key
  town : text immutable
}
source customers = csv("customers.csv") {
  customer  : key
  shop      : ref shops immutable
  signed_up : timestamp @time @known(+0d)
}
source orders = csv("orders.csv") until 2024-12-31 {
  order     : key
  customer  : ref customers immutable
  placed_at : timestamp @time @known(+0d)
  amount    : float immutable
}
task churn {
  each customer in customers
  at every month from 2024-01-01 to 2024-06-01
  label churned = count(orders next 10d) == 0
}
split churn by time { train: ..2024-04-15, test: 2024-05-15.., gap: 10d }
features f for churn {
  n     = count(orders last 10d)
  spend = sum(amount of orders last 10d)
  town  = shop.town
}
model rate = baseline(f)
evaluate rate on test { accuracy }
`;
  // c3 is there from March on, c4 after all cutoffs; s9 and c9 are nowhere.
  const customers = 'customer,shop,signed_up\nc1,s1,2023-06-01\nc2,s9,2023-06-01\nc3,s1,2024-02-20\nc4,s2,2025-01-01\n';
  const orders = [
    'o1,c1,2023-12-28,10',
    'o2,c1,2024-01-05,20',
    'o3,c1,2024-01-25,5',
    'o4,c1,2024-01-30,7',
    'o5,c2,2024-06-02,3',
    'o6,c9,2024-01-30,100',
    'o7,c9,2024-03-30,100',
  ];
  const files = { 'main.cupel': shop, 'shops.csv': 'shop,town\ns1,A\ns2,B\n', 'customers.csv': customers };

  it('count refs without a partner, and leave them out of every window', async () => {
    const { record, status } = await ran({ ...files, 'orders.csv': `order,customer,placed_at,amount\n${orders.join('\n')}\n` });
    expect(status).toBe(0);
    // Train: c1 and c2 on the first of January to April, c3 from March on. Only o1 lies before January, o3 and o4 before February.
    expect(record?.partitions.map(p => [p.name, p.rows, p.positives])).toEqual([
      ['train', 10, 9],
      ['test', 3, 2],
      ['none', 3, 3],
    ]);
    expect(record?.features.map(f => [f.name, f.rows, f.nulls, f.mean])).toEqual([
      ['n', 10, 0, 0.3],
      ['spend', 10, 8, 11],
      ['town', 10, 4, null],
    ]);
    // All are said to churn; of the three in June c2 does not.
    expect(record?.metrics.map(m => [m.metric, m.value, m.n])).toEqual([['accuracy', 2 / 3, 3]]);
    expect(record?.findings.filter(f => f.rule === 'no-partner').map(f => [f.range.start.line + 1, f.count, f.message, f.help])).toEqual([
      [
        12,
        2,
        '`customer` of `orders` names no row of `customers` in 2 rows, such as "c9".',
        'Add the missing rows to `customers`, or set these aside: `check orders { refers(customer, customers) quarantine }`.',
      ],
      [
        7,
        1,
        '`shop` of `customers` names no row of `shops` in 1 row, such as "s9".',
        'Add the missing rows to `shops`, or set these aside: `check customers { refers(shop, shops) quarantine }`.',
      ],
    ]);
  });

  it('set refs without a partner aside when told to', async () => {
    const check = 'check orders { refers(customer, customers) quarantine }\n';
    const { record, aside } = await ran({
      ...files,
      // Whether an order stays depends on when its customer is known.
      'main.cupel': shop.replace('== 0\n', '== 0\n  delay: 0d\n') + check,
      'orders.csv': `order,customer,placed_at,amount\n${orders.join('\n')}\n`,
    });
    expect(record?.checks).toMatchObject([{ claim: 'refers(customer, customers)', passed: false, failing: 2, total: 7, severity: 'quarantine' }]);
    expect(record?.nodes.find(n => n.kind === 'check')?.rows).toBe(5);
    expect(Object.values(aside).flat()).toHaveLength(2);
    expect(record?.findings.filter(f => f.rule === 'no-partner').map(f => f.range.start.line + 1)).toEqual([7]);
  });

  it('end when no cutoff has a row', async () => {
    const late = customers.replaceAll(/202[34]-0/g, '2026-0');
    const { said, status } = await ran({ ...files, 'customers.csv': late, 'orders.csv': `order,customer,placed_at,amount\n${orders[0]}\n` });
    expect(said.at(-1)).toBe(
      "findings main.cupel:16:6 `churn` has no observations. | Look at the cutoffs: an observation exists from its row's known time on.",
    );
    expect(status).toBe(1);
  });
});
