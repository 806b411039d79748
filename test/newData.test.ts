/** New data by the definitions of a run: the scores of rows that the run has judged are those that it wrote. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../runner/engine/duckdb.ts';
import { type RunOptions, run, type Scored, type ScoreWanted, score } from '../runner/index.ts';
import { random } from '../runner/learn/random.ts';
import { runOptions } from './runOptions.ts';
import { file, planOf } from './semantics/program.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cupel-new-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const optionsIn = (folder: string): RunOptions => runOptions(folder, { program: [{ path: file, sha256: '0'.repeat(64) }] });

type Cell = string | number | boolean | null;
type Rows = readonly Readonly<Record<string, Cell>>[];

const csv = (rows: Rows): string => {
  const names = Object.keys(rows[0] ?? {});
  return `${[names.join(','), ...rows.map(row => names.map(name => row[name] ?? '').join(','))].join('\n')}\n`;
};

async function table(path: string): Promise<Readonly<Record<string, unknown>>[]> {
  const db = await openDatabase({ root, scratch: join(root, 'scratch'), threads: 1, memory: null });
  try {
    const names = (await db.rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM '${path}')`)).map(([name]) => String(name));
    return (await db.rows(`SELECT * FROM '${path}'`)).map(row => Object.fromEntries(names.map((name, i) => [name, row[i]])));
  } finally {
    db.close();
  }
}

interface Trained {
  readonly folder: string;
  readonly predictions: (evaluation: string) => Promise<Readonly<Record<string, unknown>>[]>;
  readonly scored: (
    wanted: Partial<Omit<ScoreWanted, 'paths'>> & { model: string; paths: Record<string, string> | string },
  ) => Promise<{ said: Scored; rows: Readonly<Record<string, unknown>>[] }>;
}

async function trained(name: string, text: string, files: Readonly<Record<string, string>>): Promise<Trained> {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  const options = optionsIn(folder);
  const { id } = await run(planOf(text), options, () => undefined);
  return {
    folder,
    predictions: evaluation => table(join(folder, '.cupel', 'runs', id, 'predictions', `${evaluation}.parquet`)),
    async scored({ model, paths, at = null, out = join(folder, 'scores.parquet') }) {
      const given = new Map<string | null, string>(
        typeof paths === 'string' ? [[null, join(folder, paths)]] : Object.entries(paths).map(([source, path]) => [source, join(folder, path)]),
      );
      const said = await score({ program: file, model, paths: given, at, out }, options);
      return { said, rows: await table(out) };
    },
  };
}

// ---------------------------------------------------------------- rows of one table

const one = `source people = csv("people.csv") {
  person : key
  age    : int? in 0..120
  town   : category { "Ulm", "Bern", "Graz" }
  note   : text?
  pay    : decimal(8,2)
  bought : bool
  spent  : float
  kind   : category { "a", "b", "c" }
}
task buys { each p in people, label bought }
task spends { each p in people, label spent }
task sort { each p in people, label kind }
split buys at random { test: 30%, validate: 20%, seed: 2, folds: 3 }
split spends at random { test: 30%, seed: 2 }
split sort at random { test: 30%, seed: 2 }
features f for buys {
  age |> impute(median) |> standardize
  odds = town |> target_encode(folds: 3)
  town |> one_hot
  words = note |> tfidf(max_terms: 4)
  both = [float(pay), age |> impute(mean)] |> standardize |> pca(1)
}
features raw for buys { age, town, pay }
features n for spends { age |> impute(mean), town, pay |> min_max }
features k for sort { age, town, pay }
model linear = logistic_regression(f) { calibrate: isotonic, threshold: max f1 on validate }
model trees = gradient_boosting(raw) { trees: 15, leaves: 5, min_leaf: 5, refit: train_and_validate }
model both = blend(linear, trees)
model stack = stacking(linear, trees) { final: logistic_regression, folds: 3 }
model young = gradient_boosting(raw) { trees: 15, leaves: 5, min_leaf: 5 }
model champion = best of linear, young by auc { refit: train_and_validate }
model line = ridge(n)
model bayes = naive_bayes(k)
evaluate linear on test { auc }
evaluate trees on test { auc }
evaluate both on test { auc }
evaluate stack on test { auc }
evaluate champion on test { auc }
evaluate line on test { rmse }
evaluate bayes on test { accuracy }
`;

function people(count: number): Rows {
  const { uniform, below } = random(5);
  return Array.from({ length: count }, (_, i) => {
    const age = uniform() < 0.1 ? null : below(90);
    const town = ['Ulm', 'Bern', 'Graz'][below(3)] ?? '';
    const risk = (age ?? 40) / 90 + (town === 'Ulm' ? 0.5 : 0) + uniform();
    return {
      person: `p${i}`,
      age,
      town,
      note: uniform() < 0.3 ? null : (['red car', 'blue car', 'red house', 'Été'][below(4)] ?? ''),
      pay: Math.round(100_000 * uniform()) / 100,
      bought: risk > 1.2,
      spent: Math.round(1000 * risk) / 10,
      kind: ['a', 'b', risk > 1 ? 'c' : 'a'][below(3)] ?? '',
    };
  });
}

const close = (found: unknown, wanted: unknown): void => {
  if (typeof wanted !== 'number') expect(String(found)).toBe(String(wanted));
  else expect(Math.abs(Number(found) - wanted)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(wanted)));
};

describe('rows of one table', () => {
  const rows = people(400);
  let ran: Trained;
  beforeAll(async () => {
    ran = await trained('one', one, { 'people.csv': csv(rows), 'new.csv': csv(rows.map(({ bought, spent, kind, ...known }) => known)) });
  }, 120_000);

  it.each(['linear', 'trees', 'both', 'stack', 'champion', 'line', 'bayes'])('%s scores what the run has judged as the run did', async model => {
    const judged = await ran.predictions(`${model} on test`);
    const { said, rows: scored } = await ran.scored({ model, paths: 'new.csv' });
    expect(scored).toHaveLength(400);
    expect(said).toMatchObject({ rows: 400, read: 400, unscored: 0, cutoff: null });
    expect(Object.keys(scored[0] ?? {})).toEqual(said.columns);
    expect(Object.keys(judged[0] ?? {}).filter(name => name !== 'label')).toEqual(said.columns);
    const byPerson = new Map(scored.map(row => [row['person'], row]));
    expect(judged.length).toBeGreaterThan(90);
    for (const { label, ...wanted } of judged)
      for (const [name, value] of Object.entries(wanted)) close(byPerson.get(wanted['person'])?.[name], value);
  });

  it('keeps every row: new levels, nulls and cells that do not fit', async () => {
    writeFileSync(join(ran.folder, 'odd.csv'), 'person,age,town,note,pay,extra\nx,300,Linz,,1.5,1\ny,,,red,,2\nz,40,Ulm,red car,20,3\n');
    const { said, rows: scored } = await ran.scored({ model: 'trees', paths: 'odd.csv' });
    expect(scored.map(row => row['person'])).toEqual(['x', 'y', 'z']);
    expect(said.unscored).toBe(0);
    expect(said.findings.map(f => f.rule)).toContain('out-of-range');
  });

  it('says which rows have no score', async () => {
    writeFileSync(join(ran.folder, 'holes.csv'), 'person,age,town,note,pay\nx,30,Ulm,,\ny,30,Ulm,red,10\n');
    const { said, rows: scored } = await ran.scored({ model: 'linear', paths: { people: 'holes.csv' } });
    expect(scored.map(row => [row['person'], row['score'] === null, row['predicted'] === null])).toEqual([
      ['x', true, true],
      ['y', false, false],
    ]);
    expect(said.unscored).toBe(1);
  });

  it.each(['csv', 'jsonl'])('writes %s', async ending => {
    const out = join(ran.folder, `scores.${ending}`);
    await ran.scored({ model: 'trees', paths: 'new.csv', out });
    expect(readFileSync(out, 'utf8').split('\n').length).toBeGreaterThanOrEqual(401);
  });

  it.each([
    [{ model: 'nothing', paths: 'new.csv' }, /No run of .* has left a model `nothing`/],
    [{ model: 'trees', paths: { towns: 'new.csv' } }, /The features read no source `towns`/],
    [{ model: 'trees', paths: 'gone.csv' }, /There is no file/],
    [{ model: 'trees', paths: 'new.csv', at: 0 }, /has no cutoffs/],
    [{ model: 'trees', paths: 'short.csv' }, /has no column `pay`/],
    [{ model: 'trees', paths: 'broken.csv' }, /1 row of `people` cannot be read/],
  ] as const)('%j is refused, and nothing is written', async (wanted, message) => {
    writeFileSync(join(ran.folder, 'short.csv'), 'person,age,town,note\nx,30,Ulm,red\n');
    writeFileSync(join(ran.folder, 'broken.csv'), 'person,age,town,note,pay\nx,30,Ulm,red,1\ny,30,Ulm\n');
    const out = join(ran.folder, 'never.parquet');
    await expect(ran.scored({ ...wanted, out })).rejects.toThrow(message);
  });
});

describe('entities that tables make of the rows of a file', () => {
  const text = `source people = csv("people.csv") { person : text immutable, age : int? in 0..120 immutable, bought : bool immutable }
source others = csv("others.csv") { person : text immutable, age : int? in 0..120 immutable, bought : bool immutable }
table all = people | union others | where age > 20
task buys { each p in all, label bought }
split buys at random { test: 30%, seed: 2 }
features f for buys { age |> impute(median) }
model linear = logistic_regression(f)
evaluate linear on test { auc }
`;
  const rows = (from: number): Rows =>
    Array.from({ length: 60 }, (_, i) => ({ person: `p${from + i}`, age: 15 + ((i * 7) % 60), bought: (i * 7) % 60 > 25 + (i % 9) }));
  let ran: Trained;
  beforeAll(async () => {
    ran = await trained('made', text, { 'people.csv': csv(rows(0)), 'others.csv': csv(rows(60)) });
  });

  it('are as many as the tables leave', async () => {
    writeFileSync(join(ran.folder, 'new.csv'), 'person,age\nx,30\nx,20\ny,19\n');
    writeFileSync(join(ran.folder, 'none.csv'), 'person,age\nz,40\n');
    const { said, rows: scored } = await ran.scored({ model: 'linear', paths: { people: 'new.csv', others: 'none.csv' } });
    expect(scored).toHaveLength(2);
    expect(said).toMatchObject({ rows: 2, read: 2 });
  });

  it.each(['people', 'others'])('are none without a row of `%s` that cannot be read', async source => {
    writeFileSync(join(ran.folder, 'broken.csv'), 'person,age\nx,30\ny\n');
    await expect(ran.scored({ model: 'linear', paths: { [source]: 'broken.csv' } })).rejects.toThrow(`1 row of \`${source}\` cannot be read`);
  });
});

// ---------------------------------------------------------------- entities at cutoffs

const inTime = `source cities = csv("cities.csv") { city : key, size : float immutable }
source customers = csv("customers.csv") {
  customer : key
  joined   : timestamp @time @known(+0d)
  city     : ref cities immutable
}
source orders = csv("orders.csv") until 2024-12-31 {
  order    : key
  customer : ref customers
  placed   : timestamp @time @known(+0d)
  amount   : decimal(8,2) immutable
  returned : bool @known(+14d)
}
source tickets = csv("tickets.csv") until 2024-12-31 {
  ticket   : key
  customer : ref customers
  opened   : timestamp @time @known(+0d)
}
table large = orders | where amount >= 10 | derive half = float(amount) / 2
check orders { amount <= 900 quarantine }
task leaves {
  each  c in customers where joined < cutoff
  at    every month from 2024-02-01 to 2024-10-01
  label gone = count(orders next 30d) == 0 and count(tickets next 30d) == 0
}
split leaves by time { train: ..2024-05-31, validate: 2024-07-01..2024-07-31, test: 2024-09-01.., gap: 30d }
features f for leaves {
  tenure = days(joined, cutoff)
  often  = count(orders last 60d)
  spent  = sum(half of large last 90d) ?? 0
  worst  = max(amount of orders last 90d) ?? 0
  back   = rate(returned of orders last 90d) ?? 0
  size   = city.size ?? 0
  usual  = often |> standardize
}
model trees = gradient_boosting(f) { trees: 20, leaves: 5, min_leaf: 5 }
evaluate trees on test { auc }
`;

describe('entities at cutoffs', () => {
  const { uniform, below } = random(8);
  const day = (n: number) => new Date(Date.UTC(2024, 0, 1) + n * 86_400_000).toISOString();
  const customers = Array.from({ length: 80 }, (_, i) => ({
    customer: `c${i}`,
    joined: day(200 * uniform() - 100),
    city: ['u', 'b'][below(2)] ?? '',
  }));
  const orders = Array.from({ length: 1500 }, (_, i) => ({
    order: `o${i}`,
    customer: `c${Math.floor(80 * uniform() ** 2)}`,
    placed: day(364 * uniform()),
    amount: (below(100_000) / 100).toFixed(2),
    returned: uniform() < 0.2,
  }));
  const tickets = Array.from({ length: 300 }, (_, i) => ({ ticket: `t${i}`, customer: `c${below(80)}`, opened: day(364 * uniform()) }));
  const cities = 'city,size\nu,10\nb,22.5\n';
  const micros = (text: string) => Date.parse(text) * 1000;
  let ran: Trained;
  beforeAll(async () => {
    const files = { 'cities.csv': cities, 'customers.csv': csv(customers), 'orders.csv': csv(orders), 'tickets.csv': csv(tickets) };
    ran = await trained('in time', inTime, files);
    rmSync(join(ran.folder, 'tickets.csv'));
  }, 120_000);

  it.each(['2024-09-01', '2024-10-01'])('score at %s as the run did, without the table of the label alone', async at => {
    const judged = (await ran.predictions('trees on test')).filter(row => String(row['cutoff']).startsWith(at));
    const { said, rows } = await ran.scored({ model: 'trees', paths: 'customers.csv', at: micros(`${at}T00:00:00Z`) });
    expect(judged.length).toBeGreaterThan(40);
    expect(said).toMatchObject({ read: 80, cutoff: micros(`${at}T00:00:00Z`), columns: ['customer', 'cutoff', 'score', 'predicted'] });
    const found = new Map(rows.map(row => [row['customer'], row]));
    expect(found.size).toBe(said.rows);
    for (const { label, ...wanted } of judged)
      for (const [name, value] of Object.entries(wanted)) close(found.get(wanted['customer'])?.[name], value);
  });

  it('ends with the data, and a change of one order changes one score', async () => {
    const later = orders.map(order => ({ ...order, placed: new Date(Date.parse(order.placed) + 400 * 86_400_000).toISOString() }));
    writeFileSync(join(ran.folder, 'later.csv'), csv(later));
    const last = Math.max(...later.map(order => micros(order.placed)));
    const first = await ran.scored({ model: 'trees', paths: { orders: 'later.csv' } });
    expect(first.said.cutoff).toBe(last + 1);
    expect((await ran.scored({ model: 'trees', paths: 'customers.csv', at: null })).said.rows).toBe(80);
    expect((await ran.scored({ model: 'trees', paths: {} })).said.cutoff).toBe(micros('2025-01-01T00:00:00Z'));
    const [one] = later.filter(order => micros(order.placed) > last - 30 * 86_400_000_000);
    writeFileSync(join(ran.folder, 'later.csv'), csv(later.filter(order => order !== one)));
    const second = await ran.scored({ model: 'trees', paths: { orders: 'later.csv' }, at: last + 1 });
    const changed = second.rows.filter((row, i) => row['score'] !== first.rows[i]?.['score']).map(row => row['customer']);
    expect(changed.every(customer => customer === one?.customer)).toBe(true);
  });
});

describe('a file that begins later than windows reach back', () => {
  const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
  const visits = (from: number, to: number): string =>
    csv(Array.from({ length: to - from }, (_, i) => ({ visit: `v${from + i}`, who: `w${i % 5}`, at: day(from + i), late: (from + i) % 3 === 0 })));
  const text = `source visits = csv("visits.csv") {
  visit : key
  who   : text immutable
  at    : date @time @known(+0d)
  late  : bool @known(+1d)
}
task late { each v in visits, at at, label late, delay: 2d }
split late by time { train: ..2024-08-31, test: 2024-10-01.., gap: 2d }
features f for late { n = count(visits via who last 30d), ever = count(visits via who) }
features bare for late { day = weekday(at) }
features far for late { long = count(visits via who last 180d) }
model m = decision_tree(f)
model plain = decision_tree(bare)
model long = decision_tree(far)
model both = blend(plain, m)
evaluate m on test { auc }
evaluate long on test { auc }
evaluate both on test { auc }
`;
  let ran: Trained;
  beforeAll(async () => {
    ran = await trained('late', text, { 'visits.csv': visits(0, 365) });
    writeFileSync(join(ran.folder, 'short.csv'), visits(340, 365));
    writeFileSync(join(ran.folder, 'whole.csv'), visits(0, 365));
  });
  const told = async (paths: Record<string, string>, model = 'm'): Promise<readonly string[]> =>
    (await ran.scored({ model, paths })).said.findings.filter(({ rule }) => rule === 'warm-up-uncovered').map(({ message }) => message);

  it('is told, with how much is not counted', async () =>
    expect(await told({ visits: 'short.csv' })).toEqual([
      'The window of `n` reaches back behind the first of the new rows of `visits`, by 57% of its length on average: what came before is not counted.',
    ]));

  it('is told where another set without windows is read first', async () => expect(await told({ visits: 'short.csv' }, 'both')).toHaveLength(1));

  it('is not told of one that holds the rows of before, nor of the data of the program', async () => {
    expect(await told({})).toEqual([]);
    expect(await told({ visits: 'whole.csv' })).toEqual([]);
    expect(await told({ visits: 'whole.csv' }, 'long')).toEqual([]);
    expect(await told({ visits: 'short.csv' }, 'long')).toHaveLength(1);
  });
});

describe('what new data need not have', () => {
  const measured = Array.from({ length: 120 }, (_, i) => ({ size: (i * 37) % 101, tall: (i * 53) % 97, price: ((i * 37) % 101) * 3, note: `n${i}` }));
  const withoutKey = `
source homes = csv("homes.csv"OPTIONS) {
  price : float
  size  : float
  tall  : float
  note  : text
}
STEPS
task worth {
  each  home in TABLE
  label worth = price
}
split worth at random { test: 30% }
features known for worth { size, tall }
model trees = decision_tree(known) { min_leaf: 5 }
evaluate trees on test { rmse }
`;
  const program = (options: string, steps: string, of: string): string =>
    withoutKey.replace('OPTIONS', options).replace('STEPS', steps).replace('TABLE', of);
  const inOrder = measured.map(({ price, size, tall, note }) => ({ price, size, tall, note }));
  const asked = measured.map(({ size, tall }) => ({ size, tall }));
  const scores = (rows: readonly Readonly<Record<string, unknown>>[]): number[] => rows.map(row => Number(row['score'])).sort((a, b) => a - b);

  it.each([
    ['no key', 'homes', ''],
    ['a sample', 'some', 'table some = homes | sample 100%'],
  ])('label and other columns of rows with %s', { timeout: 60_000 }, async (name, of, steps) => {
    const ran = await trained(`told ${name}`, program('', steps, of), { 'homes.csv': csv(inOrder), 'new.csv': csv(asked) });
    const whole = await ran.scored({ model: 'trees', paths: 'homes.csv' });
    const { said, rows } = await ran.scored({ model: 'trees', paths: 'new.csv' });
    expect(said.rows).toBe(120);
    expect(scores(rows)).toEqual(scores(whole.rows));
    expect(new Set(scores(rows)).size).toBeGreaterThan(3);
  });

  it('but the places of columns in a file without a header', { timeout: 60_000 }, async () => {
    const named = await trained('with a header', program('', '', 'homes'), { 'homes.csv': csv(inOrder) });
    const bare = csv(inOrder).slice(csv(inOrder).indexOf('\n') + 1);
    const placed = await trained('without a header', program(', header: false', '', 'homes'), { 'homes.csv': bare });
    const wanted = await named.scored({ model: 'trees', paths: 'homes.csv' });
    const found = await placed.scored({ model: 'trees', paths: 'homes.csv' });
    expect(scores(found.rows)).toEqual(scores(wanted.rows));
  });
});
