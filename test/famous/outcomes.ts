/** Columns that are there only because the outcome is: filled in with it, or after it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvOf, drawsOf, type FamousCase, logistic, rowsOf } from './famousCase.ts';

const atRandom = 'at random { test: 30%, seed: 3 }';

/** Who is called talks longer when the answer is going to be yes; before the call its length is unknown. */
function calls(): string {
  const { normal, chance } = drawsOf(11);
  return csvOf(
    rowsOf(1200, i => {
      const [age, balance] = [40 + 10 * normal(), 1000 + 800 * normal()];
      const subscribed = chance(logistic(-1.6 + 0.03 * (age - 40) + 0.0006 * (balance - 1000)));
      const seconds = Math.exp((subscribed ? 6.3 : 5.1) + 0.6 * normal());
      return { client: `c${i}`, age: Math.round(age), balance: Math.round(balance), duration: Math.round(seconds), subscribed };
    }),
  );
}

/** Only of a loan that was written off is anything ever recovered. */
function loans(): string {
  const { normal, chance } = drawsOf(12);
  return csvOf(
    rowsOf(1200, i => {
      const [income, rate] = [Math.exp(10.8 + 0.5 * normal()), 12 + 4 * normal()];
      const defaulted = chance(logistic(-1.7 + 0.16 * (rate - 12) - 0.9 * (Math.log(income) - 10.8)));
      return {
        loan: `l${i}`,
        income: Math.round(income),
        rate: rate.toFixed(2),
        recoveries: defaulted && chance(0.9) ? Math.round(900 * Math.exp(normal())) : 0,
        defaulted,
      };
    }),
  );
}

const titanic = readFileSync(join(import.meta.dirname, '../../examples/titanic/data/titanic.csv'), 'utf8');

export const outcomeCases: readonly FamousCase[] = [
  {
    name: 'the length of a call tells whether the deposit was sold',
    published: 'Moro, Cortez and Rita, Decision Support Systems 62, 2014: the attribute is to be discarded for a realistic model',
    files: { 'calls.csv': calls() },
    program: `source calls = csv("calls.csv") {
  client     : key
  age        : int in 0..120
  balance    : float
  duration   : int unit "s" @after(outcome)
  subscribed : bool
}
task deposit { each call in calls, label subscribed }
split deposit ${atRandom}
features known for deposit {
  age
  balance
⟨CAUSE⟩}
model m = logistic_regression(known)
model usual = baseline(known)
evaluate m on test { auc, auc - usual.auc >= 0 }
`,
    leaky: '  seconds = duration\n',
    honest: '',
    rule: 'after-outcome',
    at: 'duration',
    metric: 'auc',
    pretends: 0.9,
    deserves: [0.55, 0.75],
  },
  {
    name: 'only the saved have a lifeboat',
    published: 'Kaufman, Rosset, Perlich and Stitelman, ACM TKDD 6(4), 2012, on such proxies; the passenger list itself is in examples/titanic',
    files: { 'titanic.csv': titanic },
    program: `source passengers = csv("titanic.csv") {
  pclass   : int in 1..3
  sex      : category { "male", "female" }
  age      : float? in 0..120
  ticket   : text   @group
  boat     : text?  @after(outcome)
  survived : bool
}
task survival { each passenger in passengers, label survived }
split survival by group { group: ticket, test: 30%, seed: 3 }
features who for survival {
  pclass
  sex
  age |> impute(median)
⟨CAUSE⟩}
model m = logistic_regression(who)
model usual = baseline(who)
evaluate m on test { auc, auc - usual.auc >= 0 }
`,
    leaky: '  saved = boat != null\n',
    honest: '',
    rule: 'after-outcome',
    at: 'boat',
    metric: 'auc',
    pretends: 0.97,
    deserves: [0.78, 0.9],
  },
  {
    name: 'a lender recovers money from bad loans only',
    published: 'Kaufman, Rosset, Perlich and Stitelman, ACM TKDD 6(4), 2012: what is known only after the target is no legitimate input',
    files: { 'loans.csv': loans() },
    program: `source loans = csv("loans.csv") {
  loan       : key
  income     : float in 0..
  rate       : float
  recoveries : float in 0.. @after(outcome)
  defaulted  : bool
}
task risk { each loan in loans, label defaulted }
split risk ${atRandom}
features file for risk {
  income |> log1p
  rate
⟨CAUSE⟩}
model m = gradient_boosting(file) { trees: 30, leaves: 8, min_leaf: 10 }
model usual = baseline(file)
evaluate m on test { auc, auc - usual.auc >= 0 }
`,
    leaky: '  recovered = recoveries > 0\n',
    honest: '',
    rule: 'after-outcome',
    at: 'recoveries',
    metric: 'auc',
    pretends: 0.93,
    deserves: [0.55, 0.8],
  },
];
