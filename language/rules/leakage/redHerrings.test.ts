/** Programs that look like leaks and are none: on each of them all is quiet, whatever the severity. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

function said(text: string): string[] {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis.diagnostics('main.cupel').map(({ rule, range, message }) => `${rule} ${range.start.line + 1}: ${message}`);
}

const scans = `source patients = csv("patients.csv") {
  patient_id : key
  age        : float?
}
source scans = csv("scans.csv") {
  scan_id : key
  patient : ref patients
  density : float?
  kind    : category { "front", "side" }
  ill     : bool
}
task reading { each s in scans, label ill }
split reading by group { group: patient, test: 20%, validate: 20%, folds: 5, seed: 1 }
`;

const shop = `source customers = csv("customers.csv") until 2024-12-31 {
  customer_id : key
  signed_up   : timestamp  @time @known(+0d)
  country     : text immutable
}
source orders = csv("orders.csv") until 2024-12-31 {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp  @time @known(+0d)
  amount    : float immutable
  returned  : bool       @known(+30d)
}
`;
const churn = `${shop}task churn {
  each  customer in customers
  at    every month from 2023-01-01 to 2024-10-01
  label churned = count(orders next 60d) == 0
}
`;
const split = 'split churn by time { train: ..2024-02-29, validate: 2024-05-01..2024-07-01, test: 2024-09-01.., gap: 60d }\n';
const judged = 'model usual = baseline(f)\nmodel m = gradient_boosting(f)\nevaluate m on test { auc >= 0.7 }\n';

describe('red herrings', () => {
  it.each([
    [
      'fitted steps inside the scope of the split',
      `${scans}features f for reading {
  density |> impute(median) |> standardize
  age     = patient.age |> impute(mean) |> quantile_bin(bins: 4)
  kind    |> target_encode(folds: 5)
}
${judged}`,
    ],
    [
      'settings searched on inner folds, and judged on folds of nothing chosen',
      `${scans}features f for reading { density }
model usual = baseline(f)
model m = gradient_boosting(f) { tune { depth: 3..8, trials: 10, by: auc }, calibrate: platt, threshold: max f1 }
evaluate m on test { auc >= 0.7, f1 }
evaluate usual on folds { auc }
`,
    ],
    [
      'resampling and weights in training',
      `${scans}features f for reading { density |> impute(median) }\nmodel usual = baseline(f)\nmodel m = gradient_boosting(f) { balance: oversample }\nevaluate m on test { auc >= 0.7 }\n`,
    ],
    ['an entity column with a group split', `${scans}features f for reading { density }\n${judged}`],
    [
      'what is known of the entity, with a group split',
      `${scans}features f for reading { age = patient.age, n = count(scans via patient) }\n${judged}`,
    ],
    [
      'a lagged label that is already decided',
      `${churn}${split}features f for churn {
  before = count(orders last 60d) == 0
  back   = rate(returned of orders last 90d)
}
${judged}`,
    ],
    [
      "others' outcomes that are decided",
      `${shop}task returns { each o in orders, at placed_at, label back = returned, delay: 30d }
split returns by time { train: ..2024-02-29, test: 2024-04-01.., gap: 30d, folds: 4 }
features f for returns { amount, rate = rate(returned of orders via customer last 180d) }
${judged}evaluate m on folds { auc }
`,
    ],
    [
      'a date split written as a predicate',
      `${churn}split churn by time { train: cutoff < 2024-03-01, test: cutoff >= 2024-09-01, gap: 60d }
features f for churn { n = count(orders last 30d) }
${judged}`,
    ],
    ['several rows of one entity over time', `${churn}${split}features f for churn { n = count(orders last 30d), country }\n${judged}`],
    [
      'a small test set with a reason',
      `${churn}// Fifteen customers a month are all there are.
split churn by time { train: ..2024-06-30, test: 2024-10-01..2024-10-01, gap: 60d }
features f for churn { n = count(orders last 30d) }
${judged}`,
    ],
    [
      'a very high score with a cause',
      `${scans}features f for reading { density }
model usual = baseline(f)
model m = gradient_boosting(f)
evaluate m on test { auc >= 0.99, auc - usual.auc >= 0.45 }
`,
    ],
    [
      'a part of the test rows beside the whole',
      `${scans}features f for reading { density }\n${judged}evaluate m on test where kind == "side" as sides { auc }\n`,
    ],
    [
      'the moment of the prediction in a feature, and in the label',
      `source orders = csv("orders.csv") until 2024-12-31 {
  order_id  : key
  opened_at : timestamp   immutable
  placed_at : timestamp   @time @known(+0d)
  back_at   : timestamp?  @known(+30d)
}
task quick { each o in orders, at placed_at, label back = days(placed_at, back_at) < 10, delay: 30d }
split quick by time { train: ..2024-06-30, test: 2024-10-01.., gap: 30d }
features f for quick { age = days(opened_at, cutoff) }
${judged}`,
    ],
    [
      'the same share of positives in each partition',
      `${scans
        .replace('"scans.csv")', '"scans.csv") until 2024-12-31')
        .replace(/split .*/, '')
        .replace(
          'patient : ref patients',
          'patient : text',
        )}split reading at random { test: 20%, validate: 20%, stratify: ill, seed: 1 }\nfeatures f for reading { density }\n${judged}`,
    ],
    [
      'figures of validate on the way',
      `${scans}features f for reading { density }\nmodel usual = baseline(f)\nmodel m = gradient_boosting(f) { early_stop: 10 on validate }\nmodel best = best of usual, m by auc\nevaluate m on validate { auc }\nevaluate best on test { auc >= 0.7 }\n`,
    ],
    [
      'a row drawn by hash ahead of the split',
      `${scans.replace('in scans', 'in some')}table some = scans | sample 50% seed 3\nfeatures f for reading { density }\n${judged}`,
    ],
    [
      'learning again before the last word',
      `${scans}features f for reading { density }\nmodel usual = baseline(f)\nmodel m = gradient_boosting(f)\nmodel best = best of usual, m by auc { refit: train_and_validate }\nevaluate best on test { auc >= 0.7 }\n`,
    ],
  ])('%s', (_, program) => expect(said(program)).toEqual([]));
});
