import { describe, expect, it } from 'vitest';
import { typedProgram } from './testProgram.ts';
import type { MetricExpr } from './typed.ts';

const base = `
source people = csv("p.csv") {
  person : key
  age    : float immutable
  home   : category { "a", "b" } immutable
  saved  : bool immutable
  worth  : float immutable
}
param least = 0.7
task saving { each p in people, label saved }
task earning { each p in people, label worth }
split saving at random { test: 20%, validate: 15%, seed: 1 }
split narrow for saving at random { test: 30%, seed: 2 }
split earning at random { test: 20%, seed: 1 }
features who for saving {
  age
  old = age > 60
}
features rich for earning { age }
features homes for saving { home }
model usual   = baseline(who)
model linear  = logistic_regression(who) { l2: 0.1 }
model trees   = gradient_boosting(who) { trees: 50, early_stop: 5 on validate }
model other   = gradient_boosting(who) { split: narrow }
model incomes = gradient_boosting(rich)
model best    = best of usual, linear, trees by auc
`;

const typed = (text: string) => {
  const { program, problems } = typedProgram(base + text);
  const declared = program.declarations('main.cupel').map(({ model }) => model);
  return { problems, models: declared.filter(m => m.kind === 'model'), evaluation: declared.find(m => m.kind === 'evaluate') };
};

