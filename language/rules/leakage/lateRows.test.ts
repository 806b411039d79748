/** Rows whose being there is settled late, read by a cell that is masked until then, and by others. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

interface Parts {
  readonly tables?: string;
  readonly label?: string;
  readonly feature?: string;
}

function rules({ tables = 'table some = sales | where back < 3', label = 'count(sales next 7d)', feature = 'n = 1' }: Parts): string[] {
  const analysis = createAnalysis();
  const text = `source shops = csv("s.csv") {
  id     : key
  opened : timestamp @time @known(+0d)
}
source sales = csv("sales.csv") until 2024-12-31 {
  n    : key
  shop : ref shops
  day  : timestamp @time @known(+0d)
  sold : float immutable
  back : int @known(+14d)
  more : int @known(+20d)
  soon : int @known(+9d)
}
${tables}
task t {
  each s in shops
  at every month from 2024-01-01 to 2024-12-01
  label later = ${label}
  delay: 20d
}
split t by time { train: ..2024-06-30, test: 2024-11-01.., gap: 30d }
features f for t { ${feature} }
model m = baseline(f)
evaluate m on test { rmse }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  return [...new Set(analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : [])))];
}

const late = ['rows-known-late'];

describe('rows that a late condition keeps', () => {
  it.each<[string, readonly string[]]>([
    ['count(some last 30d)', late],
    ['sum(sold of some last 30d)', late],
    ['sum(back of some last 30d)', []],
    ['last(back of some last 30d)', []],
    ['sum(more of some last 30d)', []],
    ['sum(soon of some last 30d)', late],
    ['sum(back + sold of some last 30d)', late],
    ['sum(back ?? 0 of some last 30d)', late],
    ['count(some last 30d where back > 1)', []],
    ['count(some last 30d where 1 < back and sold > 2)', []],
    ['count(some last 30d where sold > 2)', late],
    ['count(some last 30d where back > 1 or sold > 2)', late],
    ['count(some last 30d where not (back > 1))', late],
    ['count(some last 30d where back == null)', late],
    ['sum(sold of some last 30d where more > 1)', []],
    ['sum(sold of some last 30d where soon > 1)', late],
    ['sum(back of some last 30d) + count(some last 30d)', late],
  ])('are read by %s: %j', (value, expected) => expect(rules({ feature: `x = ${value}` })).toEqual(expected));

  it('are waited for by no cell of a label that comes before', () =>
    expect(rules({ label: 'sum(back of some last 7d) ?? 0' })).toContain('rows-known-late'));

  it('are settled by no cell of other rows that are put under them', () => {
    const early = 'table early = some | derive back = sold';
    expect(
      rules({
        tables: `table some = sales | where back < 3 | select n, shop, day, sold, back\n${early}`,
        feature: 'x = sum(back of early last 30d)',
      }),
    ).toEqual(late);
    const tables = `table some = sales | select n, shop, day, back
table kept = sales | where back < 3 | derive back = n2 | select n, shop, day, back
table both = some | union kept`.replace('derive back = n2', 'derive back = soon');
    expect(rules({ tables, feature: 'x = sum(back of both last 30d)' })).toContain('rows-known-late');
  });

  it.each<[string, string, string, readonly string[]]>([
    ['of those before it', 'sort by shop, day | derive held = lag(sold, 1)', 'sum(held of some last 30d where back > 1)', []],
    ['of those after it', 'history by shop at day', 'count(some last 30d where back > 1)', ['time-shifted']],
    ['of the first alone', 'dedupe by shop keep earliest', 'sum(back of some last 30d)', []],
  ])('decide about a row that is read %s', (_, step, value, expected) =>
    expect(rules({ tables: `table some = sales | where back < 3 | ${step}`, feature: `x = ${value}` })).toEqual(expected),
  );

  it.each<[string, string]>([
    ['a cell of the row before', 'where back < 3 | sort by shop, day | derive held = lag(sold, 1)'],
    ['… that is known late there', 'sort by shop, day | derive held = lag(back, 1) | where back < 3'],
    ['… that both hold', 'where back < 3 | sort by shop, day | derive held = lag(back, 1)'],
    ['a place in the order', 'where back < 3 | sort by shop, day | derive held = rank()'],
    ['what is made of such a cell', 'where back < 3 | sort by shop, day | derive other = lag(sold, 1), held = other + back'],
  ])('are masked by no %s', (_, steps) =>
    expect(rules({ tables: `table some = sales | ${steps}`, feature: 'x = sum(held of some last 30d)' })).toEqual(late),
  );

  it('are masked by what is made of a late cell in its own row', () =>
    expect(rules({ tables: 'table some = sales | where back < 3 | derive held = back + sold', feature: 'x = sum(held of some last 30d)' })).toEqual(
      [],
    ));

  it('are none where the condition says of a cell what is declared of it', () => {
    const feature = 'x = count(sales last 30d)';
    const tables = (claim: string) => `check sales { ${claim} quarantine }`;
    expect(rules({ tables: tables('back != null'), feature })).toEqual([]);
    expect(rules({ tables: tables('back < 3'), feature })).toContain('rows-known-late');
    expect(rules({ tables: tables('back < 3 and back != null'), feature })).toContain('rows-known-late');
  });
});
