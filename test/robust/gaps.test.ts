/** A calculation that has no value on some rows is one finding: at its place, with how many rows, and one of them. */
import { describe, expect, it } from 'vitest';
import { planned } from '../../language/plan/testPlan.ts';
import { type Files, onEngine } from '../engine.ts';

const source = `source rows = csv("rows.csv") until 2024-12-31 {
  id : key
  x  : float immutable
  y  : float immutable
  n  : int immutable
  g  : category { "a", "b" } immutable
  s  : text immutable
  at : timestamp @time @known(+0d)
}
`;
const files: Files = {
  'rows.csv': [
    'id,x,y,n,g,s,at',
    'r1,1,0,3,a,7,2024-01-01',
    'r2,0,2,0,a,x,2024-01-02',
    'r3,-4,0,5,b,1e3,2024-02-01',
    'r4,9,3,-2,b,2,2024-03-01',
  ].join('\n'),
};

/** `"the text" severity count message`, of all nodes. */
async function said(program: string, data = files, sources = source): Promise<string[]> {
  const text = (sources + program).split('\n');
  return onEngine(planned({ main: sources + program }), data, async ({ results }) =>
    [...results.values()].flatMap(({ findings }) =>
      findings
        .filter(f => f.rule === 'no-value')
        .map(({ range, severity, count, message }) => {
          const line = text[range.start.line] ?? '';
          return `${line.slice(range.start.character, range.end.character)} | ${severity} ${count} | ${message}`;
        }),
    ),
  );
}

const zero = (what: string, rows: string, fate = 'it is null there'): string => `${what} divides by 0 in ${rows}; ${fate}.`;

