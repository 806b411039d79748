/** The observation's own row against the rows of the label's window: whether it can be one of them decides whether its cells are the answer. */
import { expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

interface Parts {
  readonly known?: string;
  readonly tables?: string;
  readonly each?: string;
  readonly at?: string;
  readonly label: string;
  readonly feature: string;
}

function rules({ known = '+0d', tables = '', each = 'sales', at = 'day', label, feature }: Parts): string[] {
  const analysis = createAnalysis();
  const text = `source shops = csv("s.csv") { id : key }
source sales = csv("sales.csv") until 2024-12-31 {
  n     : key
  shop  : ref shops
  first : ref sales
  day   : timestamp @time @known(${known})
  came  : timestamp
  kind  : category { "paid", "gift", "loan" } immutable
  sold  : float immutable
  open  : bool immutable
}
${tables}
task t {
  each s in ${each}
  at ${at}
  label more = ${label}
  delay: 9d
}
split t by time { train: ..2024-06-30, validate: 2024-08-01..2024-09-30, test: 2024-11-01.., gap: 30d }
features f for t { ${feature} }
model m = baseline(f)
evaluate m on test { rmse }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));
}

const derived = ['label-derived-feature'];
const next = 'sum(sold of sales via shop next 7d)';
const paid = 'sum(sold of sales via shop next 7d where kind == "paid")';
const asked = (condition: string) => `table opened = sales | where ${condition}`;
const opened = asked('open');
const ofOpened = 'sum(sold of opened via shop next 7d)';
const later = 'table moved = sales | derive c2 = day + 2h | time c2 known c2';
const ofLater = 'sum(sold of moved via shop next 3d) ?? 0';
const beside = 'table moved = sales | sort by shop, day | derive held = lag(sold, 1)';
const partner = 'table firsts = sales | select n, sold | rename n as id, sold as held\ntable linked = sales | join firsts on first == id';

it.each<[string, Parts, readonly string[]]>([
  ['a row of the window', { label: next, feature: 'sold' }, derived],
  ['a row that is known only later than it happens', { known: '+1h', at: 'came', label: next, feature: 'sold' }, []],
  ['a row that may be known as it happens', { at: 'came', label: next, feature: 'sold' }, derived],
  ['… in a window that goes by a later time', { known: '+1h', at: 'came', tables: later, label: ofLater, feature: 'sold' }, derived],
  [
    '… by its own time, once that is stated later',
    { known: '+1h', tables: later, each: 'moved', at: 'c2', label: ofLater, feature: 'sold' },
    derived,
  ],
  ['… by a time before that', { known: '+1h', tables: later, each: 'moved', at: 'c2', label: next, feature: 'sold' }, []],
  ['… by a time that is still to come', { tables: later, label: 'sum(sold of moved via shop next 3d lag 1h)', feature: 'sold' }, derived],
  ['… that begins after it', { label: 'sum(sold of sales via shop next 3d lag 1h)', feature: 'sold' }, []],
  [
    '… of cells of the row beside it',
    { known: '+1h', at: 'came', tables: beside, label: 'sum(held of moved via shop next 3d) ?? 0', feature: 'sold' },
    derived,
  ],
  [
    'a row without its time',
    { tables: 'table bare = sales | derive c2 = day | drop day', each: 'bare', at: 'c2', label: next, feature: 'sold' },
    derived,
  ],
  ['a row that the window leaves out', { each: 'sales where kind == "gift"', label: paid, feature: 'sold' }, []],
  ['a row that it may hold', { each: 'sales where kind != "gift"', label: paid, feature: 'sold' }, derived],
  ['a row that both ask for', { each: 'sales where kind == "paid"', label: paid, feature: 'sold' }, derived],
  ['a row that only one of two windows leaves out', { each: 'sales where kind == "gift"', label: `${paid} + ${next}`, feature: 'sold' }, derived],
  [
    'a row that another table leaves out',
    { tables: 'table gifts = sales | where kind == "gift"', each: 'gifts where open', label: paid, feature: 'sold' },
    [],
  ],
  ['another row from before, reached by a ref', { each: 'sales where kind == "gift"', label: paid, feature: 'first.sold' }, []],
  ['a condition that all rows meet', { tables: opened, each: 'opened', label: ofOpened, feature: 'x = if open then 1 else 0' }, []],
  ['its opposite', { tables: opened, each: 'opened', label: ofOpened, feature: 'x = if not open then 1 else 0' }, []],
  ['a condition that some of them meet', { tables: opened, label: ofOpened, feature: 'x = if open then 1 else 0' }, derived],
  ['a cell that is the same for all', { tables: asked('sold == 4'), each: 'opened', label: ofOpened, feature: 'sold' }, []],
  ['what is computed of it', { tables: asked('sold == 4'), each: 'opened', label: ofOpened, feature: 'x = sold * 2' }, []],
  ['a cell that is another one for some', { tables: asked('sold >= 4'), each: 'opened', label: ofOpened, feature: 'sold' }, derived],
  ['a range that all rows lie in', { tables: asked('sold >= 4'), each: 'opened', label: ofOpened, feature: 'x = if sold != 2 then 1 else 0' }, []],
  ['… that some lie in', { tables: asked('sold >= 4'), each: 'opened', label: ofOpened, feature: 'x = if sold != 5 then 1 else 0' }, derived],
  ['a row outside of the range', { each: 'sales where sold < 2', label: 'sum(sold of sales via shop next 7d where sold >= 3)', feature: 'sold' }, []],
  ['… that it may lie in', { each: 'sales where sold < 4', label: 'sum(sold of sales via shop next 7d where sold >= 3)', feature: 'sold' }, derived],
  ['such a condition beside a cell', { tables: opened, each: 'opened', label: ofOpened, feature: 'x = if open then sold else 0' }, derived],
])('%s', (_, parts, expected) => expect(rules(parts)).toEqual(expected));

it('a day ends before a time that a table states two days after it', () => {
  const analysis = createAnalysis();
  const text = (days: number) => `source shops = csv("s.csv") { id : key }
source sales = csv("sales.csv") until 2024-12-31 {
  n    : key
  shop : ref shops
  day  : date @time @known(+0d)
  sold : float immutable
}
table moved = sales | derive d2 = day + ${days}d | time d2 known d2
task t { each s in sales, at day, label more = sum(sold of moved via shop next 7d) ?? 0, delay: 9d }
split t by time { train: ..2024-06-30, test: 2024-11-01.., gap: 30d }
features f for t { sold }
model m = baseline(f)
evaluate m on test { rmse }
`;
  const found = (days: number) => {
    analysis.setFile('main.cupel', { kind: 'text', text: text(days) });
    return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));
  };
  expect(found(2)).toEqual(derived);
  expect(found(0)).toEqual([]);
});

it('a row that is joined to another one may be in the window under the other', () =>
  expect(
    rules({
      tables: partner,
      each: 'sales where kind == "gift"',
      label: 'sum(held of linked via shop next 7d where kind == "paid") ?? 0',
      feature: 'sold',
    }),
  ).toEqual(derived));
