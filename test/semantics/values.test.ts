/** Semantics, values: what expressions, aggregates and cells come to. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Files, onEngine } from '../engine.ts';
import { interpret } from '../reference/interpret.ts';
import { type Executed, expectTables, planOf, told } from './program.ts';

/** Each expression over one row of these cells, with the value it has. */
function expectValues(columns: string, cells: string, expected: Readonly<Record<string, string>>): Promise<Executed> {
  const names = [...columns.matchAll(/(\w+) :/g)].map(([, name]) => name);
  const all = Object.keys(expected).map((expression, i) => `v${i} = ${expression}`);
  return expectTables(
    `source s = csv("s.csv") { ${columns} }\ntable t = s | derive ${all.join(', ')}`,
    { 's.csv': `${names.join(',')}\n${cells}\n` },
    { 'relation t': `${all.map((_, i) => `v${i}`).join(' ')}\n${Object.values(expected).join(' ')}` },
  );
}

const findingsOf = ({ results }: Pick<Executed, 'results'>, node: string): string[] =>
  (results.get(node)?.findings ?? []).map(f => `${f.severity} ${f.rule} ${f.count}`);

describe('three-valued logic', () => {
  it('and, or, not', () =>
    expectValues('y : bool, n : bool, u : bool?', 'true,false,', {
      'y and u': 'null',
      'u and n': 'false',
      'n and u': 'false',
      'u or y': 'true',
      'n or u': 'null',
      'u and u': 'null',
      'not u': 'null',
      'not n': 'true',
    }));

  it('durations are taken a whole number of times', () =>
    expectValues('at : timestamp, n : int, u : int?', '2024-01-31T00:00:00Z,3,', {
      'at + n * 1h': '2024-01-31T03:00Z',
      'at - 90m * n': '2024-01-30T19:30Z',
      'at + u * 1d': 'null',
      'at + (n - 2) * 1mo': '2024-02-29',
    }));

  it('a comparison with null is null, but for == null and != null', () =>
    expectValues('x : int?, y : int, t : text?', ',3,', {
      'x == y': 'null',
      'x != y': 'null',
      'x < y': 'null',
      'x == x': 'null',
      'x == null': 'true',
      'x != null': 'false',
      'y == null': 'false',
      'null != y': 'true',
      't == null': 'true',
      'x in [1, 2]': 'null',
      'x in 1..2': 'null',
      'x ?? 7': '7',
      'if x > 1 then 1 else 2': '2',
    }));

  it('`where` keeps true, and a row claim passes on null', async () => {
    const { outcomes, results } = await expectTables(
      'source s = csv("s.csv") { k : key, x : int? }\ntable big = s | where x > 1\ntable small = s | where not (x > 1)\ncheck s { x > 1 warn, complete(x) >= 100% warn }',
      { 's.csv': 'k,x\na,1\nb,2\nc,\n' },
      { 'relation big': 'k\nb', 'relation small': 'k\na' },
    );
    const detail = results.get('check s')?.detail;
    expect(detail?.kind === 'check' && detail.checks.map(c => c.failing)).toEqual([1, 1]);
    expect(outcomes.get('check s')).toMatchObject({ claims: [{ failing: 1 }, { failing: 1 }] });
  });
});

