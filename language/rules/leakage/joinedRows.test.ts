/** Rows that a table joins to the observed one against the rows of the label's window: they may happen at the very cutoff. */
import { expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

function errorsIn(text: string): string[] {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));
}

interface Parts {
  readonly sales?: string;
  readonly tables?: string;
  readonly each?: string;
  readonly at?: string;
  readonly label?: string;
  readonly feature?: string;
}

const amounts = 'sum(amount of sales via shop next 7d) ?? 0';
const times = 'sold_at : timestamp @time @known(+0d)';
const byKey = 'table side = sales | select sale_id, sold_at, amount\ntable j = visits | join side on sale == sale_id';

function rules({ sales = times, tables = byKey, each = 'j', at = 'at day', label = amounts, feature = 'x = amount' }: Parts): string[] {
  return errorsIn(`source shops = csv("s.csv") { shop_id : key, opened : timestamp @time @known(+0d), rate : float immutable }
source sales = csv("sales.csv") until 2024-12-31 {
  sale_id : key
  shop    : ref shops
  ${sales}
  amount  : float immutable
}
source visits = csv("v.csv") until 2024-12-31 {
  visit : key
  shop  : ref shops
  sale  : ref sales
  day   : timestamp @time @known(+0d)
  stay  : float immutable
}
source lines = csv("l.csv") { line : key, of : ref sales, size : int immutable }
${tables}
task t { each v in ${each}, ${at}, label later = ${label}, delay: 9d }
split t by time { train: ..2024-06-30, test: 2024-09-01.., gap: 30d }
features f for t { ${feature} }
model m = gradient_boosting(f)
evaluate m on test { rmse }
`);
}

const derived = ['label-derived-feature'];
const monthly = 'at every month from 2024-01-01 to 2024-12-01';
const header = 'table side = sales | rename sale_id as id\ntable j = lines | join side on of == id';
const asOf = 'table side = sales | select shop, sold_at, amount\ntable j = visits | join side on shop == shop as of day';
const moved = 'table moved = sales | derive later = sold_at + 2h | time later known later';
const ofMoved = 'sum(amount of moved via shop next 7d) ?? 0';
const rated = 'table side = shops | rename shop_id as id, rate as share\ntable rated = sales | join side on shop == id';
const firsts =
  'table side = sales | dedupe by shop keep earliest | select shop, sold_at, amount | rename shop as id, sold_at as opening, amount as start\ntable j = sales | join side on shop == id';
const ofRated = 'sum(share of rated via shop next 7d) ?? 0';
const dated = 'table side = sales | rename sale_id as id\ntable j = lines | join side on of == id | time sold_at known sold_at';
const ofShops = 'sum(amount * (share ?? 1) of rated next 7d) ?? 0';
const visited = 'table known = shops | rename shop_id as id\ntable j = visits | join known on shop == id';
const large = 'table big = sales | where amount > 4';
const twoFiles = `source gifts = csv("g.csv") until 2024-12-31 { sale_id : key, shop : ref shops, sold_at : timestamp @time @known(+0d), amount : float immutable }
table j = gifts | union sales`;

const half = (name: string, condition: string, column: string): string =>
  `table ${name} = sales | where ${condition} | select sale_id, shop, sold_at, ${column} | rename ${column} as c`;
const united = `${half('a', 'shop == "s"', 'late')}\n${half('b', 'shop != "s"', 'amount')}\ntable n = a | union b`;
const bothLate = `${half('a', 'shop == "s"', 'late')}\n${half('b', 'shop != "s"', 'late')}\ntable n = a | union b`;