describe('models', () => {
  it('know their features, task, split and settings, defaults included', () => {
    const { models, problems } = typed('');
    expect(problems).toEqual([]);
    expect(models.map(({ name, features, task, split }) => `${name}: ${features} ${task} ${split}`)).toEqual([
      'usual: who saving saving',
      'linear: who saving saving',
      'trees: who saving saving',
      'other: who saving narrow',
      'incomes: rich earning earning',
      'best: who saving saving',
    ]);
    expect(models[2]?.definition).toMatchObject({
      algorithm: 'gradient_boosting',
      settings: { trees: 50, learning_rate: 0.1 },
      earlyStop: { rounds: 5, on: 'validate' },
    });
    expect(models[5]?.definition).toMatchObject({ kind: 'best', candidates: ['usual', 'linear', 'trees'], by: 'auc', on: 'validate' });
  });

  it.each([
    ['model m = gradient_boosting(who) { tres: 5 }', ['unknown-setting «tres»']],
    ['model m = gradient_boosting(who) { trees: 0 }', ['setting-out-of-range «0»']],
    ['model m = gradient_boosting(who) { increasing: ["age"], decreasing: ["old"] }', []],
    ['model m = gradient_boosting(who) { increasing: ["aeg"] }', ['unknown-name «"aeg"»']],
    ['model m = gradient_boosting(homes) { increasing: ["home"] }', ['wrong-setting «"home"»']],
    ['model m = gradient_boosting(who) { trees: 5, trees: 6 }', ['wrong-setting «trees»']],
    ['model m = gradient_boosting(who) { tune { depth: 3..5 } }', ['missing-setting «tune»']],
    ['model m = gradient_boosting(who) { tune { depth: 3..5, by: auc } }', []],
    ['model m = gradient_boosting(who) { tune { by: auc } }', ['missing-setting «tune»']],
    ['model m = gradient_boosting(who) { tune { depth: 5..3, by: auc } }', ['wrong-setting «5..3»']],
    ['model m = gradient_boosting(who) { tune { depth: 0..3, by: auc } }', ['setting-out-of-range «0»']],
    ['model m = gradient_boosting(who) { tune { learning_rate: log(0.01..0.3), trials: 8, method: random, inner: 3, by: auc on validate } }', []],
    ['model m = gradient_boosting(who) { tune { learning_rate: 0.1, by: auc } }', ['wrong-setting «0.1»']],
    ['model m = gradient_boosting(who) { tune { depht: 3..5, depth: 3..5, by: auc } }', ['unknown-setting «depht»']],
    ['model m = gradient_boosting(who) { tune { depth: 3..5, inner: group(home, 3), by: auc } }', []],
    ['model m = gradient_boosting(who) { tune { depth: 3..5, inner: 1, by: auc } }', ['wrong-setting «1»']],
    ['model m = gradient_boosting(who) { calibrate: isotonic, balance: class_weight, refit: train_and_validate }', []],
    ['model m = gradient_boosting(who) { calibrate: sigmoid }', ['setting-out-of-range «sigmoid»']],
    ['model m = gradient_boosting(who) { threshold: max f1 }', []],
    ['model m = gradient_boosting(who) { threshold: f1 }', ['wrong-setting «f1»']],
    ['model m = gradient_boosting(who) { threshold: max auc }', ['wrong-setting «auc»']],
    ['model m = gradient_boosting(who) { threshold: 1.5 }', ['setting-out-of-range «1.5»']],
    ['model m = gradient_boosting(who) { threshold: cost(fp: 1, fn: 5) on folds }', []],
    ['model m = gradient_boosting(who) { threshold: cost(fp: 1) }', ['wrong-setting «cost(fp: 1)»']],
    ['model m = gradient_boosting(who) { threshold: max f1 on train }', ['wrong-setting «train»']],
    ['model m = stacking(linear, trees) { final: linear_svm, folds: 3 }', []],
    ['model m = stacking(linear, trees) { final: ridge }', ['wrong-setting «ridge»']],
    ['model m = stacking(linear)', ['missing-item «stacking(linear)»']],
    ['model m = blend(linear, trees, linear)', ['wrong-setting «linear»']],
    ['model b = blend(linear, trees)\nmodel m = stacking(b, trees)', ['wrong-setting «b»']],
    ['model b = blend(linear, trees)\nmodel m = best of b, trees by auc on folds', ['wrong-setting «b»']],
    ['model m = best of linear, trees by auc on folds { refit: train_and_validate }', []],
    ['model m = gradient_boosting(who) { early_stop: 5 on test }', []],
    ['model m = gradient_boosting(who) { early_stop: 5 on train }', ['wrong-setting «train»']],
    ['model m = gradient_boosting(who) { split: narrow, early_stop: 5 on validate }', ['missing-item «validate»']],
    ['model m = gradient_boosting(who) { split: narow }', ['unknown-name «narow»']],
    ['model m = gradient_bosting(who)', ['unknown-name «gradient_bosting»']],
    ['model m = autoencoder(who)', ['later-form «autoencoder»']],
    ['model m = gradient_boosting(people)', ['unknown-name «people»']],
    ['model m = logistic_regression(rich)', ['type-mismatch «logistic_regression»']],
    ['model m = best of linear, tres by auc', ['unknown-name «tres»']],
    ['model m = best of linear, trees by rmse', ['metric-does-not-fit «rmse»']],
    ['model m = best of linear, trees by acu', ['unknown-name «acu»']],
    ['model m = best of linear, other by auc', ['wrong-setting «other»']],
    ['model m = best of linear, trees by auc on test', []],
    ['model m = best of linear, trees by auc on train', ['wrong-setting «train»']],
    ['model m = best of linear, m by auc', ['circular-definition «m»']],
  ])('%s: %j', (text, expected) => expect(typed(text).problems).toEqual(expected));

  const ofClasses = `source s = csv("s.csv") { k : key, x : float, c : category, kind : category { "a", "b", "c" } }
task t { each r in s, label kind }
split t at random { test: 20%, seed: 1 }
features f for t { x, c }
`;
  it.each([
    ['model m = naive_bayes(f)\nevaluate m on test { auc, accuracy, log_loss, f1 >= 0.5 }', []],
    ['model m = ridge(f)', ['type-mismatch «ridge»']],
    ['model m = naive_bayes(f) { calibrate: isotonic, balance: undersample }', []],
    ['model m = naive_bayes(f) { threshold: 0.3 }', ['type-mismatch «threshold»']],
    ['model m = naive_bayes(f)\nevaluate m on test { brier }', ['metric-does-not-fit «brier»']],
    ['features g for t { y = c |> target_encode }', ['type-mismatch «c |> target_encode»']],
    ['features g for t { y = (c |> target_encode) * 2 }', ['type-mismatch «c |> target_encode»']],
  ])('of several classes, %s: %j', (text, expected) => expect(typedProgram(`${ofClasses}${text}`).problems).toEqual(expected));

  it('need a split', () =>
    expect(typedProgram(`${base}task bare { each p in people, label saved }\nfeatures g for bare { age }\nmodel m = baseline(g)`).problems).toEqual([
      'missing-item «bare»',
    ]));
});

