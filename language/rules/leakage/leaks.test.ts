/** Leaks by every way round that a program has, each with its place, and the twin without the leak, on which all is quiet. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

const passengers = `source passengers = csv("p.csv") {
  pid      : key
  pclass   : int in 1..3
  age      : float? in 0..120
  ticket   : text @group
  boat     : text?  @after(outcome)
  survived : bool
}
`;

const shop = `source customers = csv("c.csv") {
  customer_id : key
  signed_up   : timestamp  @time @known(+0d)
  tier        : category { "a", "b" }  @current
  note        : text?  @after(outcome)
  region      : text immutable
}
source orders = csv("o.csv") until 2024-12-31 {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp  @time @known(+0d)
  amount    : decimal(10,2) immutable
  returned  : bool  @known(+30d)
  reason    : text? @after(outcome)
}
`;

interface Parts {
  readonly tables?: string;
  readonly each?: string;
  readonly at?: string;
  readonly label?: string;
  readonly split?: string;
  readonly model?: string;
}

const monthly = 'at every month from 2023-01-01 to 2024-10-01';
const byTime = 'by time { train: ..2024-02-29, validate: 2024-05-01..2024-06-30, test: 2024-09-01.., gap: 60d }';
const atRandom = 'at random { test: 20%, validate: 15%, seed: 1 }';
const learn = 'model m = gradient_boosting(f)\nevaluate m on test { auc }';

const onShip = (features: string, parts: Parts = {}): string => `${passengers}${parts.tables ?? ''}
task t { each p in ${parts.each ?? 'passengers'}, label survived }
split t ${parts.split ?? 'by group { group: ticket, test: 20%, validate: 15%, seed: 1 }'}
features f for t {
  ${features}
}
${parts.model ?? learn}
`;

const inShop = (features: string, parts: Parts = {}): string => `${shop}${parts.tables ?? ''}
task t {
  each c in ${parts.each ?? 'customers'}
  ${parts.at ?? monthly}
  label gone = ${parts.label ?? 'count(orders next 60d) == 0'}
}
split t ${parts.split ?? byTime}
features f for t {
  ${features}
}
${parts.model ?? learn}
`;

/** `rule «text at fault»` of every leak. */
function leaks(text: string): string[] {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  const lines = text.split('\n');
  return analysis
    .diagnostics('main.cupel')
    .filter(({ severity }) => severity !== 'info')
    .map(
      ({ rule, range: { start, end } }) =>
        `${rule} «${lines[start.line]?.slice(start.character, end.line > start.line ? undefined : end.character)}»`,
    );
}

const orderTask: Parts = { each: 'orders', at: 'at placed_at', label: 'count(orders via customer next 60d) > 0' };

