/** Which claims hold of a program, how, and what each answer rests on. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';
import type { Claim } from './claim.ts';

interface Parts {
  readonly orders?: string;
  readonly split?: string;
  readonly features?: string;
  readonly model?: string;
  readonly evaluate?: string;
}

const shop = ({
  orders = '@known(+0d)',
  split = 'test: 2024-09-01.., gap: 60d',
  features = 'n = count(orders last 30d)',
  model = '',
  evaluate = 'evaluate m on test { auc }',
}: Parts) =>
  `source customers = csv("c.csv") {
  customer_id : key
  signed_up   : timestamp  @time @known(+0d)
  plan        : text  @current
  note        : text  @after(outcome)
}
source orders = csv("o.csv") until 2024-12-31 {
  customer  : ref customers
  placed_at : timestamp  @time ${orders}
  amount    : float immutable
}
task t { each c in customers, at every month from 2023-01-01 to 2024-10-01, label gone = count(orders next 60d) == 0 }
split t by time { train: ..2024-02-29, validate: 2024-05-01..2024-06-30, ${split} }
features f for t {
  ${features}
}
model m = logistic_regression(f)${model}
${evaluate}
`;

function claims(text: string): readonly Claim[] {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  analysis.diagnostics('main.cupel');
  return analysis.claims('main.cupel');
}

/** Claims that are not proved by the text. */
const open = (text: string): string[] =>
  claims(text).flatMap(c => (c.verdict === 'proved' || c.verdict === 'needs data' ? [] : [`${c.kind} ${c.subject ?? c.type} ${c.verdict}`]));

describe('claims', () => {
  it('are all proved, or left to the data, where nothing leaks and everything is declared', () => {
    expect(open(shop({}))).toEqual([]);
    expect(new Set(claims(shop({})).map(c => c.type))).toEqual(new Set(['L1.1', 'L1.2', 'L1.3', 'L1.4', 'L2', 'L3.1', 'L3.2', 'L3.3']));
  });

  it.each([
    ['a feature that reads the future', { features: 'n = count(orders next 7d)' }, ['features n leaks']],
    ['a feature made of one that leaks', { features: 'n = count(orders next 7d)\n  m = n + 1' }, ['features n leaks', 'features m leaks']],
    ['a column of today', { features: 'plan' }, ['features plan leaks']],
    ['a column of after the outcome', { features: 'x = note == "a"' }, ['features x leaks']],
    ['a finding that is allowed', { features: 'plan  // cupel: allow current-state because "audited"' }, ['features plan assumed']],
    ['a gap that is too short', { split: 'test: 2024-07-15.., gap: 7d' }, ['split L3.1 leaks']],
    ['a choice on test', { model: ' { threshold: max f1 on test }' }, ['model L1.1 leaks']],
    ['rows that were learned from', { evaluate: 'evaluate m on train { auc }' }, ['evaluate L1.1 leaks']],
    ['undeclared availability', { orders: '' }, ['task label assumed', 'features n assumed']],
  ] as const)('%s', (_, parts, expected) => expect(open(shop(parts))).toEqual(expected));

  it('rest on places of the program', () => {
    const of = (parts: Parts, subject: string) => claims(shop(parts)).find(c => c.subject === subject)?.grounds ?? [];
    const text = (parts: Parts, subject: string) => of(parts, subject).map(({ message, range }) => `${range.start.line + 1}: ${message}`);
    expect(text({}, 'n')).toEqual(['15: reads `orders.customer` of the 30 days before the cutoff']);
    expect(text({ features: 'plan  // cupel: allow current-state because "audited"' }, 'plan')).toEqual([
      '15: current-state is allowed here: audited',
    ]);
    expect(text({ features: 'n = count(orders next 7d)' }, 'n')).toEqual(['15: `n` reads `orders` of the 7 days after the cutoff.']);
  });

  it('name the declaration that is assumed, with the fix that states it', () => {
    const [ground] = claims(shop({ orders: '' })).find(c => c.subject === 'n')?.grounds ?? [];
    expect(ground).toMatchObject({ rule: 'unknown-availability', file: 'main.cupel' });
    expect(ground?.range.start.line).toBe(8);
    expect(ground?.fixes.map(fix => fix.title)).toEqual(['State what is assumed']);
  });

  it('name of a source without history the columns that are read', () => {
    const text = shop({ features: 'home' }).replace('signed_up   : timestamp  @time @known(+0d)', 'home : text\n  other : text');
    const analysis = createAnalysis();
    analysis.setFile('main.cupel', { kind: 'text', text });
    const found = analysis.diagnostics('main.cupel').filter(d => d.rule === 'unknown-availability');
    expect(found.map(d => d.message)).toEqual(['`home` of `customers` is assumed never to be overwritten: `customers` has no history.']);
    expect(found[0]?.fixes[0]?.edits).toHaveLength(1);
  });

  it('rest on a source of another file once, where it is declared', () => {
    const [source = '', program = ''] = shop({ features: 'home' })
      .replace('signed_up   : timestamp  @time @known(+0d)', 'home : text')
      .split(/(?=task t)/);
    const analysis = createAnalysis();
    analysis.setFile('data.cupel', { kind: 'text', text: source });
    analysis.setFile('main.cupel', { kind: 'text', text: `import { customers, orders } from "./data.cupel"\n${program}` });
    for (const file of ['data.cupel', 'main.cupel']) analysis.diagnostics(file);
    const grounds = analysis.claims('main.cupel').find(c => c.subject === 'home')?.grounds ?? [];
    expect(grounds.map(({ message, file, range }) => `${file}:${range.start.line + 1} ${message}`)).toEqual([
      'data.cupel:1 `home` of `customers` is assumed never to be overwritten: `customers` has no history.',
    ]);
  });

  it('name of an assumed source the columns that are read', () => {
    const told = (features: string, subject: string) =>
      claims(shop({ orders: '\n  status    : text', features }).replace('float immutable', 'float')).find(c => c.subject === subject)?.grounds[0]
        ?.message;
    const rows = 'Rows of `orders` are assumed to be known at `placed_at`';
    expect(told('n = count(orders last 30d)', 'n')).toBe(`${rows}.`);
    const two = 'n = count(orders last 30d)\n  spent = sum(amount of orders last 30d)';
    expect([told(two, 'n'), told(two, 'spent'), told(two, 'label')]).toEqual([
      `${rows}, and \`amount\` never to be overwritten.`,
      `${rows}, and \`amount\` never to be overwritten.`,
      `${rows}.`,
    ]);
  });
});
