/** A path through refs in a table gives, on the engine and in the reference interpreter, what the join gives that is written out. */
import { describe, expect, it } from 'vitest';
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