describe('in tables', () => {
  it.each<[step: string, ...wanted: string[]]>([
    ['derive z = x / y', `x / y | warning 2 | ${zero('`z` of `t`', '2 rows, such as that of `r1`')}`],
    ['derive z = 1 + x / (2 * y)', `x / (2 * y) | warning 2 | ${zero('`z` of `t`', '2 rows, such as that of `r1`')}`],
    ['derive z = n div 0', `n div 0 | warning 4 | ${zero('`z` of `t`', '4 rows, such as that of `r1`')}`],
    ['derive z = 7 % n', `7 % n | warning 1 | ${zero('`z` of `t`', '1 row, such as that of `r2`')}`],
    ['derive z = x / y ?? 0', 'x / y | info 2 | `z` of `t` divides by 0 in 2 rows, such as that of `r1`; `??` or a test for null takes it up.'],
    ['derive z = if y != 0 then x / y else 0'],
    ['derive z = if y > 0 then 1 else x / y', `x / y | warning 2 | ${zero('`z` of `t`', '2 rows, such as that of `r1`')}`],
    ['derive z = y != 0 and x / y > 1'],
    ['derive z = y == 0 or x / y > 1'],
    ['derive z = y == 0 and x / y > 1', `x / y | warning 2 | ${zero('`z` of `t`', '2 rows, such as that of `r1`', 'that part of it is null there')}`],
    [
      'derive z = ln(x)',
      'ln(x) | warning 2 | `z` of `t` takes the logarithm of a number that has none in 2 rows, such as that of `r2`; it is null there.',
    ],
    [
      'derive z = sqrt(x) + ln(y)',
      'sqrt(x) | warning 1 | `z` of `t` takes the root of a negative number in 1 row, such as that of `r3`; it is null there.',
      'ln(y) | warning 2 | `z` of `t` takes the logarithm of a number that has none in 2 rows, such as that of `r1`; it is null there.',
    ],
    [
      'derive z = power(x, 0.5)',
      'power(x, 0.5) | warning 1 | `z` of `t` takes a power that has no finite value in 1 row, such as that of `r3`; it is null there.',
    ],
    [
      'derive z = exp(x * 100)',
      'exp(x * 100) | warning 1 | `z` of `t` goes beyond what a float holds in 1 row, such as that of `r4`; it is null there.',
    ],
    ['derive z = int(s)', 'int(s) | warning 1 | `z` of `t` reads a text that spells no number in 1 row, such as that of `r2`; it is null there.'],
    ['derive z = float(s)', 'float(s) | warning 1 | `z` of `t` reads a text that spells no number in 1 row, such as that of `r2`; it is null there.'],
    [
      'derive z = int(x * 1e20)',
      'int(x * 1e20) | warning 3 | `z` of `t` reads a number that is beyond 64 bits as an int in 3 rows, such as that of `r1`; it is null there.',
    ],
    // Counted before later steps leave rows out, and under the names of their own step.
    ['derive z = x / y | where z > 1', `x / y | warning 2 | ${zero('`z` of `t`', '2 rows, such as that of `r1`')}`],
    ['where x > 0 | derive z = x / y | drop y', `x / y | warning 1 | ${zero('`z` of `t`', '1 row, such as that of `r1`')}`],
    ['where x / y > 1', `x / y | warning 2 | ${zero('A condition of `t`', '2 rows, such as that of `r1`', 'they are left out')}`],
    [
      'derive y = x / y | derive z = 1 / y',
      `x / y | warning 2 | ${zero('`y` of `t`', '2 rows, such as that of `r1`')}`,
      `1 / y | warning 1 | ${zero('`z` of `t`', '1 row, such as that of `r2`')}`,
    ],
    ['rename id as key2 | derive z = x / y', `x / y | warning 2 | ${zero('`z` of `t`', '2 rows, such as that of `r1`')}`],
    ['group by g { m = avg(x / y) }', `x / y | warning 2 | ${zero('`m` of `t`', '2 rows, such as that of `r1`', 'these rows do not count')}`],
    ['group by g { m = sum(x) / sum(y) }'],
    ['group by g { m = sum(x) / (sum(y) - 2) }', `sum(x) / (sum(y) - 2) | warning 1 | ${zero('`m` of `t`', '1 row, such as that of `a`')}`],
  ])('%s', async (step, ...wanted) => {
    expect(await said(`table t = rows | ${step}\n`)).toEqual(wanted);
  });

  it('a key that is personal is not told', async () => {
    const program = source.replace('id : key', 'id : key @pii(name)');
    const plan = planned({ main: `${program}table t = rows | derive z = x / y\n` });
    const messages = await onEngine(plan, files, async ({ results }) => [...results.values()].flatMap(r => r.findings.map(f => f.message)));
    expect(messages).toEqual(['`z` of `t` divides by 0 in 2 rows; it is null there.']);
  });
});

describe('in checks', () => {
  it.each<[claim: string, ...wanted: string[]]>([
    [
      'x / y > 1 warn',
      `x / y | warning 2 | ${zero('`x / y > 1` of `rows`', '2 rows, such as that of `r1`', 'a claim passes where it has no value')}`,
    ],
    ['avg(x / y) > 1 warn', `x / y | warning 2 | ${zero('`avg(x / y) > 1` of `rows`', '2 rows, such as that of `r1`', 'these rows do not count')}`],
    [
      'sum(x) / (sum(y) - 5) > 1 warn',
      `sum(x) / (sum(y) - 5) | warning 1 | ${zero('`sum(x) / (sum(y) - 5) > 1` of `rows`', '', 'it has no value, so it does not hold').replace('in ;', 'over all rows;')}`,
    ],
  ])('%s', async (claim, ...wanted) => {
    expect(await said(`check rows { ${claim} }\n`)).toEqual(wanted);
  });
});

