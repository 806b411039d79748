/** Rows that are kept for having a label: why that is wrong although rows without one are left out anyway, and what other choices are. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

const program = (each: string, label: string): string => `source loans = csv("l.csv") {
  loan_id : key
  amount  : float
  paid    : int?  @after(outcome)
}
task t { each l in loans${each}, label repaid = ${label} }
split t at random { test: 20%, validate: 15%, seed: 1 }
features f for t { amount }
model m = gradient_boosting(f)
evaluate m on test { auc }
`;

function said(each: string, label = 'paid > 2'): readonly (string | null)[] {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text: program(each, label) });
  return analysis.diagnostics('main.cupel').flatMap(({ rule, help }) => (rule === 'outcome-conditioned-rows' ? [help] : []));
}

const leave = 'Leave this condition out: rows without a label are not learned from or judged anyway, and are counted.';
const choose = 'Choose the rows of `t` by what is known when a prediction is due.';

describe('rows that are chosen by whether they have a label', () => {
  it.each([
    ['need no condition', ' where paid != null', 'paid > 2', leave],
    ['among other conditions', ' where amount > 0 and paid != null', 'paid > 2 and paid < 9 == true', choose],
    ['of a calculation', ' where amount > 0 and paid != null', 'paid * 2 > 2', leave],
    ['are others where the label has a value without it', ' where paid != null', '(paid ?? 0) > 2', choose],
    ['are others where the value counts', ' where paid > 1', 'paid > 2', choose],
    ['are others where those without are kept', ' where paid == null', 'paid > 2', choose],
    ['are others where one of two conditions is enough', ' where paid != null or amount > 3', 'paid > 2', choose],
  ])('%s', (_, each, label, help) => expect(said(each, label)).toEqual([help]));

  it('are all rows without a condition', () => expect(said('')).toEqual([]));
});

describe('at cutoffs', () => {
  const told = (where: string, label = 'owed'): readonly string[] => {
    const analysis = createAnalysis();
    const text = `source accounts = csv("a.csv") until 2024-12-31 {
  id     : key
  opened : timestamp @time @known(+0d)
  branch : text immutable
  closed : timestamp
  owed   : float? @known(closed)
  fee    : float? immutable
}
task t { each a in accounts where ${where}, at every month from 2024-01-01 to 2024-10-01, label left = ${label}, delay: 30d }
split t by time { train: ..2024-04-30, test: 2024-07-01.., gap: 30d }
features f for t { branch, age = days(opened, cutoff) }
model usual = baseline(f)
model m = gradient_boosting(f)
evaluate m on test { rmse }
`;
    analysis.setFile('main.cupel', { kind: 'text', text });
    return analysis.diagnostics('main.cupel').map(({ rule }) => rule);
  };
  it.each([
    ['rows whose outcome is still to come are those of the use', 'owed == null', []],
    ['… and of one branch', 'branch == "a" and owed == null', []],
    ['… however that is written', 'not (owed != null)', []],
    ['… or denied with another condition', 'not (branch != "a" or not (owed == null))', []],
    ['rows whose outcome is known are not', 'owed != null', ['outcome-conditioned-rows']],
    ['nor those of some outcomes', 'owed == null or owed > 3', ['outcome-conditioned-rows']],
    ['… which are as good as none', '(owed ?? 0) == 0', ['outcome-conditioned-rows']],
    ['nor those of which one of two is denied', 'not (branch != "a" and owed != null)', ['outcome-conditioned-rows']],
  ])('%s', (_, where, expected) => expect(told(where)).toEqual(expected));

  it('rows without an outcome in a cell that is known with the row are chosen by what it ends as', () => {
    expect(told('fee == null', 'fee != null')).toContain('outcome-conditioned-rows');
    expect(told('owed == null', 'fee != null')).not.toContain('outcome-conditioned-rows');
  });
});
