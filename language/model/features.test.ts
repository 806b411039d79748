import { describe, expect, it } from 'vitest';
import { durationText } from '../text/duration.ts';
import { factsText, lineageText, typedProgram } from './testProgram.ts';
import type { TypedExpr } from './typed.ts';
import { windows } from './walk.ts';

const base = `
source regions = csv("r.csv") {
  region : key
  rent   : float immutable
}
source customers = csv("c.csv") {
  customer  : key
  signed_up : timestamp @time @known(+0d)
  region    : ref regions
  age       : int immutable
  score     : int @after(outcome)
  won       : bool @known(+10d)
}
source orders = csv("o.csv") until 2024-12-31 {
  order     : key
  customer  : ref customers
  payer     : ref customers
  region    : ref regions
  placed_at : timestamp @time @known(+0d)
  amount    : float immutable
}
source visits = csv("v.csv") {
  visit    : key
  customer : ref customers
  seen_at  : timestamp @time @known(+0d)
  age      : int immutable
  weather  : text immutable
}
param span: duration = 30d
def spend(d) = sum(amount of orders via customer last d)
def twice(x) = x * 2
def total(x, d) = sum(x of orders via customer last d)
task churn {
  each c in customers
  at every month from 2023-01-01 to 2024-10-01
  label gone = count(orders via customer next 30d) == 0
}
task winning {
  each c in customers
  at signed_up
  label won
}
`;

const typed = (items: string, task = 'churn') => {
  const { program, problems } = typedProgram(`${base}features f for ${task} {\n${items}\n}`);
  const features = program.features('main.cupel', 'f')?.features ?? [];
  return { features, problems, first: features[0]?.value };
};

const linkText = (value: TypedExpr | undefined): string =>
  (value ? windows(value) : [])
    .map(
      ({ window }) =>
        `${window.table}.${window.link.row} = ${window.link.entity.kind === 'path' ? window.link.entity.refs.map(r => `${r.ref}.`).join('') : ''}${'name' in window.link.entity ? window.link.entity.name : ''}`,
    )
    .join('; ');

describe('features', () => {
  it('are named by what they define, or by what stands leftmost', () =>
    expect(
      typed('age\nold = age > 60\nage + 1 |> log1p\nregion.rent |> standardize\ncount(visits last 5d)\ntwice(age)').features.map(({ name }) => name),
    ).toEqual(['age', 'old', 'region.rent', 'visits']));

  it.each([
    ['"Mean Age"', 'The column is written between backticks: `Mean Age`.'],
    ['"age"', 'The column is written without quotes: `age`.'],
    ['1 + age', 'Put one in front: `name = …`.'],
  ])('%s: says how it is written', (item, help) => expect(typedProgram(`${base}features f for churn {\n${item}\n}`).messages.join()).toContain(help));

  it.each([
    ['x = 1\nx = 2', ['duplicate-name «x»']],
    ['age\nage |> standardize', ['duplicate-name «age |> standardize»']],
    ['1 + age', ['missing-item «1 + age»']],
    ['"Mean Age"', ['missing-item «"Mean Age"»']],
    ['"age" |> impute(median) |> standardize', ['missing-item «"age"»']],
    ['agee', ['unknown-name «agee»']],
    ['x = c.age', []],
    ['x = c.agee', ['unknown-column «agee»']],
    ['x = region.rnt', ['unknown-column «rnt»']],
    ['x = age.rent', ['type-mismatch «age»']],
    ['x = spend(90d)\ny = spend(span)', []],
    ['x = twice(age)\ny = twice(sum(amount of orders via customer))', []],
    ['x = total(amount * 2, 30d)', []],
    ['x = y + 1\ny = age', ['unknown-name «y»']],
    ['x = gone', ['label-as-feature «gone»']],
  ])('%j: %j', (items, expected) => expect(typed(items).problems).toEqual(expected));

  it('know their label when the task has its name', () => {
    const named = base.replaceAll('churn', 'gone');
    expect(named).toContain('label gone');
    expect(typedProgram(`${named}features f for gone {\nx = gone\n}`).problems).toEqual(['label-as-feature «gone»']);
  });

  it('read the features before them', () => {
    const { features } = typed('old = age > 60\nx = if old then 1 else 0');
    expect(features[1]?.value).toMatchObject({ kind: 'call', args: [{ kind: 'feature', name: 'old' }, {}, {}] });
  });

  it('leave a column what it is when they only transform it', () => {
    const { features } = typed('age |> standardize\nold = age > 60');
    expect(features[1]?.value).toMatchObject({ kind: 'call', args: [{ kind: 'column', name: 'age' }, {}] });
  });

  it('that hide a column say so where it is read afterwards', () => {
    expect(typed('age = sum(amount of orders via customer)\nold = age > 60').problems).toEqual(['shadowed-name «age»']);
    expect(typed('age = age * 2\nold = age > 60').problems).toEqual([]);
    expect(typed('age = sum(amount of orders via customer)').problems).toEqual([]);
    expect(typed('age = sum(amount of orders via customer)\nseen = avg(age of visits last 30d)').problems).toEqual([]);
  });
});

