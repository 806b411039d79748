/** Rows that an evaluation picks by their outcome: told as those that a task picks by it. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

const declared = (isTimed: boolean): string => `source orders = csv("o.csv") until 2024-12-31 {
  id       : key
  placed   : timestamp  ${isTimed ? '@time @known(+0d)' : ''}
  amount   : float? immutable
  late     : bool  ${isTimed ? '@known(+60d)' : ''}
  returned : bool?  @after(outcome)
  reason   : text?  @after(outcome)
  refund   : float?
  state    : text  @current
}
task t {
  each o in orders
${isTimed ? '  at placed\n' : ''}  label back = refund > 3
${isTimed ? '  delay: 60d\n' : ''}}
split t ${isTimed ? 'by time { train: ..2024-03-31, test: 2024-08-01.., gap: 60d }' : 'at random { test: 20%, seed: 1 }'}
features f for t { amount }
model m = baseline(f)
`;

/** What of an evaluation's condition is told as picked by the outcome. */
function found(condition: string, isTimed: boolean, by = 'outcome-conditioned-rows'): readonly string[] {
  const text = `${declared(isTimed)}evaluate m on test { auc }\nevaluate m on test where ${condition} as part { auc >= 0.7 }\n`;
  const lines = text.split('\n');
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis
    .diagnostics('main.cupel')
    .filter(({ rule }) => rule === by)
    .map(({ range: { start, end } }) => lines[start.line]?.slice(start.character, end.character) ?? '');
}

describe.each([
  ['with cutoffs', true],
  ['without', false],
] as const)('%s', (_, isTimed) => {
  it.each([
    ['what is filled in after it', 'returned', ['returned']],
    ['one of several conditions', 'amount > 3 and reason == "torn"', ['reason']],
    ['whether there is such a value', 'reason != null', ['reason']],
    ['what the label is computed from', 'refund > 8', ['refund']],
    ['either', 'amount > 3 or refund > 8', ['refund']],
  ])('%s', (_, condition, told) => expect(found(condition, isTimed)).toEqual(told));

  it.each([
    ['what is known of the row', 'amount > 3'],
    ['whether there is such a value', 'amount != null'],
    ['whether there is a label: others are not judged anyway', 'refund != null'],
    ['one that reads as null at the cutoff', 'late'],
  ])('is quiet on %s', (_, condition) => expect(found(condition, isTimed)).toEqual([]));
});

describe('where no evaluation takes all rows', () => {
  const alone = (condition: string) => {
    const analysis = createAnalysis();
    analysis.setFile('main.cupel', { kind: 'text', text: `${declared(true)}evaluate m on test where ${condition} { auc }\n` });
    const all = analysis.diagnostics('main.cupel').filter(({ rule }) => rule === 'filtered-test' || rule === 'outcome-conditioned-rows');
    return all.map(({ rule, fixes }) => [rule, ...fixes.map(({ title }) => title)]);
  };

  it.each([
    ['refund > 8', 'outcome-conditioned-rows'],
    ['amount > 3 and returned', 'outcome-conditioned-rows'],
    ['amount > 3', 'filtered-test'],
  ])('%s is told once, with the edit that takes all: %s', (condition, rule) =>
    expect(alone(condition)).toEqual([[rule, 'Judge all rows of `test`']]),
  );

  it('a condition on the label that leaves out what has none is of test all the same', () =>
    expect(alone('refund != null')).toEqual([['filtered-test', 'Judge all rows of `test`']]));
});

it('segments show all rows, each among its like', () => {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text: `${declared(false)}evaluate m on test { auc, by reason { auc } }\n` });
  expect(analysis.diagnostics('main.cupel').filter(({ severity }) => severity === 'error')).toEqual([]);
});

it('the condition of a model and a task of another file', () => {
  const analysis = createAnalysis();
  analysis.setFile('base.cupel', { kind: 'text', text: `${declared(true)}def torn(x) = x == "torn"\n` });
  const text = 'import { m, torn } from "./base.cupel"\nevaluate m on test where torn(reason) as part { auc }\nevaluate m on test { auc }\n';
  analysis.setFile('main.cupel', { kind: 'text', text });
  expect(analysis.diagnostics('main.cupel').filter(({ severity }) => severity === 'error')).toMatchObject([
    { rule: 'outcome-conditioned-rows', range: { start: { line: 1 } } },
  ]);
});

it("rows picked by today's state, where predictions are made before", () => {
  expect(found('state == "shut"', true, 'current-state')).toEqual(['state']);
  expect(found('amount > 3', true, 'current-state')).toEqual([]);
  expect(found('state == "shut"', false, 'current-state')).toEqual([]);
});
