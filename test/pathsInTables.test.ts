/** A path through refs in a table or a window gives, on the engine and in the reference interpreter, what the join gives that is written out. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../language/createAnalysis.ts';
import { cells, executed, planned } from '../language/plan/testPlan.ts';
import { expectEqual } from './shop.ts';

const sources = `
source regions = csv("regions.csv") { region : key  country : category { "AT", "DE" } immutable }
source shops = csv("shops.csv") { shop : key  part : ref regions  opened : timestamp @time @known(+1d)  rent : int? @known(+9d) }
source sales = csv("sales.csv") { sale : key  at_shop : ref shops  on : timestamp @time @known(+0d)  paid : float immutable }
`.replaceAll('  ', '\n  ');

const files = {
  'regions.csv': 'region,country\nr1,AT\nr2,DE\n',
  'shops.csv': 'shop,part,opened,rent\ns1,r1,2024-01-01T00:00Z,5\ns2,r2,2024-01-04T00:00Z,\ns3,r9,2024-01-02T00:00Z,7\n',
  'sales.csv':
    'sale,at_shop,on,paid\na,s1,2024-01-03T00:00Z,10\nb,s2,2024-01-03T00:00Z,20\nc,s3,2024-01-03T00:00Z,30\nd,s4,2024-01-03T00:00Z,40\ne,s1,2024-01-20T00:00Z,50\n',
};

const columns = ['sale', 'rent', 'country', 'old', 'rent#known', 'country#known', '#exists'];
const kept = 'sale, rent, country, old';
const along = `${sources}
table r = sales
  | where at_shop.opened < on or at_shop.rent == null
  | derive rent = at_shop.rent, country = at_shop.part.country, old = at_shop.opened + 1d < on
  | select ${kept}
table n = sales | group by at_shop { most = max(paid * at_shop.rent), rows = count() }`;
const written = `${sources}
table r = sales
  | join shops on at_shop == shop
  | where opened < on or rent == null
  | join regions on part == region
  | derive old = opened + 1d < on
  | select ${kept}
table n = sales | join shops on at_shop == shop | group by at_shop { most = max(paid * rent), rows = count() }`;

const task = (table: string, of: (read: string) => string): string =>
  `${sources}
source towns = csv("towns.csv") { town : key  since : timestamp @time @known(+0d) }
source calls = csv("calls.csv") until 2024-06-01 { call : key  town : ref towns  shop : ref shops  at : timestamp @time @known(+1d)  long : float immutable }
${table}
task busy {
  each  t in towns
  at    every month from 2024-01-15 to 2024-04-15
  label many = count(calls next 10d) > 0
}
split busy by time { train: ..2024-02-01, test: 2024-03-01.., gap: 11d }
features all for busy {
  rent    = sum(long * ${of('rent')} of TABLE)
  foreign = count(TABLE last 60d where ${of('country')} != "AT")
  open    = rate(${of('opened')} < cutoff - 10d of TABLE)
  all     = count(calls)
}
model m = baseline(all)
evaluate m on test { log_loss }`.replaceAll(/ {2}(?=\w+ : )/g, '\n  ');

const inWindows = task('', read => (read === 'country' ? 'shop.part.country' : `shop.${read}`)).replaceAll('TABLE', 'calls');
const inTable = task('table told = calls | derive rent = shop.rent, country = shop.part.country, opened = shop.opened', read => read).replaceAll(
  'TABLE',
  'told',
);

const calls = Array.from(
  { length: 40 },
  (_, i) => `c${i},t${i % 3},s${i % 5},${new Date(Date.UTC(2024, 0, 1 + ((i * 17) % 100))).toISOString()},${(i % 7) + 0.5}`,
);
const more = {
  ...files,
  'towns.csv': 'town,since\nt0,2023-01-01T00:00Z\nt1,2023-01-01T00:00Z\nt2,2023-06-01T00:00Z\n',
  'calls.csv': `call,town,shop,at,long\n${calls.join('\n')}\n`,
};

describe('paths through refs in windows', () => {
  it('read what a table with these columns gives', () => {
    const [ours, theirs] = [inWindows, inTable].map(main => executed(planned({ main }), more));
    if (!ours || !theirs) throw new Error('both are executed');
    const read = (of: typeof ours) => cells(of, 'features all', 'rent', 'foreign', 'open', 'all');
    expect(read(ours)).toEqual(read(theirs));
    expect(new Set(read(ours).map(row => row[0])).size).toBeGreaterThan(2);
    expect(read(ours).some(row => Number(row[1]) > 0 && Number(row[1]) < Number(row[3]))).toBe(true);
  });

  it('give the same on the engine, and join once', async () => {
    const plan = planned({ main: inWindows });
    await expectEqual(plan, more);
    expect(plan.nodes.filter(node => node.id.startsWith('relation calls along refs'))).toHaveLength(3);
  });

  it.each(['count(calls where shop.now == "x")', 'count(told where now == "x")'])('leak what the ref leads to today: %s', value => {
    const main = `${sources.replace('rent : int?', 'now : text @current  rent : int?')}
source towns = csv("towns.csv") { town : key  since : timestamp @time @known(+0d) }
source calls = csv("calls.csv") until 2024-06-01 { town : ref towns  shop : ref shops  at : timestamp @time @known(+1d) }
table told = calls | derive now = shop.now
task busy { each t in towns, at every month from 2024-01-15 to 2024-04-15, label many = count(calls next 10d) > 0 }
split busy by time { train: ..2024-02-01, test: 2024-03-01.., gap: 11d }
features all for busy { x = ${value} }`.replaceAll(/ {2}(?=\w+ : )/g, '\n  ');
    const analysis = createAnalysis();
    analysis.setFile('main.cupel', { kind: 'text', text: main });
    const told = analysis.diagnostics('main.cupel').filter(({ rule }) => !rule.startsWith('unused'));
    expect(told.map(({ rule, message }) => [rule, message])).toEqual([
      ['current-state', "`x` reads `shops.now`, which holds today's value, not the value at the cutoff."],
    ]);
  });
});

describe('paths through refs in tables', () => {
  it('read what the join reads, and null where the ref reaches nothing', () => {
    const [ours, theirs] = [along, written].map(main => executed(planned({ main }), files));
    if (!ours || !theirs) throw new Error('both are executed');
    expect(cells(ours, 'relation r', ...columns)).toEqual(cells(theirs, 'relation r', ...columns));
    expect(cells(ours, 'relation r', 'sale', 'rent', 'country', 'old')).toEqual([
      ['a', 5, 'AT', true],
      ['b', null, 'DE', false],
      ['c', 7, null, false],
      ['d', null, null, null],
      ['e', 5, 'AT', true],
    ]);
    expect(cells(ours, 'relation n', 'at_shop', 'most', 'rows')).toEqual(cells(theirs, 'relation n', 'at_shop', 'most', 'rows'));
  });

  it('give the same on the engine', async () => expectEqual(planned({ main: along }), files));

  it('reach tables that only the source names', () => {
    const others = { 'shop.cupel': sources };
    const main = 'import { sales } from "./shop.cupel"\ntable r = sales | where at_shop.part.country == "AT" | select sale, on';
    expect(cells(executed(planned({ main, others }), files), 'relation r', 'sale')).toEqual([['a'], ['e']]);
  });
});