function metricText(metric: MetricExpr): string {
  switch (metric.kind) {
    case 'metric':
      return `${metric.model}.${metric.metric}`;
    case 'bound':
      return `${metric.side}(${metricText(metric.of)})`;
    case 'drift':
      return `drift(${typeof metric.subject === 'string' ? metric.subject : metric.subject.feature}${metric.test ? ` by ${metric.test}` : ''})`;
    case 'number':
      return String(metric.value);
    case 'arithmetic':
      return `(${metricText(metric.left)} ${metric.operator} ${metricText(metric.right)})`;
  }
}

describe('evaluations', () => {
  const claims = (items: string): string[] =>
    (typed(`evaluate trees on test {\n${items}\n}`).evaluation?.claims ?? []).map(
      ({ text, left, comparison, right, severity }) => `${text} → ${metricText(left)} ${comparison} ${metricText(right)} ${severity}`,
    );

  it.each([
    ['auc >= 0.80', 'auc >= 0.80 → trees.auc >= 0.8 gate'],
    ['auc  -  usual.auc >= 0.10  warn', 'auc - usual.auc >= 0.10 → (trees.auc - usual.auc) >= 0.1 warn'],
    ['low(auc) >= least', 'low(auc) >= least → low(trees.auc) >= 0.7 gate'],
    ['drift(features) < 0.2 psi warn', 'drift(features) < 0.2 psi → drift(features by psi) < 0.2 warn'],
    ['drift(score) < 0.2', 'drift(score) < 0.2 → drift(score) < 0.2 gate'],
    ['drift(old) < 0.2 error', 'drift(old) < 0.2 → drift(old) < 0.2 error'],
    ['0.5 <= recall', '0.5 <= recall → 0.5 <= trees.recall gate'],
  ])('%s', (claim, expected) => expect(claims(claim)).toEqual([expected]));

  it('gather metrics, segments, the plausible range and the baseline', () => {
    const { evaluation, problems } = typed(
      'evaluate best on test as final {\n  auc >= 0.8\n  brier\n  auc\n  by old { auc, recall }\n  by home { auc }\n  by age > 30 { auc }\n  plausible: auc in 0.6..0.9\n}',
    );
    expect(problems).toEqual([]);
    expect(evaluation).toMatchObject({
      name: 'final',
      model: 'best',
      partition: 'test',
      split: 'saving',
      metrics: [{ metric: 'auc' }, { metric: 'brier' }],
      segments: [
        { text: 'old', by: { kind: 'feature' }, metrics: ['auc', 'recall'] },
        { text: 'home', by: { kind: 'column' }, metrics: ['auc'] },
        { text: 'age > 30', by: { kind: 'call', args: [{ kind: 'column' }, {}] }, metrics: ['auc'] },
      ],
      plausible: { metric: 'auc', from: 0.6, to: 0.9 },
      baseline: 'usual',
    });
  });

  it.each([
    ['evaluate trees on test { rmse }', ['metric-does-not-fit «rmse»']],
    ['evaluate trees on test { acu > 0.5 }', ['unknown-name «acu»']],
    ['evaluate trees on test { lift(10%) >= 2, precision_at(5%), recall_at(precision: 50%), ndcg_at(10), by home { lift } }', []],
    ['evaluate trees on test { recall_at }', ['missing-setting «recall_at»']],
    ['evaluate trees on test { lift(200%) }', ['setting-out-of-range «200%»']],
    ['evaluate trees on test { lift(10%, 5%) }', ['wrong-arguments «5%»']],
    ['evaluate trees on test { auc >= 1.5 }', ['impossible-range «auc >= 1.5»']],
    ['evaluate trees on test { auc >= 0 }', ['always-holds «auc >= 0»']],
    ['evaluate trees on test { auc >= 0.8 wrn }', ['unknown-severity «wrn»']],
    ['evaluate trees on test { auc >= 0.8 psi }', ['wrong-setting «psi»']],
    ['evaluate trees on test { auc - incomes.r2 > 0 }', ['wrong-setting «incomes»', 'metric-does-not-fit «r2»']],
    ['evaluate trees on test { auc - other.auc > 0 }', ['wrong-setting «other»']],
    ['evaluate trees on test { auc - uusal.auc > 0 }', ['unknown-name «uusal»']],
    ['evaluate trees on test { drift(olld) < 1 }', ['unknown-name «olld»']],
    ['evaluate trees on test { by hme { auc } }', ['unknown-name «hme»']],
    ['evaluate trees on test { by home { auc >= 0.5, recall, low(auc) - usual.auc > 0 warn } }', []],
    ['evaluate trees on test { by home { drift(score) < 0.5 } }', ['wrong-setting «drift(score) < 0.5»']],
    ['evaluate trees on test { by home { auc >= 2 } }', ['impossible-range «auc >= 2»']],
    ['evaluate trees on test { confusion, by home { confusion, auc } }', []],
    ['evaluate trees on test { confusion > 3 }', ['wrong-setting «confusion»']],
    ['evaluate incomes on test { confusion }', ['metric-does-not-fit «confusion»']],
    ['evaluate trees on test { fair over home { auc } }', ['later-form «fair»']],
    ['evaluate trees on test { explain shap { top: 10 } }', ['later-form «explain»']],
    ['evaluate trees on tset { auc }', ['unknown-name «tset»']],
    ['evaluate trees on narrow.test { auc }', []],
    ['evaluate trees on narow.test { auc }', ['unknown-name «narow»']],
    ['evaluate other on validate { auc }', ['missing-item «validate»']],
    ['evaluate trees on folds { auc }', ['missing-item «folds»']],
    ['evaluate trees on test where old { auc }', []],
    ['evaluate trees on test where age { auc }', ['type-mismatch «age»']],
    ['evaluate tres on test { auc }', ['unknown-name «tres»']],
    ['evaluate linear on test as l { auc }\nevaluate trees on test { auc - l.auc > 0 }', []],
    ['evaluate linear on validate as l { auc }\nevaluate trees on test { auc - l.recall > 0 }', []],
    ['evaluate trees on test { auc - l.auc > 0 }\nevaluate linear on validate as l { auc }', ['wrong-setting «l»']],
    ['evaluate incomes on test as money { rmse }\nevaluate trees on test { auc - money.r2 > 0 }', []],
    ['evaluate incomes on test as money { rmse }\nevaluate trees on test { auc - money.auc > 0 }', ['metric-does-not-fit «auc»']],
    [
      'evaluate trees on test where old as elders { auc }\nevaluate trees on test { by home { auc - elders.auc > 0 } }',
      ['wrong-setting «auc - elders.auc > 0»'],
    ],
    ['evaluate trees on test { auc }\nevaluate trees on test where old { auc }', ['duplicate-name «trees»']],
    ['evaluate trees on test { plausible: 0.6..0.9 }', ['wrong-setting «0.6..0.9»']],
    ['evaluate trees on test { tresh: 3 }', ['unknown-setting «tresh»']],
  ])('%s: %j', (text, expected) => expect(typed(text).problems).toEqual(expected));
});
