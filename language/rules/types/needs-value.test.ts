import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

const shop = (columns: string, features: string, algorithm: string) => `
source customers = csv("customers.csv") {
  customer_id : key
  signed_up   : timestamp  @time @known(+0d)
${columns}
}
source orders = csv("orders.csv") until 2024-12-31 {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp        @time @known(+0d)
  amount    : float immutable
}
task churn { each customer in customers, at every month from 2023-01-01 to 2024-10-01, label churned = count(orders next 60d) == 0 }
split churn by time { train: ..2024-02-29, validate: 2024-05-01..2024-07-01, test: 2024-09-01.., gap: 60d }
features activity for churn {
${features}
}
model m = ${algorithm}(activity)
evaluate m on test { auc }
`;

function found(text: string): string[] {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  const lines = text.split('\n');
  return analysis
    .diagnostics('main.cupel')
    .map(({ rule, range }) => `${rule} @ ${lines[range.start.line]?.slice(range.start.character, range.end.character)}`);
}

describe('needs-value', () => {
  it.each([
    ['', 'n = count(orders last 30d)', 'logistic_regression', []],
    ['', 's = sum(amount of orders last 30d)', 'logistic_regression', ['needs-value @ s = sum(amount of orders last 30d)']],
    ['', 's = sum(amount of orders last 30d)', 'neural_net', ['needs-value @ s = sum(amount of orders last 30d)']],
    ['', 's = sum(amount of orders last 30d)', 'gradient_boosting', []],
    ['', 's = sum(amount of orders last 30d) ?? 0', 'logistic_regression', []],
    ['', 's = sum(amount of orders last 30d) |> impute(median)', 'logistic_regression', []],
    ['  age : int immutable', 'age', 'logistic_regression', []],
    ['  age : int? immutable', 'age', 'logistic_regression', ['needs-value @ age']],
    ['  score : float @known(+7d)', 'score', 'logistic_regression', ['needs-value @ score']],
  ])('%s %s for %s: %j', (columns, features, algorithm, expected) => expect(found(shop(columns, features, algorithm))).toEqual(expected));

  it('offers to fill the gaps', () => {
    const analysis = createAnalysis();
    const text = shop('', '  s = avg(amount of orders last 30d)', 'logistic_regression');
    analysis.setFile('main.cupel', { kind: 'text', text });
    const [edit] = analysis.diagnostics('main.cupel')[0]?.fixes[0]?.edits ?? [];
    expect(edit?.text).toBe(' |> impute(median)');
    expect(edit?.range.start).toEqual(edit?.range.end);
  });
});