const shop = `source people = csv("people.csv") until 2024-12-31 {
  id   : key
  came : timestamp @time @known(+0d)
  size : float immutable
}
source orders = csv("orders.csv") until 2024-12-31 {
  order : key
  id    : ref people
  at    : timestamp @time @known(+0d)
  price : float immutable
  count : float immutable
  back  : float? @known(+5d)
}
`;
const shopFiles: Files = {
  'people.csv': ['id,came,size', 'a,2024-01-01,1', 'b,2024-01-01,0', 'c,2024-01-01,2'].join('\n'),
  'orders.csv': [
    'order,id,at,price,count,back',
    'o1,a,2024-01-10,10,2,0',
    'o2,a,2024-02-10,10,0,1',
    'o3,b,2024-02-20,7,1,1',
    'o4,c,2024-03-10,5,0,1',
  ].join('\n'),
};
const task = (label: string, features: string): string => `task t {
  each p in people
  at every 1mo from 2024-02-01 to 2024-04-01
  label much = ${label}
}
split t by time { train: ..2024-02-15, test: 2024-04-01.., gap: 40d }
features f for t {
${features}
}
`;
const later = 'count(orders next 30d) > 0';

describe('in tasks and features', () => {
  it.each<[label: string, features: string, ...wanted: string[]]>([
    [later, '  z = 1 / size', `1 / size | warning 3 | ${zero('`z` of `f`', '3 observations, such as `b` at 2024-02-01T00:00:00Z')}`],
    [
      later,
      '  z = 1 / size ?? 3',
      '1 / size | info 3 | `z` of `f` divides by 0 in 3 observations, such as `b` at 2024-02-01T00:00:00Z; `??` or a test for null takes it up.',
    ],
    // Over the results of windows: b and c have none in February, c none in March.
    [
      later,
      '  z = 1 / count(orders last 60d)',
      `1 / count(orders last 60d) | warning 3 | ${zero('`z` of `f`', '3 observations, such as `b` at 2024-02-01T00:00:00Z')}`,
    ],
    // Over the rows of windows: o2 for a in March and April, o4 for c in April.
    [
      later,
      '  z = avg(price / count of orders last 60d)',
      `price / count | warning 3 | ${zero('`z` of `f`', '3 observations', 'these rows do not count').replace('in 3 observations', 'in the windows of 3 observations, such as `a` at 2024-03-01T00:00:00Z')}`,
    ],
    // Only once `back` is known: o1 in February already, for it came five days after.
    [
      later,
      '  z = avg(price / back of orders last 60d)',
      `price / back | warning 2 | ${zero('`z` of `f`', '', 'these rows do not count').replace('in ;', 'in the windows of 2 observations, such as `a` at 2024-02-01T00:00:00Z;')}`,
    ],
    [later, '  z = avg(price / count of orders last 60d where count > 0)'],
    [
      later,
      '  z = avg(price / (days(at, cutoff) - 20) of orders last 60d)',
      `price / (days(at, cutoff) - 20) | warning 1 | ${zero('`z` of `f`', '', 'these rows do not count').replace('in ;', 'in the windows of 1 observation, such as `a` at 2024-03-01T00:00:00Z;')}`,
    ],
    // Between fitted steps.
    [
      later,
      '  z = 1 / (size |> standardize)\n  w = 1 / (size |> impute(median))',
      `1 / (size |> standardize) | warning 3 | ${zero('`z` of `f`', '3 observations, such as `a` at 2024-02-01T00:00:00Z')}`,
      `1 / (size |> impute(median)) | warning 3 | ${zero('`w` of `f`', '3 observations, such as `b` at 2024-02-01T00:00:00Z')}`,
    ],
    [
      'sum(price / count of orders next 30d) ?? 0',
      '  z = size',
      `price / count | warning 2 | ${zero('`much` of `t`', '', 'these rows do not count').replace('in ;', 'in the windows of 2 observations, such as `a` at 2024-02-01T00:00:00Z;')}`,
    ],
    [
      '1 / (sum(back of orders next 30d) - 1)',
      '  z = size',
      `1 / (sum(back of orders next 30d) - 1) | warning 3 | ${zero('`much` of `t`', '3 observations, such as `a` at 2024-02-01T00:00:00Z', 'they have no label')}`,
    ],
  ])('label %s with %s', async (label, features, ...wanted) => {
    expect(await said(task(label, features), shopFiles, shop)).toEqual(wanted);
  });
});
