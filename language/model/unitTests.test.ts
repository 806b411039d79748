import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../createAnalysis.ts';
import { lineIndex, offsetAt } from '../text/lines.ts';

const program = `source orders = csv("o.csv") {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp @time @known(+0d)
  amount    : decimal(8,2) immutable
  paid      : bool immutable
  status    : category { "open", "done" } immutable
  note      : text? immutable
}
source customers = csv("c.csv") {
  customer  : key
  joined    : date immutable
  visits    : int immutable
}
table large = orders | where amount >= 10 | derive half = float(amount) / 2
task leaves { each c in customers, at every month from 2024-01-01 to 2024-06-01, label gone = count(orders next 30d) == 0 }
split leaves by time { train: ..2024-02-29, test: 2024-05-01.., gap: 30d }
features f for leaves { recent = count(orders last 30d), visits }
`;

const said = (test: string): string[] => {
  const analysis = createAnalysis();
  const text = `${program}${test}\n`;
  analysis.setFile('a.cupel', { kind: 'text', text });
  const lines = lineIndex(text);
  return analysis
    .diagnostics('a.cupel')
    .filter(({ severity }) => severity === 'error')
    .map(d => `${d.rule} «${text.slice(offsetAt(lines, text, d.range.start), offsetAt(lines, text, d.range.end))}» ${d.message}`);
};

describe('what a test may say', () => {
  it.each([
    'test large { given orders [ { order_id: "o1", amount: 5, paid: true, status: "open", placed_at: 2024-01-01, note: null } ] expect [] }',
    'test large as halves { given orders [ { amount: 25.50 } ] expect [ { half: 12.75, amount: 25.5 } ] }',
    'test f { given orders [], given customers [ { customer: "c1", visits: 3 } ] cutoff 2024-02-01 expect features { customer: "c1", recent: 0 } }',
  ])('%s', test => expect(said(test)).toEqual([]));
});

describe('what is wrong with a test', () => {
  it.each([
    ['test larg { given orders [] expect [] }', ['unknown-name «larg» There is no table or feature set `larg`.']],
    ['test orders { given orders [] expect [] }', ['incomplete-test «orders» `orders` is a source: what it gives is what is given.']],
    ['test large { given ordrs [] expect [] }', ['unknown-table «ordrs» There is no source `ordrs`.']],
    ['test large { given large [] given orders [] expect [] }', ['incomplete-test «large» `large` is a table, and rows are given to sources.']],
    ['test large { given orders [] given orders [] expect [] }', ['incomplete-test «orders» `orders` is given rows twice.']],
    ['test large { expect [] }', ['incomplete-test «large» The test gives no rows.']],
    ['test large { given orders [] }', ['incomplete-test «large» The test expects nothing.']],
    ['test large { given orders [ { amuont: 5 } ] expect [] }', ['unknown-column «amuont» `orders` has no column `amuont`.']],
    ['test large { given orders [ { amount: "5" } ] expect [] }', ['type-mismatch «"5"» `amount` is decimal(8, 2), and this is text.']],
    ['test large { given orders [ { amount: null } ] expect [] }', ['type-mismatch «null» `amount` is decimal(8, 2) and admits no null.']],
    ['test large { given orders [ { status: "opne" } ] expect [] }', ['unknown-level «"opne"» `status` has no level "opne".']],
    [
      'test large { given orders [ { paid: 1 } ] expect [ { half: true } ] }',
      ['type-mismatch «1» `paid` is bool, and this is a number.', 'type-mismatch «true» `half` is float, and this is true or false.'],
    ],
    ['test large { given orders [ { paid: 1 > 0 } ] expect [] }', ['incomplete-test «1 > 0» A cell of a test is a value that is written out.']],
    ['test large { given orders [ { paid: true, paid: true } ] expect [] }', ['incomplete-test «paid» The row has `paid` twice.']],
    ['test large { given orders [] cutoff 2024-01-01 expect [] }', ['incomplete-test «cutoff 2024-01-01» A table has no cutoff.']],
    ['test large { given orders [] expect features [] }', ['incomplete-test «features» `large` is a table and has no features.']],
    [
      'test f { given orders [] given customers [] expect features [] }',
      ['incomplete-test «f» The features of `f` are as of a cutoff, and the test names none.'],
    ],
    [
      'test f { given orders [] cutoff 2024-01-01 expect features [] }',
      ['incomplete-test «f» `f` reads `customers`, and the test says nothing about its rows.'],
    ],
    [
      'test f { given orders [] given customers [ { visits: 1.5 } ] cutoff 5 expect features { resent: 1 } }',
      [
        'type-mismatch «1.5» `visits` is int, and this is a number.',
        'incomplete-test «5» A cutoff is a date or a moment.',
        'unknown-column «resent» `f` has no column `resent`.',
      ],
    ],
  ])('%s', (test, wanted) => expect(said(test)).toEqual(wanted));
});

it('a test becomes a plan of what it tests, with its rows', () => {
  const analysis = createAnalysis();
  analysis.setFile('a.cupel', {
    kind: 'text',
    text: `${program}test large as some { given orders [ { amount: 25, placed_at: 2024-01-01 } ] expect [ { half: 12.5 } ] }\n`,
  });
  const { tests } = analysis.tests('a.cupel');
  expect(tests).toHaveLength(1);
  const [test] = tests ?? [];
  expect(test).toMatchObject({ name: 'some', node: 'relation large', cutoff: null });
  expect(test?.plan.nodes.map(node => node.id)).toEqual(['scan orders', 'relation large']);
  expect(test?.given[0]?.rows[0]?.cells.map(({ column, value }) => [column, value])).toEqual([
    ['amount', { kind: 'number', value: 25 }],
    ['placed_at', { kind: 'time', value: 1_704_067_200_000_000 }],
  ]);
  // A test is no part of what runs.
  expect(analysis.plan('a.cupel', []).plan?.nodes.some(node => node.id.startsWith('test'))).toBe(false);
});