it.each<[string, Parts, readonly string[]]>([
  ['a row joined by its key', {}, derived],
  ['what is computed of it', { feature: 'x = if amount > 4 then 1 else 0' }, derived],
  ['rows that are compared with it', { feature: 'x = count(visits via shop last 30d where stay < v.amount)' }, derived],
  ['rows that are compared with the own one', { feature: 'x = count(visits via shop last 30d where stay < v.stay)' }, []],
  ['a cell that a table computed of it', { tables: `${byKey} | derive double = amount * 2`, feature: 'double' }, derived],
  ['a cell that a table read along the ref', { tables: 'table j = visits | derive bought = sale.amount', feature: 'bought' }, derived],
  ['… that the feature reads along the ref', { tables: '', each: 'visits', feature: 'x = sale.amount' }, []],
  ['… of a table that joined it', { tables: `${byKey}\ntable k = visits`, each: 'k', feature: 'x = sale.amount' }, []],
  ['… in a window that goes by a later time', { tables: moved, each: 'visits', feature: 'x = sale.amount', label: ofMoved }, derived],
  ['a row as of the cutoff', { tables: asOf }, []],
  ['… in a window that goes by a later time', { tables: `${asOf}\n${moved}`, label: ofMoved }, derived],
  ['a row that is known only later than it happens', { sales: 'sold_at : timestamp @time @known(+1h)' }, []],
  ['a day that ends before it', { sales: 'sold_at : date @time @known(+0d)' }, []],
  ['a window that begins after it', { label: 'sum(amount of sales via shop next 7d lag 1h) ?? 0' }, []],
  ['rows that are counted', { label: 'count(sales via shop next 7d)' }, derived],
  ['… one by one', { label: 'distinct(sale_id of sales via shop next 7d)' }, derived],
  [
    '… summed up',
    {
      label: 'sum(size of sales via shop next 7d) ?? 0',
      sales: `${times}\n  size : float immutable`,
      feature: 'x = if sold_at == cutoff then 1 else 0',
    },
    derived,
  ],
  [
    'the first row of the same units, which may be the own one',
    { tables: firsts, each: 'j', at: 'at sold_at', label: 'count(sales via shop next 7d)', feature: 'x = start' },
    [],
  ],
  ['… before the cutoff', { label: 'count(sales via shop next 7d)', sales: 'sold_at : timestamp @time @known(+1h)' }, []],
  ['a row that the cutoff is of', { tables: header, at: 'at sold_at' }, derived],
  ['… that is counted for all', { tables: header, at: 'at sold_at', label: 'count(sales via shop next 7d)' }, []],
  ['the own row on a grid of cutoffs', { each: 'sales', at: monthly }, []],
  ['a joined row on a grid of cutoffs', { at: monthly }, []],
  ['… in a window that goes by a later time', { tables: `${byKey}\n${moved}`, at: monthly, label: ofMoved }, derived],
  ['the own row in such a window', { tables: moved, each: 'sales', at: monthly, label: ofMoved }, derived],
  ['what rows of the window join of the own row', { tables: rated, each: 'shops', at: monthly, label: ofShops, feature: 'rate' }, []],
  [
    'a joined cell that rows of the window join too',
    { tables: `${rated}\n${visited}`, label: `${ofShops.replace('next', 'via shop next')} ?? 0`, feature: 'x = rate' },
    [],
  ],
  [
    'a condition on rows that are counted',
    { each: 'sales', at: 'at sold_at', label: 'count(sales via shop next 7d where amount > 4)', feature: 'x = amount' },
    derived,
  ],
  [
    '… that the observed rows meet',
    { tables: large, each: 'big', at: 'at sold_at', label: 'count(big via shop next 7d)', feature: 'x = amount' },
    [],
  ],
  [
    '… that they need not meet',
    { tables: large, each: 'sales', at: 'at sold_at', label: 'count(big via shop next 7d)', feature: 'x = amount' },
    derived,
  ],
  [
    '… that a quarantine asks of both',
    {
      tables: 'check sales { amount > 4 quarantine }',
      each: 'sales',
      at: 'at sold_at',
      label: 'count(sales via shop next 7d)',
      feature: 'x = amount',
    },
    [],
  ],
  [
    'what the own row leads to, as one of the window',
    { tables: rated, each: 'rated', at: 'at sold_at', label: ofRated, feature: 'x = share' },
    derived,
  ],
  ['… along a ref', { tables: rated, each: 'rated', at: 'at sold_at', label: ofRated, feature: 'x = shop.rate' }, derived],
  ['… that happened before', { tables: rated, each: 'rated', at: 'at sold_at + 1h', label: ofRated, feature: 'x = share' }, []],
  ['… of other rows than those of the window', { tables: rated, each: 'visits', label: ofRated, feature: 'x = shop.rate' }, []],
  [
    'a row that a table dates by another',
    { tables: dated, at: 'at sold_at', label: 'sum(size of j via shop next 7d) ?? 0', feature: 'x = size' },
    derived,
  ],
  [
    'a row by which those of the window are dated',
    { tables: dated, each: 'sales', at: 'at sold_at', label: 'sum(amount of j via shop next 7d) ?? 0', feature: 'x = amount' },
    derived,
  ],
  [
    'a cell that rows of one side of a union know with them',
    { sales: `${times}\n  late : float @known(+20d)`, tables: united, each: 'n', at: 'at sold_at', feature: 'x = c' },
    derived,
  ],
  [
    '… and rows of neither, each after a time of its own',
    {
      sales: `${times}\n  late : float @known(+20d)\n  later : float @known(+30d)`,
      tables: `${half('a', 'shop == "s"', 'late')}\n${half('b', 'shop != "s"', 'later')}\ntable n = a | union b`,
      each: 'n',
      at: 'at sold_at',
      feature: 'x = c',
    },
    [],
  ],
  ['… and rows of neither', { sales: `${times}\n  late : float @known(+20d)`, tables: bothLate, each: 'n', at: 'at sold_at', feature: 'x = c' }, []],
  ['the own row of the second of two files', { tables: twoFiles, at: 'at sold_at' }, derived],
])('%s', (_, parts, expected) => expect(rules(parts)).toEqual(expected));

/** The own label, read through rows that lead back to the observed row. */
function ledBack(at: string, feature: string): string[] {
  return errorsIn(`source ent = csv("ent.csv") { id : key, t0 : timestamp @time @known(+0d), b : int @known(+15d) }
source ev = csv("ev.csv") until 2024-06-24 { n : key, cust : ref ent, t : timestamp @time @known(+1d), x : int immutable }
table side = ent | select id, b | rename b as own
table led = ev | join side on cust == id
table named = led | rename own as b
task aim { each one in ent, at ${at}, label goal = b, delay: 15d }
split aim by time { train: ..2024-03-01, test: 2024-04-01.., gap: 31d }
features known for aim { f = ${feature} }
model usual = baseline(known)
evaluate usual on test { rmse }
`);
}

it.each([
  ['along a ref, at cutoffs after it is known', 'every 10d from 2024-01-11 to 2024-05-10', 'max(cust.b of ev last 30d)', derived],
  ['through a join', 'every 10d from 2024-01-11 to 2024-05-10', 'max(own of led last 30d)', derived],
  ['along a ref, at a later time', 't0 + 20d', 'max(cust.b of ev last 30d)', derived],
  ['along a ref, before it is known', 't0', 'max(cust.b of ev last 30d)', []],
  ['through a join that gives it the name of the label', 'every 10d from 2024-01-11 to 2024-05-10', 'max(b of named last 30d)', derived],
  ['another column', 'every 10d from 2024-01-11 to 2024-05-10', 'max(x of led last 30d)', []],
])('the own label %s', (_, at, feature, expected) => expect(ledBack(at, feature)).toEqual(expected));