describe('leaks', () => {
  it.each([
    ['the label of others without cutoffs', onShip('x = rate(survived of passengers via ticket)'), 'target-encode-in-sample «survived»'],
    ['the label in a condition', onShip('x = count(passengers via ticket where survived)'), 'target-encode-in-sample «survived»'],
    [
      'the label under another name in another table',
      onShip('x = rate(s of others via ticket)', { tables: 'table others = passengers | select ticket, survived | rename survived as s' }),
      'target-encode-in-sample «s»',
    ],
    [
      'the label through a join',
      onShip('fate', {
        each: 'both',
        tables: 'table fates = passengers | select pid, survived | rename survived as fate\ntable both = passengers | join fates on pid',
      }),
      'label-as-feature «fate»',
    ],
    ['a leaking feature beside the same leak', onShip('x = boat == null\n  y = x and boat == null'), 'after-outcome «boat», after-outcome «boat»'],
    [
      'the label and what comes after the outcome in one',
      onShip('x = survived and boat == null'),
      'label-derived-feature «survived», after-outcome «boat»',
    ],
    [
      'a label that is filled in after the outcome, once',
      onShip('x = not survived\n  y = survived').replace(': bool', ': bool @after(outcome)'),
      'label-derived-feature «survived», label-as-feature «survived»',
    ],
    ['a key under a monotone function', onShip('x = log1p(sqrt(hash(pid)))'), 'key-as-feature «pid»'],
    ['a key without some of its letters', onShip('x = replace(text(pid), "-", "")'), 'key-as-feature «pid»'],
    ['a key of one of the rows', inShop('x = last(order_id of orders)'), 'key-as-feature «order_id»'],
    ['the own key, read off linked rows', inShop('x = last(customer of orders last 30d)'), 'key-as-feature «customer»'],
    ['rows chosen by what comes later', inShop('n = count(orders)', { each: 'customers where note == null' }), 'outcome-conditioned-rows «note»'],
    [
      'a table chosen by what comes later',
      inShop('n = count(orders)', { each: 'kept', tables: 'table kept = customers | where note == null' }),
      'outcome-conditioned-rows «kept»',
    ],
    [
      "a table chosen by today's value",
      inShop('n = count(orders)', { each: 'kept', tables: 'table kept = customers | where tier == "a"' }),
      'current-state «kept»',
    ],
    [
      'a window over a table chosen by what comes later',
      inShop('n = count(bad last 30d)', { tables: 'table bad = orders | where reason != null' }),
      'after-outcome «bad last 30d»',
    ],
    [
      'a window over rows that a late condition keeps',
      inShop('n = count(kept last 30d)', { tables: 'table kept = orders | where not returned' }),
      'rows-known-late «kept last 30d»',
    ],
    [
      'two windows over them, told once',
      inShop('n = count(kept last 30d)\n  m = sum(amount of kept last 90d)', { tables: 'table kept = orders | where not returned' }),
      'rows-known-late «kept last 30d»',
    ],
    [
      'observations that a late condition keeps',
      inShop('amount', { ...orderTask, each: 'kept', tables: 'table kept = orders | where not returned' }),
      'rows-known-late «kept»',
    ],
    [
      'a total over all rows, joined back',
      inShop('total', {
        each: 'both',
        tables: 'table sums = orders | group by customer { total = sum(amount) }\ntable both = customers | join sums on customer_id == customer',
      }),
      'all-rows-aggregate «total»',
    ],
    [
      'a rank among all rows',
      inShop('r = avg(place of ranked last 30d)', { tables: 'table ranked = orders | sort by customer, amount desc | derive place = rank()' }),
      'latest-version-kept «place»',
    ],
    [
      'the latest of each, two features, told once',
      inShop('a = last(amount of one)\n  b = count(one last 30d)', { tables: 'table one = orders | dedupe by customer keep latest' }),
      'latest-version-kept «amount of one»',
    ],
    [
      'a known time stated too early',
      inShop('r = rate(sent of early last 30d)', { tables: 'table early = orders | derive sent = returned | known sent at placed_at' }),
      'time-shifted «sent»',
    ],
    [
      'a cutoff that is the last of all rows',
      inShop('n = count(orders)', {
        each: 'both',
        at: 'at last',
        tables: 'table ends = orders | group by customer { last = max(placed_at) }\ntable both = customers | join ends on customer_id == customer',
      }),
      'cutoff-from-outcome «last»',
    ],
    [
      'survivors kept by a table',
      onShip('pclass', { each: 'kept', tables: 'table kept = passengers | where survived or age > 60' }),
      'outcome-conditioned-rows «kept»',
    ],
    [
      'those who bought later, by an inner join',
      inShop('n = count(orders)', {
        each: 'buyers',
        tables:
          'table bought = orders | dedupe by customer keep earliest | select customer, amount\ntable buyers = customers | inner join bought on customer_id == customer',
      }),
      'outcome-conditioned-rows «buyers»',
    ],
    [
      'a label over rows that are chosen at no fixed time',
      inShop('n = count(orders)', {
        label: 'count(kept next 60d) == 0\n  delay: 30d',
        tables:
          'source parcels = csv("r.csv") { parcel : key, sent : timestamp @time @known(+0d), lost : bool immutable }\nsource trips = csv("q.csv") { customer : ref customers, parcel : ref parcels, left : timestamp @time @known(+0d) }\ntable kept = trips | inner join parcels on parcel == parcel | where not lost',
        split: 'by time { train: ..2024-02-29, test: 2024-09-01.., gap: 90d }',
      }),
      'rows-known-late «kept next 60d»',
    ],
    [
      'no observation, for its row comes after its cutoff',
      inShop('amount', { ...orderTask, split: 'by time { train: ..2024-02-29, test: 2024-09-01.., gap: 90d }' }).replace(
        'placed_at : timestamp  @time @known(+0d)',
        'placed_at : timestamp  @time @known(+3d)',
      ),
      'cutoff-from-outcome «placed_at»',
    ],
    [
      'a label of the past',
      inShop('n = count(orders)', { label: 'count(orders last 60d) == 0' }),
      'label-already-known «count(orders last 60d) == 0»',
    ],
    [
      'a window too short for what is known late, and the own row',
      inShop('r = rate(returned of orders via customer last 20d)\n  back = if returned then 1 else 0', orderTask),
      'always-null «returned», always-null «returned»',
    ],
    [
      'the outcome of others, of which nothing says when it is known',
      inShop('record = rate(repaid of loans via customer last 1y)', {
        tables:
          'source loans = csv("l.csv") until 2024-12-31 { loan : key, customer : ref customers, granted : timestamp @time @known(+0d), repaid : bool }\n',
        each: 'loans',
        at: 'at granted',
        label: 'repaid',
      }),
      'lag-shorter-than-horizon «repaid»',
    ],
    [
      'a mean of the label that a table takes, once',
      onShip('mean', {
        each: 'both',
        tables: 'table means = passengers | group by pclass { mean = rate(survived) }\ntable both = passengers | join means on pclass',
      }),
      'all-rows-aggregate «mean»',
    ],
    ['a future window in a definition', inShop('n = ahead(30d)', { tables: 'def ahead(d) = count(orders next d)' }), 'future-window «next d»'],
    [
      'a random split after the event time was dropped',
      inShop('amount', { each: 'lost', at: '', label: 'returned', split: atRandom, tables: 'table lost = orders | drop placed_at' }),
      'random-split-over-time «random»',
    ],
    [
      'the test rows of another split',
      onShip('pclass', {
        split: `${atRandom}\nsplit other for t at random { test: 30%, seed: 2 }`,
        model: learn.replace('on test', 'on other.test'),
      }).replace(' @group', ''),
      'evaluate-on-train «other.test»',
    ],
    [
      'a test partition that begins where training ends',
      inShop('n = count(orders)', { split: 'by time { train: ..2024-08-31, test: ..2024-10-01 }' }),
      'gap-shorter-than-horizon «time»',
    ],
    [
      'a month too few',
      inShop('n = count(orders)', { label: 'count(orders next 2mo) == 0', split: 'by time { train: ..2024-02-29, test: 2024-03-01.., gap: 1mo }' }),
      'gap-shorter-than-horizon «1mo»',
    ],
  ])('%s', (_, program, expected) => expect(leaks(program).join(', ')).toBe(expected));
});

