import { describe, expect, it } from 'vitest';
import { quarantineFacts } from './checks.ts';
import { factsText, typedProgram } from './testProgram.ts';
import type { CheckClaimModel } from './typed.ts';

const sources = `
source customers = csv("c.csv") { id : key\n since : timestamp @time @known(+0d) }
source plain = csv("p.csv") { n : int immutable }
source orders = csv("o.csv") {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp     @time @known(+2d)
  amount    : float? in 0..100  immutable
  fare      : float in 0..  immutable
  returned  : bool          @known(+30d)
  status    : category { "paid", "sent" }  immutable
}
`;
const check = (claims: string): ReturnType<typeof typedProgram> => typedProgram(`${sources}\ncheck orders {\n${claims}\n}\n`);
const claims = (text: string): readonly CheckClaimModel[] => check(text).checks[0]?.claims ?? [];
const shown = ({ claim, severity }: CheckClaimModel): string => {
  switch (claim.kind) {
    case 'row':
    case 'aggregate':
      return `${claim.kind}, ${severity}`;
    case 'complete':
      return `complete ${claim.column} ${claim.atLeast}, ${severity}`;
    case 'unique':
      return `unique ${claim.columns.join(' ')}, ${severity}`;
    case 'fresh':
      return `fresh ${claim.column} ${claim.within.micros / 3_600_000_000}h, ${severity}`;
    case 'refers':
      return `refers ${claim.column} ${claim.table}.${claim.key}, ${severity}`;
  }
};

describe('claims', () => {
  it.each([
    ['count() >= 1000', 'aggregate, error'],
    ['rate(returned) <= 2%  warn', 'aggregate, warn'],
    ['avg(amount) in 10..20', 'aggregate, error'],
    ['amount in 0..50', 'row, error'],
    ['amount < 50  quarantine', 'row, quarantine'],
    ['amount <= fare', 'row, error'],
    ['status matches "^p"  warn', 'row, warn'],
    ['complete(amount) >= 98%', 'complete amount 0.98, error'],
    ['98% <= complete(amount)', 'complete amount 0.98, error'],
    ['complete(amount)', 'complete amount 1, error'],
    ['complete(amount) == 100%', 'complete amount 1, error'],
    ['unique(customer, placed_at)', 'unique customer placed_at, error'],
    ['fresh(placed_at) <= 1d  warn', 'fresh placed_at 24h, warn'],
    ['refers(customer, customers)', 'refers customer customers.id, error'],
  ])('%s', (text, model) => {
    expect(check(text).problems).toEqual([]);
    expect(claims(text).map(shown)).toEqual([model]);
  });

  it('quote their text', () => expect(claims('count()   >=\n 1000  warn').map(c => c.text)).toEqual(['count() >= 1000']));
});

describe('what declared types decide', () => {
  it.each([
    ['fare >= 0', ['always-holds «fare >= 0»']],
    ['amount in 0..100', ['always-holds «amount in 0..100»']],
    ['count() >= 0', ['always-holds «count() >= 0»']],
    ['complete(fare) >= 98%', ['always-holds «complete(fare) >= 98%»']],
    ['complete(amount) >= 0%', ['always-holds «complete(amount) >= 0%»']],
    ['fare < 0', ['impossible-range «fare < 0»']],
    ['amount > 100', ['impossible-range «amount > 100»']],
    ['complete(amount) >= 98', ['impossible-range «complete(amount) >= 98»']],
    ['fresh(placed_at) <= -1d', ['impossible-range «fresh(placed_at) <= -1d»']],
  ])('%s', (text, problems) => expect(check(text).problems).toEqual(problems));
});

describe('claims that cannot be read', () => {
  it.each([
    ['complete(amount) < 98%', ['claim-form «complete(amount) < 98%»']],
    ['complete(amount) == 98%', ['claim-form «complete(amount) == 98%»']],
    ['complete(amount + 1) >= 98%', ['claim-form «amount + 1»']],
    ['complete(amont) >= 98%', ['unknown-column «amont»']],
    ['unique()', ['claim-form «unique()»']],
    ['unique(order_id) >= 2', ['claim-form «unique(order_id) >= 2»']],
    ['fresh(placed_at) >= 1d', ['claim-form «fresh(placed_at) >= 1d»']],
    ['fresh(amount) <= 1d', ['role-does-not-fit «amount»']],
    ['refers(customer)', ['claim-form «refers(customer)»']],
    ['refers(customer, custmers)', ['unknown-table «custmers»']],
    ['refers(customer, plain)', ['ref-without-key «plain»']],
    ['refers(amount, customers)', ['join-mismatch «amount»']],
    ['amount', ['type-mismatch «amount»']],
    ['amont >= 0', ['unknown-name «amont»']],
    ['limit: 3', ['claim-form «limit»']],
    ['amount < 50  wran', ['unknown-severity «wran»']],
    ['amount < 50  warn error', ['unknown-severity «error»']],
    ['count() >= 10  quarantine', ['unknown-severity «quarantine»']],
    ['unique(customer)  quarantine', ['quarantine-across-rows «quarantine»']],
    ['unique(order_id)  quarantine', []],
  ])('%s', (text, problems) => expect(check(text).problems).toEqual(problems));

  it('of a table that is not there', () =>
    expect(typedProgram(`${sources}check order { count() >= 1 }`).problems).toEqual(['unknown-table «order»']));
  it('suggests the severity that was meant', () =>
    expect(check('amount < 50  warning').messages).toEqual(['There is no severity `warning`. Did you mean `warn`?']));
});

describe('quarantine', () => {
  const facts = (text: string): string => {
    const { checks, program } = check(text);
    return checks[0] ? factsText(quarantineFacts(checks[0], name => program.relation('main.cupel', name))) : '';
  };
  it.each([
    ['amount < 50  quarantine', 'orders.placed_at + 2d'],
    ['returned == false  quarantine', 'orders.placed_at + 30d'],
    ['returned == false  error', '-'],
  ])('rows that stay owe it to the claim: %s', (text, expected) => expect(facts(text)).toBe(expected));

  it('of rows without a partner rests on the partner, which is another row even of the same table', () =>
    expect(facts('refers(customer, customers)  quarantine')).toMatch(/^orders~\d+\/customers\.since, orders\.placed_at \+ 2d$/));

  it.each([
    ['waits for the partner’s key', '@known(+9d)', 'customers.since + 9d'],
    ['rests on what the partner’s key rests on', '@after(outcome)', 'leaks after-outcome(customers.id)'],
  ])('of rows without a partner %s', (_, role, text) => {
    const { checks, program } = typedProgram(
      `${sources.replace('id : key', `id : key ${role}`)}\ncheck orders { refers(customer, customers)  quarantine }\n`,
    );
    const facts = checks[0] && quarantineFacts(checks[0], name => program.relation('main.cupel', name));
    expect(facts && factsText(facts)).toContain(text);
  });

  it('of rows without a partner keeps what is assumed of the partner', () => {
    const { checks, program } = typedProgram(`${sources.replace('@known(+0d)', '')}\ncheck orders { refers(customer, customers)  quarantine }\n`);
    const facts = checks[0] && quarantineFacts(checks[0], name => program.relation('main.cupel', name));
    expect(facts && factsText(facts)).toContain('assumed unknown-availability(customers)');
  });

  it('reaches every reader of the table', () => {
    expect(factsText(check('returned == false  quarantine').relation('orders').exists)).toBe('orders.placed_at + 30d');
  });
});