describe('columns', () => {
  it('that hide a parameter or a definition say so once, but not through `of`', () => {
    const extra = 'param weather = 3\ndef region = 5\nparam visit = 1\n';
    const problems = (items: string): readonly string[] => typedProgram(`${base}${extra}features f for churn {\n${items}\n}`).problems;
    expect(problems('region |> target_encode\nagain = region == "r1"')).toEqual(['shadowed-name «region»']);
    expect(problems('x = count(visits last 30d where weather == "rain")')).toEqual([]);
    expect(problems('x = weather * visit')).toEqual([]);
  });
});

describe('links of windows', () => {
  it.each([
    ['count(visits last 30d)', 'visits.customer = customer'],
    ['count(orders via payer last 30d)', 'orders.payer = customer'],
    ['count(orders via region last 30d)', 'orders.region = region'],
    ['count(customers via region last 30d)', 'customers.region = region'],
    ['count(visits via customer last 30d)', 'visits.customer = customer'],
  ])('%s: %s', (feature, expected) => expect([linkText(typed(`x = ${feature}`).first), typed(`x = ${feature}`).problems]).toEqual([expected, []]));

  it.each([
    ['count(orders last 30d)', ['ambiguous-link «orders»']],
    ['count(regions)', ['no-link «regions»']],
    ['count(customers last 30d)', ['no-link «customers»']],
    ['count(visits via weather last 30d)', ['no-link «weather»']],
    ['count(visits via wether last 30d)', ['unknown-column «wether»']],
    ['count(orders via amount last 30d)', ['no-link «amount»']],
    ['avg(region.rent of orders via customer last 30d)', []],
  ])('%s: %j', (feature, expected) => expect(typed(`x = ${feature}`).problems).toEqual(expected));

  it('are not asked for where a ref is there and the key is missing: the ref says so', () => {
    const { problems } = typedProgram(`source people = csv("p.csv") { name : text immutable, since : timestamp @time @known(+0d) }
source visits = csv("v.csv") until 2024-12-31 { who : ref people, at : timestamp @time @known(+0d) }
task gone { each p in people, at every month from 2023-01-01 to 2024-10-01, label gone = count(visits next 30d) == 0 }`);
    expect(problems).toEqual(['ref-without-key «people»']);
  });

  it('follow a table to the source of its key', () => {
    const { program, problems } = typedProgram(`${base}
table adults = customers | where age >= 18
task grown { each a in adults, at every month from 2023-01-01 to 2024-10-01, label gone = count(visits next 30d) == 0 }`);
    expect(problems).toEqual([]);
    expect(linkText(program.task('main.cupel', 'grown')?.label?.value)).toBe('visits.customer = customer');
  });
});