describe('no leaks', () => {
  it.each([
    ['what else is known of others', onShip('x = avg(age of passengers via ticket)')],
    [
      'a window that waits for its late condition',
      inShop('n = count(kept last 30d lag 30d)', { tables: 'table kept = orders | where not returned' }),
    ],
    [
      'orders kept because their customer, the entity itself, is there',
      inShop('n = count(orders last 30d)', {
        tables: 'check orders { refers(customer, customers) quarantine }\n',
        label: 'count(orders next 60d) == 0\n  delay: 0d',
      }),
    ],
    ['a late value in the condition of the window', inShop('n = count(orders last 30d where not returned)')],
    ['the earliest of each', inShop('n = count(one last 30d)', { tables: 'table one = orders | dedupe by customer keep earliest' })],
    [
      'the row before of the same customer',
      inShop('x = last(before of s)', { tables: 'table s = orders | sort by customer, placed_at | derive before = lag(amount, 1)' }),
    ],
    [
      'the rarer class against a share of the others',
      onShip('pclass', {
        each: 'sample',
        tables:
          'table old = passengers | where age > 30\ntable young = passengers | where age <= 30 | sample 50% seed 1\ntable sample = old | union young',
      }),
    ],
    [
      'outcomes of others once they are known',
      inShop('record = rate(repaid of loans via customer last 1y)', {
        tables:
          'source loans = csv("l.csv") until 2024-12-31 { loan : key, customer : ref customers, granted : timestamp @time @known(+0d), repaid : bool @known(+60d) }\n',
        each: 'loans',
        at: 'at granted',
        label: 'repaid',
      }),
    ],
    ['one of each key', inShop('n = count(one last 30d)', { tables: 'table one = orders | dedupe by order_id keep latest' })],
    [
      'the row before, in the order of events',
      inShop('x = avg(step of steps last 30d)', {
        tables: 'table steps = orders | sort by customer, placed_at | derive before = lag(amount, 1) | derive step = amount - before',
      }),
    ],
    ['a share drawn by hash', inShop('n = count(some last 30d)', { tables: 'table some = orders | sample 10% seed 1' })],
    [
      'a version until the next one is known',
      inShop('x = count(h last 30d where valid_to == null)', {
        tables: 'table h = orders | select customer, placed_at, amount | history by customer at placed_at',
      }),
    ],
    [
      'a known time stated late enough',
      inShop('r = rate(sent of slow last 90d)', {
        tables: 'table slow = orders | derive sent = returned, later = placed_at + 30d | known sent at later',
      }),
    ],
    ['a key that only links', inShop('n = distinct(order_id of orders last 30d)')],
    ['a column through the ref that links the label', inShop('x = customer.region', orderTask)],
    [
      'the first row of a group',
      inShop('x = days(first, cutoff)', {
        each: 'buyers',
        tables: 'table buyers = orders | group by customer { first = min(placed_at) } | time first known first',
      }),
    ],
    [
      'what the latest row before the cutoff says of what the label counts',
      inShop('x = latest', {
        ...orderTask,
        each: 'joined',
        label: 'count(tickets via customer next 30d where kind == "a") > 0',
        tables:
          'source tickets = csv("t.csv") {\n  customer : ref customers\n  opened : timestamp @time @known(+0d)\n  kind : category { "a", "b" } immutable\n}\ntable kinds = tickets | rename kind as latest\ntable joined = orders | join kinds on customer as of placed_at',
      }),
    ],
    [
      'the test rows of a later split',
      inShop('n = count(orders)', {
        split: `${byTime}\nsplit later for t by time { train: ..2024-02-29, test: 2024-10-01.., gap: 60d }`,
        model: learn.replace('on test', 'on later.test'),
      }),
    ],
    [
      'a gap of as many months as the label needs',
      inShop('n = count(orders via customer)', {
        ...orderTask,
        label: 'count(orders via customer next 2mo) > 0',
        split: 'by time { train: ..2024-08-31, test: 2024-09-01.., gap: 2mo }',
      }),
    ],
    [
      'months between cutoffs of a grid',
      inShop('n = count(orders)', { label: 'count(orders next 1mo) == 0', split: 'by time { train: ..2024-02-29, test: 2024-03-01.. }' }),
    ],
    ['a random split without times', onShip('pclass', { split: atRandom }).replace(' @group', '')],
  ])('%s', (_, program) => expect(leaks(program)).toEqual([]));

  it('are claimed where there is one', () => {
    const standing = (program: string) => {
      const analysis = createAnalysis();
      analysis.setFile('main.cupel', { kind: 'text', text: program });
      analysis.diagnostics('main.cupel');
      return analysis
        .verdicts('main.cupel')
        .flatMap(({ declares, declaration, leaks: count }) => (count ? [`${declares} ${declaration} ${count}`] : []));
    };
    expect(standing(inShop('n = count(orders)', { split: atRandom }))).toEqual(['split t 1']);
    expect(standing(inShop('n = ahead(30d)', { tables: 'def ahead(d) = count(orders next d)' }))).toEqual(['features f 1']);
    expect(standing(onShip('pclass', { model: learn.replace('on test', 'on train') }))).toEqual(['evaluate m on train 1']);
    expect(standing(inShop('n = count(orders)', { each: 'customers where note == null' }))).toEqual(['task t 1']);
    expect(standing(onShip('pclass'))).toEqual([]);
  });
});