describe('aggregates', () => {
  const shop = (
    features: string,
  ) => `source people = csv("p.csv") until 2024-12-31 { id : key, since : timestamp @time @known(+0d), won : bool @known(+1d) }
source orders = csv("o.csv") {
  who    : ref people
  at     : timestamp @time @known(+0d)
  x      : float? immutable
  n      : int? immutable
  m      : decimal(6,2)? immutable
  ok     : bool? immutable
  kind   : text? immutable
}
task t { each p in people, at every month from 2024-06-01 to 2024-06-01, label won }
split t by time { train: ..2024-06-30, test: 2024-07-01.. }
features f for t { ${features} }
`;
  const aggregated = (rows: string, expected: Readonly<Record<string, string>>) => {
    const all = Object.keys(expected).map((expression, i) => `v${i} = ${expression}`);
    return expectTables(
      shop(all.join(', ')),
      { 'p.csv': 'id,since,won\na,2024-01-01,true\n', 'o.csv': `who,at,x,n,m,ok,kind\n${rows}` },
      { 'features f': `${all.map((_, i) => `v${i}`).join(' ')}\n${Object.values(expected).join(' ')}` },
    );
  };

  it('skip nulls', () =>
    aggregated('a,2024-05-01,1,2,1.50,true,a\na,2024-05-02,,,,,\na,2024-05-03,4,3,2.25,false,b\na,2024-05-04,4,3,2.25,true,b\n', {
      'count(orders)': '4',
      'count(x of orders)': '3',
      'sum(x of orders)': '9',
      'sum(n of orders)': '8',
      'sum(m of orders)': '6.00',
      'avg(m of orders)': '2',
      'avg(x of orders)': '3',
      'min(x of orders)': '1',
      'max(n of orders)': '3',
      'first(x of orders)': '1',
      'last(x of orders)': '4',
      'any(ok of orders)': 'true',
      'all(ok of orders)': 'false',
      'rate(ok of orders)': '0.6666666667',
      'distinct(kind of orders)': '2',
      'mode(kind of orders)': 'b',
    }));

  it('over an empty window: count and distinct 0, any false, all true, everything else null', () =>
    aggregated('', {
      'count(orders)': '0',
      'count(x of orders)': '0',
      'distinct(kind of orders)': '0',
      'any(ok of orders)': 'false',
      'all(ok of orders)': 'true',
      'sum(x of orders)': 'null',
      'sum(n of orders)': 'null',
      'avg(x of orders)': 'null',
      'min(x of orders)': 'null',
      'days(max(at of orders), cutoff)': 'null',
      'std(x of orders)': 'null',
      'median(x of orders)': 'null',
      'quantile(x of orders, q: 0.9)': 'null',
      'first(kind of orders)': 'null',
      'last(kind of orders)': 'null',
      'mode(kind of orders)': 'null',
      'rate(ok of orders)': 'null',
      'slope(x of orders)': 'null',
      'entropy(kind of orders)': 'null',
    }));

  it('so their types are nullable', () => {
    const linear = (value: string) => `${shop(`x = ${value}`)}model m = logistic_regression(f)`;
    for (const value of ['sum(x of orders)', 'avg(x of orders)', 'rate(ok of orders)']) {
      expect(told(linear(value)).map(line => line.split(' «')[0])).toEqual(['error needs-value']);
    }
    for (const value of ['count(orders)', 'distinct(kind of orders)', 'any(ok of orders)', 'sum(x of orders) ?? 0']) {
      expect(told(linear(value))).toEqual([]);
    }
  });

  it('std divides by n − 1, quantiles interpolate (type 7), mode takes the smallest of equals, entropy is in nats, slope per day', () =>
    aggregated('a,2024-05-01,1,7,,,b\na,2024-05-02,2,7,,,b\na,2024-05-03,3,5,,,a\na,2024-05-05,10,5,,,a\n', {
      // Mean 4, squares 9 + 4 + 1 + 36 = 50, 50 / 3.
      'std(x of orders)': String(Number(Math.sqrt(50 / 3).toPrecision(10))),
      // Place (4 − 1) · q between the sorted values.
      'quantile(x of orders, q: 0.9)': '7.9',
      'median(x of orders)': '2.5',
      'mode(kind of orders)': 'a',
      'mode(n of orders)': '5',
      'entropy(kind of orders)': String(Number(Math.log(2).toPrecision(10))),
      // Days 0, 1, 2, 4: mean 1.75; Σ(d − 1.75)(x − 4) = 5.25 + 1.5 − 0.25 + 13.5 = 20, Σ(d − 1.75)² = 8.75.
      'slope(x of orders)': String(Number((20 / 8.75).toPrecision(10))),
    }));

  it('one value has no deviation and no slope', () =>
    aggregated('a,2024-05-01,1,,,,\n', { 'std(x of orders)': 'null', 'slope(x of orders)': 'null', 'entropy(x of orders)': '0' }));

  it('sums do not depend on the order of rows', async () => {
    const values = ['1e15', '0.1', '-1e15', '0.2', '0.3'];
    const rows = values.map((x, i) => `a,2024-05-0${i + 1},${x},,,,\n`);
    // Each value rounded to 2^-40; what is left is exact.
    await aggregated(rows.join(''), { 'sum(x of orders) == 0.1 + 0.2 + 0.3': 'false', 'round(sum(x of orders), 9)': '0.6' });
    await aggregated([...rows].reverse().join(''), { 'sum(x of orders) == 0.1 + 0.2 + 0.3': 'false', 'round(sum(x of orders), 9)': '0.6' });
  });

  it('a sum beyond what the scale can hold is a clear error', () =>
    expect(aggregated('a,2024-05-01,1e30,,,,\n', { 'sum(x of orders)': 'null' })).rejects.toMatchObject({
      actual: ['overflow: `v0` of `f` goes beyond what sums of floats hold here: at most ±1.5e+26.'],
    }));

  it('whose scale is written in the plan, from the declared range', () => {
    const scaleOf = (text: string) => {
      const node = planOf(text).nodes.find(n => n.id === 'features f');
      return node?.kind === 'features' ? node.windows[0]?.aggregates[0]?.scale : null;
    };
    expect(scaleOf(shop('v = sum(x of orders)'))).toBe(40);
    // 62 digits hold a value, 30 of them before the point.
    expect(scaleOf(shop('v = sum(x of orders)').replace('x      : float?', 'x      : float? in 0..1e9'))).toBe(32);
  });
});

