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

  it.each([
    ['s = log1p(x)', '`s` has none where `x` is -1 or less', '`x : float in 0..`'],
    ['s = sqrt(x) |> standardize', '`s` has none where `x` is less than 0', '`x : float in 0..`'],
    ['s = ln(x)', '`s` has none where `x` is 0 or less', '`x : float in 0.01..`'],
    ['s = ln(n)', '`s` has none where `n` is 0 or less', '`n : int in 1..`'],
    ['s = 1 / n', '`s` has none where `n` is 0', '`n : int in 1..`'],
    ['s = ratio(x, n)', '`s` has none where `n` is 0', '`n : int in 1..`'],
    ['s = n % n', '`s` has none where `n` is 0', '`n : int in 1..`'],
    ['s = x / (n - 1)', '`s` has none where what it is computed from is 0', null],
    ['s = 1 / count(orders)', '`s` has none where what it is computed from is 0', null],
    ['s = log1p(sum(amount of orders))', '`s` may be null', null],
    ['s = age', '`s` may be null', null],
  ])('%s: %s', (features, message, declaration) => {
    const analysis = createAnalysis();
    const columns = '  x : float immutable\n  n : int immutable\n  age : int? immutable';
    const text = shop(columns, features, 'logistic_regression');
    analysis.setFile('main.cupel', { kind: 'text', text });
    const [first, ...others] = analysis.diagnostics('main.cupel');
    expect([first?.message, others]).toEqual([`\`logistic_regression\` needs a value in every row, and ${message}.`, []]);
    expect(first?.help).toContain('|> impute(median)');
    if (declaration === null) return;
    expect(first?.help).toContain(declaration);
    const at = first?.related.at(-1)?.range.start.line ?? 0;
    expect(text.split('\n')[at]).toBe(declaration.includes('x :') ? '  x : float immutable' : '  n : int immutable');
    const mended = text.replace(declaration.includes('x :') ? '  x : float' : '  n : int', `  ${declaration.slice(1, -1)}`);
    analysis.setFile('main.cupel', { kind: 'text', text: mended });
    expect(analysis.diagnostics('main.cupel')).toEqual([]);
  });

  it('offers to fill the gaps', () => {
    const analysis = createAnalysis();
    const text = shop('', '  s = avg(amount of orders last 30d)', 'logistic_regression');
    analysis.setFile('main.cupel', { kind: 'text', text });
    const [edit] = analysis.diagnostics('main.cupel')[0]?.fixes[0]?.edits ?? [];
    expect(edit?.text).toBe(' |> impute(median)');
    expect(edit?.range.start).toEqual(edit?.range.end);
  });
});