describe('a quarantine of a table of another file', () => {
  const rules = (check: string): string[] => {
    const analysis = createAnalysis();
    analysis.setFile('shop.cupel', { kind: 'text', text: shop });
    const main = `import { customers, orders } from "./shop.cupel"
${check}
task t { each c in customers, at every month from 2023-01-01 to 2024-06-01, label gone = count(orders next 30d) == 0, delay: 30d }
split t by time { train: ..2024-01-31, test: 2024-03-01.. }
features f for t { n = count(orders last 30d) }
model m = baseline(f)
evaluate m on test { auc }
`;
    analysis.setFile('main.cupel', { kind: 'text', text: main });
    return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'info' ? [] : [rule]));
  };

  it('decides which rows the file reads: by what comes later', () =>
    expect(rules('check orders { returned == false  quarantine }')).toContain('rows-known-late'));

  it('by what is known with the row is fine, and so is what only warns', () => {
    expect(rules('check orders { amount >= 0  quarantine }')).toEqual([]);
    expect(rules('check orders { returned == false  warn }')).toEqual([]);
  });
});

describe('an inner join to the own row of the observation', () => {
  const rules = (tables: string, via = ''): string[] => {
    const analysis = createAnalysis();
    const text = `${shop}${tables}
task t { each c in some, at every month from 2023-01-01 to 2024-06-01, label gone = count(orders next 30d) == 0 }
split t by time { train: ..2024-01-31, test: 2024-03-01.. }
features f for t { n = count(met last 30d ${via}) }
model m = baseline(f)
evaluate m on test { auc }
`;
    analysis.setFile('main.cupel', { kind: 'text', text });
    return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'info' ? [] : [rule]));
  };
  const some = 'table some = customers | where region != "north"';

  it('is settled at the cutoff, though the observations are those of a table of their own', () =>
    expect(rules(`${some}\ntable met = orders | inner join customers on customer == customer_id`)).toEqual([]));

  it.each([
    ['a column that is no ref', 'giver : text immutable'],
    ['another ref', 'giver : ref customers'],
    ['another ref that is gone by then', 'giver : ref customers', ' | drop giver'],
  ])('is not where the partner is that of %s', (_, column, then = '') => {
    const gifts = `source gifts = csv("g.csv") { customer : ref customers, ${column}, given : timestamp @time @known(+0d) }`;
    const met = `table met = gifts | inner join customers on giver == customer_id | select customer, giver, given${then}`;
    expect(rules(`${some}\n${gifts}\n${met}`, 'via customer')).toEqual(['rows-known-late']);
  });

  it('is not, where the partner is there by what is known later', () =>
    expect(
      rules(`${some}\ntable late = orders | where returned | select order_id\ntable met = orders | inner join late on order_id == order_id`),
    ).toContain('rows-known-late'));
});