describe('numbers', () => {
  it('div and % floor', () =>
    expectValues('a : int, b : int, x : float', '-7,2,-7.5', {
      'a div b': '-4',
      'a % b': '1',
      'a div -2': '3',
      'a % -2': '-1',
      '7 % -2': '-1',
      'x % 2': '0.5',
      'a / b': '-3.5',
    }));

  it('outside the domain there is null', () =>
    expectValues('z : int, f : float, big : float', '0,-1,1000', {
      'ln(z)': 'null',
      'log10(f)': 'null',
      'log1p(f)': 'null',
      'sqrt(f)': 'null',
      '1 / z': 'null',
      'z / z': 'null',
      '1 div z': 'null',
      '1 % z': 'null',
      'exp(big)': 'null',
      'power(big, 200)': 'null',
      'power(f, 0.5)': 'null',
      '1e308 * big': 'null',
    }));

  it('NaN and infinities in data are bad cells', async () => {
    const run = await expectTables(
      'source s = csv("s.csv") { k : key, x : float? }\ntable t = s | where k != null',
      { 's.csv': 'k,x\na,NaN\nb,inf\nc,-Infinity\nd,1.5\n' },
      { 'relation t': 'k x\na null\nb null\nc null\nd 1.5' },
    );
    expect(run.outcomes.get('scan s')).toMatchObject({ badCells: 3, badRows: 0 });
    expect(run.results.get('scan s')?.quarantined).toBe(3);
  });

  it('int is 64 bit, and an overflow is an error', async () => {
    await expectValues('a : int', '9223372036854775807', { 'a - 1': '9223372036854775806' });
    const plan = planOf('source s = csv("s.csv") { a : int }\ntable t = s | derive b = a + 1');
    const files = { 's.csv': 'a\n9223372036854775807\n' };
    expect(() => interpret(plan, path => files[path as 's.csv'])).toThrow('An int is beyond 64 bits.');
    expect(await onEngine(plan, files, async run => findingsOf(run, 'relation t'))).toEqual(['error overflow 1']);
  });

  it('decimals are exact', () =>
    expectValues('a : decimal(5,2), b : decimal(5,2)', '0.10,0.20', { 'a + b': '0.30', 'a + b == 0.3': 'true', 'a * b': '0.0200' }));
});