describe('flow of the label', () => {
  const flow = (feature: string, task?: string): string => typed(`x = ${feature}`, task).first?.facts.label ?? 'none';

  it.each([
    ['count(orders via customer last 90d)', 'churn', 'none'],
    ['count(orders via customer)', 'churn', 'none'],
    ['count(orders via customer next 30d)', 'churn', 'derived'],
    ['count(orders via customer next 5d)', 'churn', 'derived'],
    ['age', 'churn', 'none'],
    ['score', 'churn', 'proxy'],
    ['won', 'churn', 'none'],
    ['won', 'winning', 'none'],
    ['if won then age else 0', 'winning', 'none'],
    ['rate(won of customers via region last 90d)', 'winning', 'none'],
    ['age', 'winning', 'none'],
  ])('%s of %s: %s', (feature, task, expected) => expect(flow(feature, task)).toBe(expected));

  it('goes by where a window lies', () => {
    const [window] = windows(typed('x = sum(amount of orders via customer last 30d lag 7d)').first ?? ({} as TypedExpr));
    expect(window && [window.window.from && durationText(window.window.from), durationText(window.window.to)]).toEqual(['-37d', '-7d']);
    const { first } = typed('x = sum(amount of orders via customer last 30d lag 7d)');
    expect(first && lineageText(first.facts)).toContain('orders.amount');
  });
});

describe('the facts of a value', () => {
  const reached = (path: string): readonly [facts: string, lineage: string] => {
    const text = `
source sites = csv("s.csv") {
  site   : key
  opened : timestamp @time
  rent   : float immutable
  rank   : int @current
}
source towns = csv("n.csv") {
  town : key
  rent : float immutable
}
source halts = csv("h.csv") until 2024-12-31 {
  halt : key
  now  : ref towns
  came : timestamp @time @known(+0d)
}
source people = csv("p.csv") {
  person : key
  seen   : timestamp @time @known(+0d)
  home   : ref sites
  now    : ref towns @current
  ill    : bool @known(+9d)
}
source bills = csv("b.csv") until 2024-12-31 {
  bill   : key
  person : ref people
  sent   : timestamp @time @known(+1d)
  rate   : int @known(+5d)
  paid   : bool @group immutable
}
task t { each p in people, at seen, label ill }
features f for t { x = ${path} }`;
    const facts = typedProgram(text).program.features('main.cupel', 'f')?.features[0]?.value.facts;
    return facts ? [factsText(facts), lineageText(facts)] : ['nothing', ''];
  };
  const assumed = 'assumed unknown-availability(sites)';
  it.each([
    ['home.rent', assumed, 'sites.rent'],
    ['home.rank', `leaks current-state(sites.rank), ${assumed}`, 'sites.rank'],
    ['now.rent', 'leaks current-state(people.now)', 'towns.rent'],
    ['seen', '-', 'people.seen'],
    ['sum(rate of bills via person last 30d)', 'bills.sent + 1d, history', 'bills.person 0/-2592000000000..0/0, bills.rate 0/-2592000000000..0/0'],
    [
      'sum(rate of bills via person last 30d where sent > seen - 9d)',
      'bills.sent + 1d, history',
      'bills.person 0/-2592000000000..0/0, bills.rate 0/-2592000000000..0/0, bills.sent 0/-2592000000000..0/0, people.seen',
    ],
    [
      'max(person.home.rent of bills via person last 30d)',
      'bills.sent + 1d, assumed unknown-availability(sites), history',
      'bills.person 0/-2592000000000..0/0, sites.rent 0/-2592000000000..0/0',
    ],
    ['day_of_week(cutoff)', '-', ''],
    [
      'count(bills via person last 30d where paid)',
      'bills.sent + 1d, history',
      'bills.person 0/-2592000000000..0/0, bills.paid 0/-2592000000000..0/0',
    ],
    ['count(halts via now last 30d)', 'halts.came, leaks current-state(people.now), history', 'halts.now 0/-2592000000000..0/0, people.now'],
  ])('%s takes over what masking cannot repair, and tells no rows apart', (path, facts, lineage) => expect(reached(path)).toEqual([facts, lineage]));
});