it('what is known late may be known in time of the row before', () => {
  const tables = 'table chain = orders | sort by customer, placed_at | derive before = lag(returned, 1)\n';
  const features = 'r = rate(before of chain via customer last 20d)\n  b = if before then 1 else 0';
  expect(leaks(inShop(features, { ...orderTask, each: 'chain', tables }))).toEqual([]);
  expect(leaks(inShop(features.replaceAll('before', 'returned'), { ...orderTask, each: 'chain', tables }))).toEqual([
    'always-null «returned»',
    'always-null «returned»',
  ]);
});

describe('a figure over all rows', () => {
  const told = (text: string): readonly (string | null | undefined)[] => {
    const analysis = createAnalysis();
    analysis.setFile('main.cupel', { kind: 'text', text });
    const found = analysis.diagnostics('main.cupel').find(({ rule }) => rule === 'all-rows-aggregate');
    return [found?.label, found?.help];
  };

  it('is told of later rows and a window where there are cutoffs', () =>
    expect(
      told(
        inShop('total', {
          each: 'both',
          tables: 'table sums = orders | group by customer { total = sum(amount) }\ntable both = customers | join sums on customer_id == customer',
        }),
      ),
    ).toEqual(['later rows are in it', 'Aggregate in `features`, over a window that ends at the cutoff: `sum(amount of orders last 90d)`.']));

  it('is told of partitions where there are none, and of the rows that refer to the observed one', () =>
    expect(
      told(
        onShip('kg', {
          each: 'both',
          tables: `source bags = csv("b.csv") { bag : key, owner : ref passengers, weight : float }
table loads = bags | group by owner { kg = sum(weight) }
table both = passengers | join loads on pid == owner
`,
        }),
      ),
    ).toEqual([
      'rows of every partition are in it',
      'Aggregate in `features`, over the rows that refer to the observed one: `sum(weight of bags)`.',
    ]));

  it('is learned in training where no rows refer to the observed one', () =>
    expect(
      told(
        onShip('mean', {
          each: 'both',
          tables: 'table means = passengers | group by pclass { mean = rate(survived) }\ntable both = passengers | join means on pclass',
        }),
      ),
    ).toEqual([
      'rows of every partition are in it',
      'Leave it out. What training rows say of a group is learned in `features`: `pclass |> target_encode(folds: 5)`.',
    ]));
});