describe('categories', () => {
  const text = (
    type: string,
  ) => `source s = csv("s.csv") until 2024-12-31 { k : key, at : timestamp @time @known(+0d), c : ${type} immutable, y : bool }
task t { each r in s, at at, label y }
split t by time { train: ..2024-03-31, test: 2024-04-01.. }
features f for t { hot = c |> one_hot, place = c |> ordinal, mean = c |> target_encode(folds: 2, prior: 0.25) }
`;
  const rows = 'k,at,c,y\n1,2024-03-01,b,true\n2,2024-03-02,a,false\n3,2024-04-01,b,true\n4,2024-04-02,z,true\n5,2024-04-03,,true\n';

  it('learn open levels on train; null and unseen ones are zeros, missing and the prior', async () => {
    const { results } = await expectTables(
      text('category?'),
      { 's.csv': rows },
      {
        // Of each level one label is known, without variance, so it is its own mean.
        'features f': `k hot=a hot=b place mean
        1 0 1 1    0.25
        2 1 0 0    0.25
        3 0 1 1    1
        4 0 0 null 0.25
        5 0 0 null 0.25`,
      },
    );
    expect(results.get('scan s')?.quarantined).toBe(0);
  });

  it('a closed set makes an unknown level a bad cell, and orders the levels', async () => {
    const run = await expectTables(
      text('category { "b", "a" }?'),
      { 's.csv': rows },
      { 'features f': 'k c place\n1 b 0\n2 a 1\n3 b 0\n4 null null\n5 null null' },
    );
    expect(run.results.get('scan s')?.quarantined).toBe(1);
    expect(run.outcomes.get('scan s')).toMatchObject({ badCells: 1 });
  });
});

describe('units', () => {
  const unit = (expression: string) =>
    told(
      `source s = csv("s.csv") { price : float unit "EUR", cost : float unit "EUR", fare : float unit "USD", km : float unit "km", since : date, till : date, n : int }\ntable t = s | derive v = ${expression}`,
    ).map(line => line.split(' «')[0]);
  it.each([
    'price + cost',
    'price - 3',
    'price > 10',
    'price * km + cost * km',
    'price / cost + 1',
    'sqrt(km * km) + km',
    'sqrt(km) * sqrt(km) + km',
    'max(price, cost)',
    'price ?? cost',
    'ln(price) + 1',
    'days(since, till) + 2',
    'n * price + cost',
  ])('%s is fine', expression => expect(unit(expression)).toEqual([]));
  it.each([
    'price + fare',
    'price - km',
    'price > km',
    'price < fare',
    'min(price, fare)',
    'price ?? fare',
    'price * km + price',
    'sqrt(km) + km',
    'days(since, till) + price',
    'ln(price) + price',
  ])('%s is not', expression => expect(unit(expression)).toEqual(['error unit-mismatch']));
  it('`convert` needs a factor that is declared', () => expect(unit('convert(fare, "EUR")')).toEqual(['error unit-mismatch']));
});

