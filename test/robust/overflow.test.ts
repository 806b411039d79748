/** A number beyond its type ends the run at the calculation that made it, with what computes it and the range that it leaves. */
import { describe, expect, it } from 'vitest';
import { planned } from '../../language/plan/testPlan.ts';
import { type Files, onEngine } from '../engine.ts';

const sources = `source people = csv("people.csv") until 2024-12-31 {
  id   : key
  came : timestamp @time @known(+0d)
  n    : int immutable
  m    : decimal(12,2) immutable
  x    : float immutable
}
source orders = csv("orders.csv") until 2024-12-31 {
  order : key
  id    : ref people
  at    : timestamp @time @known(+0d)
  big   : int immutable
  far   : float immutable
}
`;
const max = '9223372036854775807';
const files: Files = {
  'people.csv': ['id,came,n,m,x', `a,2024-01-01,${max},9999999999.99,1e30`, 'b,2024-01-01,1,1,-1e30', 'c,2024-01-01,2,2,2'].join('\n'),
  'orders.csv': ['order,id,at,big,far', `o1,a,2024-01-10,${max},1e30`, `o2,a,2024-02-10,${max},1`, 'o3,b,2024-02-20,9,2', 'o4,c,2024-03-10,5,3'].join(
    '\n',
  ),
};

/** `the text | message`. */
async function said(program: string): Promise<string | undefined> {
  const text = (sources + program).split('\n');
  return onEngine(planned({ main: sources + program }), files, async ({ results }) => {
    const found = [...results.values()].flatMap(r => r.findings).find(f => f.severity === 'error');
    if (!found) return undefined;
    expect(found.rule).toBe('overflow');
    expect(found.help).toBeTruthy();
    return `${text[found.range.start.line]?.slice(found.range.start.character, found.range.end.character)} | ${found.message}`;
  });
}

const int = (what: string): string => `${what} goes beyond an int: from -9,223,372,036,854,775,808 to 9,223,372,036,854,775,807.`;
const sums = (what: string): string => `${what} goes beyond what sums of floats hold here: at most ±1.5e+26.`;

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

describe('an overflow is told at its calculation', () => {
  it.each<[program: string, wanted: string]>([
    ['table y = people | derive z = 3 * (n + 1)', `(n + 1) | ${int('`z` of `y`')}`],
    ['table y = people | derive z = 1 | derive q = if n > 5 then n * n else 0', `n * n | ${int('`q` of `y`')}`],
    ['table y = people | where n + n > 0', `n + n | ${int('A condition of `y`')}`],
    ['table y = people | group by x { s = sum(n) } | derive z = s + 1', `s + 1 | ${int('`z` of `y`')}`],
    ['table y = people | derive g = 1 | group by g { s = sum(n) }', `sum(n) | ${int('`s` of `y`')}`],
    ['table y = people | derive g = 1 | group by g { s = avg(2 * n) }', `2 * n | ${int('`s` of `y`')}`],
    ['table y = people | derive g = 1 | group by g { s = sum(x) }', `sum(x) | ${sums('`s` of `y`')}`],
    ['table y = people | derive z = m * m * m * m', 'm * m * m * m | `z` of `y` goes beyond a decimal(38,8): at most 30 digits before the point.'],
    ['check people { n * n > n warn }', `n * n | ${int('`n * n > n` of `people`')}`],
    ['check people { sum(n) > 0 warn }', `sum(n) | ${int('`sum(n) > 0` of `people`')}`],
    [task(later, '  z = n + 1'), `n + 1 | ${int('`z` of `f`')}`],
    [task(later, '  z = sum(big of orders last 60d)'), `sum(big of orders last 60d) | ${int('`z` of `f`')}`],
    [task(later, '  z = avg(big * 2 of orders last 60d)'), `big * 2 | ${int('`z` of `f`')}`],
    [task(later, '  z = 1 + avg(far of orders last 60d)'), `avg(far of orders last 60d) | ${sums('`z` of `f`')}`],
    [task(later, '  z = x |> standardize'), `x |> standardize | ${sums('What `standardize` of `f` learns')}`],
    [task(later, '  y = n |> impute(median)\n  z = (n |> impute(mode)) + 1'), `(n |> impute(mode)) + 1 | ${int('`z` of `f`')}`],
    [task('sum(big + 1 of orders next 30d)', '  z = x'), `big + 1 | ${int('`much` of `t`')}`],
    [task('sum(big of orders next 60d) + n', '  z = x'), `sum(big of orders next 60d) + n | ${int('`much` of `t`')}`],
  ])('%s', async (program, wanted) => {
    expect(await said(`${program}\n`)).toBe(wanted);
  });
});