describe('text', () => {
  it('compares by code point', () =>
    expectValues('a : text, b : text, c : text, d : text', 'Z,a,é,😀', {
      'a < b': 'true',
      'b < c': 'true',
      'c < d': 'true',
      // U+FF5E comes before U+1F600, although its UTF-16 code unit comes after those of the emoji.
      'd > "～"': 'true',
      'length(d)': '1',
      'a == "z"': 'false',
    }));

  it('a pattern occurs in the text, of a column as in an expression', async () => {
    const run = await expectTables(
      'source s = csv("s.csv") { k : key, code : text? matches "^([A-Z]{2}|x)$", part : text? matches "B", note : text }\ntable t = s | derive has = note matches "b+", all = note matches "^b+$"',
      { 's.csv': 'k,code,part,note\n1,AB,AB,abb\n2,ABC,ABC,bb\n3,x,x,a\n' },
      { 'relation t': 'k code part has all\n1 AB AB true false\n2 null ABC true true\n3 x null false false' },
    );
    expect(run.outcomes.get('scan s')).toMatchObject({ badCells: 2 });
  });

  it.each(['(a)\\\\1', '(?=a)', 'a(?<!b)'])('a pattern that RE2 and JavaScript do not share (%s) is told', pattern =>
    expect(told(`source s = csv("s.csv") { code : text matches "${pattern}" }`).length).toBeGreaterThan(0),
  );
});

describe('files', () => {
  const columns = '{ k : key, x : float?, ok : bool?, d : date? }';
  const read = (options: string, files: Files, expected: string, decoded: Files = files) =>
    expectTables(
      `source s = csv("s.csv"${options}) ${columns}\ntable t = s | where k != null`,
      files,
      { 'relation t': `k x ok d\n${expected}` },
      {},
      decoded,
    );

  it('undeclared columns are ignored with one info', async () => {
    const run = await read('', { 's.csv': 'k,extra,x,more,ok,d\na,1,2,3,true,2024-01-31\n' }, 'a 2 true 2024-01-31');
    expect(findingsOf(run, 'scan s')).toEqual(['info undeclared-column 2']);
  });

  it('bool reads true, false, t, f, yes, no, 1, 0', () =>
    read(
      '',
      {
        's.csv': `k,x,ok,d\n${['true', 'false', 't', 'f', 'yes', 'no', '1', '0', 'TRUE', 'No', 'maybe', '2'].map((ok, i) => `r${10 + i},,${ok},\n`).join('')}`,
      },
      ['true', 'false', 'true', 'false', 'true', 'false', 'true', 'false', 'true', 'false', 'null', 'null']
        .map((ok, i) => `r${10 + i} null ${ok} null`)
        .join('\n'),
    ));

  it('null spellings, delimiter and decimal sign', () =>
    read(
      ', delimiter: ";", nulls: ["NA", "-"], decimal: ","',
      { 's.csv': 'k;x;ok;d\na;1,5;NA;2024-01-31\nb;-;yes;NA\n' },
      'a 1.5 null 2024-01-31\nb null true null',
    ));

  it('a delimiter that is not named is found', () =>
    read('', { 's.csv': 'k\tx\tok\td\na\t1.5\tno\t2024-01-31\n' }, 'a 1.5 false 2024-01-31', { 's.csv': 'k,x,ok,d\na,1.5,no,2024-01-31\n' }));

  it('date formats', () =>
    read(', date_format: "%d.%m.%Y"', { 's.csv': 'k,x,ok,d\na,,,31.01.2024\n' }, 'a null null 2024-01-31', {
      's.csv': 'k,x,ok,d\na,,,2024-01-31\n',
    }));

  it('no header', () => read(', header: false', { 's.csv': 'a,1,t,2024-01-31\nb,2,f,2024-02-01\n' }, 'a 1 true 2024-01-31\nb 2 false 2024-02-01'));

  it('encodings', () => {
    const plain = 'k,x,ok,d\nÄrger,1,t,\n';
    return Promise.all([
      read(', encoding: "latin-1"', { 's.csv': Buffer.from(plain, 'latin1') }, 'Ärger 1 true null', { 's.csv': plain }),
      read('', { 's.csv': Buffer.from(`\uFEFF${plain}`) }, 'Ärger 1 true null'),
    ]);
  });

  it('compression', () => {
    const plain = 'k,x,ok,d\na,1,t,\n';
    return read(', compression: "gzip"', { 's.csv': gzipSync(plain) }, 'a 1 true null', { 's.csv': plain });
  });
});
