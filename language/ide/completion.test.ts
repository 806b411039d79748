/** Completion by place: `‸` is the cursor. The catalogue and the words of the grammar are walked, so that nothing that works is left out. */
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../catalogue/catalogue.ts';
import { forms, formsOf } from '../catalogue/forms.ts';
import { later } from '../catalogue/later.ts';
import { createAnalysis } from '../createAnalysis.ts';
import { T } from '../syntax/tokens.ts';
import { reservedWords } from '../text/writtenName.ts';
import { completions } from './completion.ts';

const file = 'main.cupel';
const base = `
source customers = csv("c.csv") {
  customer_id : key
  signed_up   : timestamp @time @known(+0d)
  city        : category immutable
  \`Mean Age\` : float in 0.. immutable
}
source orders = csv("o.csv") {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp @time @known(+0d)
  amount    : float in 0.. immutable
}
param horizon: duration = 60d
def spend(d) = sum(amount of orders last d)
task churn {
  each  c in customers
  at    every month from 2023-01-01 to 2024-10-01
  label churned = count(orders next 60d) == 0
}
split churn by time { train: ..2023-12-31, validate: 2024-02-01..2024-04-30, test: 2024-07-01.., gap: 60d }
split late for churn by time { train: ..2024-03-31, test: 2024-08-01.., gap: 60d }
features activity for churn { recent = count(orders last 30d) }
model usual = baseline(activity)
model gbt = gradient_boosting(activity)
evaluate gbt on test { auc }
`;

/** What is offered at the mark behind the base program. */
function offered(text: string): string[] {
  const whole = `${base}${text}`;
  const offset = whole.indexOf('‸');
  const before = whole.slice(0, offset);
  const analysis = createAnalysis();
  analysis.setFile(file, { kind: 'text', text: before + whole.slice(offset + 1) });
  const tree = analysis.tree(file);
  if (!tree) throw new Error('no tree');
  const position = { line: before.split('\n').length - 1, character: before.length - before.lastIndexOf('\n') - 1 };
  return completions(tree, analysis.program(), position).map(({ label }) => label);
}

/** A place, and some of what it must offer. */
const places: readonly (readonly [text: string, ...words: string[]])[] = [
  ['‸', ...formsOf('declaration').map(({ name }) => name)],
  ['mo‸', 'model'],
  ['import { orders } ‸', 'from'],
  ['param p: ‸', 'duration', 'int'],
  ['def d = ‸', 'spend', 'horizon', 'count', 'log1p', 'cutoff'],
  // sources
  ['source s = ‸', 'csv', 'parquet'],
  ['source s = csv("s.csv") ‸', 'until'],
  ['source s = csv("s.csv") {\n  a : ‸', ...formsOf('type').map(({ name }) => name)],
  ['source s = csv("s.csv") {\n  a : int ‸', ...formsOf('constraint').map(({ name }) => name)],
  ['source s = csv("s.csv") {\n  a : int in 0.. ‸', 'immutable', 'unit', 'unique'],
  ['source s = csv("s.csv") {\n  a : int @‸', 'time', 'known', 'after'],
  ['source s = csv("s.csv") {\n  a : int @kn‸', 'known'],
  ['source s = csv("s.csv") {\n  seen : timestamp\n  a : int @known(‸', 'seen'],
  ['source s = csv("s.csv") {\n  a : int @after(‸', 'outcome'],
  ['source s = csv("s.csv") {\n  a : ref ‸', 'customers', 'orders'],
  // tables
  ['table t = ‸', 'orders', 'customers'],
  ['table t = orders | ‸', ...formsOf('step').map(({ name }) => name), 'left', 'inner'],
  ['table t = orders\n  | where amount > 0\n  | ‸', 'derive'],
  ['table t = orders | where ‸', 'amount', 'log1p', 'not'],
  ['table t = orders | derive x = ‸', 'amount', 'lag', 'lead', 'rank'],
  ['table t = orders | select ‸', 'amount'],
  ['table t = orders | rename amount ‸', 'as'],
  ['table t = orders | inner ‸', 'join'],
  ['table t = orders | join ‸', 'customers'],
  ['table t = orders | join customers ‸', 'on'],
  ['table t = orders | join customers on ‸', 'customer', 'customer_id'],
  ['table t = orders | join customers on customer == customer_id ‸', 'as'],
  ['table t = orders | join customers on customer == customer_id as ‸', 'of'],
  ['table t = orders | join customers on customer == customer_id as of ‸', 'placed_at'],
  ['table t = orders | union ‸', 'orders'],
  ['table t = orders | group ‸', 'by'],
  ['table t = orders | group by ‸', 'customer'],
  ['table t = orders | group by customer { n = ‸', 'count', 'amount'],
  ['table t = orders | dedupe ‸', 'by'],
  ['table t = orders | dedupe by customer ‸', 'keep'],
  ['table t = orders | dedupe by customer keep ‸', 'latest', 'earliest'],
  ['table t = orders | time placed_at ‸', 'known'],
  ['table t = orders | known amount ‸', 'at'],
  ['table t = orders | sort ‸', 'by'],
  ['table t = orders | sort by customer, placed_at ‸', 'desc', 'asc'],
  ['table t = orders | sample 10% ‸', 'seed'],
  ['table t = orders | history ‸', 'by'],
  ['table t = orders | history by customer ‸', 'at'],
  // checks
  ['check ‸', 'orders'],
  ['check orders {\n  ‸', ...formsOf('claim').map(({ name }) => name), 'amount'],
  ['check orders {\n  amount > 0 ‸', 'warn', 'error', 'quarantine', 'and', 'in', 'matches'],
  ['check orders {\n  refers(customer, ‸', 'customers'],
  // tasks
  ['task t {\n  ‸', ...formsOf('task').map(({ name }) => name)],
  ['task t {\n  each c ‸', 'in'],
  ['task t {\n  each c in ‸', 'customers'],
  ['task t {\n  each c in customers ‸', 'where'],
  ['task t {\n  each c in customers where ‸', 'city', 'cutoff'],
  ['task t {\n  each c in customers\n  at ‸', 'every', 'signed_up'],
  ['task t {\n  each c in customers\n  at every ‸', 'month', 'day'],
  ['task t {\n  at every month ‸', 'from'],
  ['task t {\n  at every month from 2023-01-01 ‸', 'to'],
  ['task t {\n  each c in customers\n  label ‸', 'city'],
  ['task t {\n  each c in customers\n  label gone = ‸', 'count', 'orders'],
  ['task t {\n  each c in customers\n  label gone = count(orders ‸', 'next', 'where'],
  // splits
  ['split ‸', 'churn'],
  ['split churn ‸', 'by', 'at', 'for'],
  ['split other for ‸', 'churn'],
  ['split other for churn ‸', 'by', 'at'],
  ['split churn at ‸', 'random'],
  ['split churn by ‸', 'time', 'group'],
  ['split churn at random {\n  ‸', 'test', 'validate', 'stratify', 'seed'],
  ['split churn at random {\n  stratify: ‸', 'city'],
  ['split churn by group {\n  ‸', 'group', 'test', 'validate', 'seed'],
  ['split churn by group { group: ‸', 'city'],
  ['split churn by time {\n  ‸', 'train', 'validate', 'test', 'gap', 'group'],
  // features
  ['features f ‸', 'for'],
  ['features f for ‸', 'churn'],
  ['features f for churn {\n  a = ‸', 'city', 'Mean Age', 'count', 'if', 'not', 'cutoff', 'spend'],
  ['features f for churn {\n  a = count(‸', 'orders', 'amount'],
  ['features f for churn {\n  a = sum(amount ‸', 'of', 'via', 'last', 'where'],
  ['features f for churn {\n  a = sum(amount of ‸', 'orders'],
  ['features f for churn {\n  a = count(orders last 30d ‸', 'lag', 'where'],
  ['features f for churn {\n  a = count(orders via ‸', 'customer'],
  ['features f for churn {\n  a = count(orders where ‸', 'amount'],
  ['features f for churn {\n  city |> ‸', 'one_hot', 'impute', 'log1p'],
  ['features f for churn {\n  city\n    |> ‸', 'one_hot'],
  ['features f for churn {\n  a = 1 // x |> ( {\n  city |> impute(‸', 'median', 'constant', 'value'],
  // models
  ['model m = ‸', 'gradient_boosting', 'best'],
  ['model m = gradient_boosting(‸', 'activity'],
  ['model m = best ‸', 'of'],
  ['model m = best of ‸', 'usual', 'gbt'],
  ['model m = best of usual, ‸', 'gbt'],
  ['model m = best of usual, gbt ‸', 'by'],
  ['model m = best of usual, gbt by ‸', 'auc', 'brier'],
  ['model m = best of usual, gbt by auc ‸', 'on'],
  ['model m = best of usual, gbt by auc on ‸', 'validate'],
  ['model m = gradient_boosting(activity) {\n  ‸', 'trees', 'early_stop', 'split'],
  ['model m = gradient_boosting(activity) {\n  trees: 30, ‸', 'depth', 'early_stop'],
  ['model m = gradient_boosting(activity) { early_stop: 10 ‸', 'on'],
  ['model m = gradient_boosting(activity) { early_stop: 10 on ‸', 'validate'],
  ['model m = gradient_boosting(activity) { split: ‸', 'churn', 'late'],
  ['model m = gradient_boosting(activity) {\n  ‸', 'tune', 'calibrate', 'threshold', 'balance', 'refit'],
  ['model m = gradient_boosting(activity) { balance: ‸', 'class_weight', 'none'],
  ['model m = gradient_boosting(activity) { threshold: ‸', 'max', 'cost'],
  ['model m = gradient_boosting(activity) { threshold: max ‸', 'f1'],
  ['model m = gradient_boosting(activity) { threshold: max f1 ‸', 'on'],
  ['model m = gradient_boosting(activity) { threshold: max f1 on ‸', 'validate', 'folds'],
  ['model m = gradient_boosting(activity) {\n  tune { ‸', 'depth', 'learning_rate', 'trials', 'method', 'by', 'inner'],
  ['model m = gradient_boosting(activity) {\n  tune { depth: 3..10, by: ‸', 'auc'],
  ['model m = gradient_boosting(activity) {\n  tune { method: ‸', 'random', 'bayesian'],
  ['model m = gradient_boosting(activity) {\n  tune { inner: ‸', 'group'],
  ['model m = stacking(‸', 'usual', 'gbt'],
  ['model m = stacking(usual, gbt) { ‸', 'final', 'folds'],
  ['model m = stacking(usual, gbt) { final: ‸', 'logistic_regression'],
  ['model m = best of usual, gbt by auc { ‸', 'refit'],
  // evaluations
  ['evaluate ‸', 'gbt'],
  ['evaluate gbt ‸', 'on'],
  ['evaluate gbt on ‸', 'test', 'validate', 'late.test'],
  ['evaluate gbt on test ‸', 'where', 'as'],
  ['evaluate gbt on test where ‸', 'city', 'recent'],
  ['evaluate gbt on test {\n  ‸', 'auc', 'gbt', 'by', 'low', 'high', 'drift'],
  ['evaluate gbt on test {\n  auc >= 0.7 ‸', 'warn', 'error'],
  ['evaluate gbt on test {\n  auc - ‸', 'usual'],
  ['evaluate gbt on test {\n  drift(‸', 'features', 'score', 'label'],
  ['evaluate gbt on test {\n  drift(features) < 0.2 ‸', 'psi', 'warn'],
  ['evaluate gbt on test {\n  low(‸', 'auc'],
  ['evaluate gbt on test {\n  by ‸', 'city'],
  ['evaluate gbt on test {\n  by city {\n    ‸', 'auc'],
];

describe('completion', () => {
  it.each(places)('%s', (text, ...words) => {
    const found = offered(text);
    expect(words.filter(word => !found.includes(word))).toEqual([]);
    expect(new Set(found).size).toBe(found.length);
  });

  it('offers nothing that does not run yet', () => {
    const reserved = new Map(places.map(([text]) => [text, offered(text)]));
    const ofPlace = {
      step: 'table t = orders | ‸',
      algorithm: 'model m = ‸',
      metric: 'evaluate gbt on test {\n  ‸',
      transform: 'features f for churn {\n  city |> ‸',
    };
    for (const [of, text] of Object.entries(ofPlace))
      for (const { name } of later.filter(entry => entry.of === of)) expect([text, reserved.get(text)?.includes(name)]).toEqual([text, false]);
  });

  it('writes names with blanks between backticks', () => {
    const analysis = createAnalysis();
    const text = `${base}check customers { `;
    analysis.setFile(file, { kind: 'text', text });
    const tree = analysis.tree(file);
    const found = tree ? completions(tree, analysis.program(), { line: text.split('\n').length - 1, character: 18 }) : [];
    expect(found.find(({ label }) => label === 'Mean Age')?.insert).toBe('`Mean Age`');
  });
});

describe('every entry of the catalogue is offered in its place', () => {
  const missing = (text: string, names: readonly { readonly name: string }[]) => {
    const found = offered(text);
    return names.map(({ name }) => name).filter(name => !found.includes(name));
  };

  it.each([
    ['features f for churn { a = ‸', entriesOf('function')],
    ['features f for churn { a = ‸', entriesOf('aggregate')],
    ['features f for churn { city |> ‸', entriesOf('transform')],
    ['model m = ‸', entriesOf('algorithm')],
    ['evaluate gbt on test { ‸', entriesOf('metric')],
    ['source s = ‸', entriesOf('connector')],
    ['source s = csv("x") {\n  a : int @‸', entriesOf('role')],
    ['evaluate gbt on test { drift(features) < 0.2 ‸', entriesOf('drift')],
  ])('%s', (text, names) => expect(missing(text, names)).toEqual([]));

  it.each([
    ...entriesOf('algorithm').map(({ name, settings }) => [`model m = ${name}(activity) {\n  ‸`, settings] as const),
    ...entriesOf('transform').map(({ name, settings }) => [`features f for churn {\n  city |> ${name}(‸`, settings] as const),
    ...entriesOf('connector').map(({ name, options }) => [`source s = ${name}("x", ‸`, options] as const),
    ...entriesOf('aggregate').map(({ name, parameters }) => [`features f for churn {\n  a = ${name}(‸`, parameters] as const),
    ...entriesOf('metric').map(({ name, parameters }) => [`evaluate gbt on test {\n  ${name}(‸`, parameters] as const),
  ])('%s', (text, settings) => {
    expect(missing(text, settings)).toEqual([]);
    for (const { name, choices } of settings)
      if (choices)
        expect(
          missing(
            text.replace('‸', `${name}: ‸`),
            choices.map(choice => ({ name: choice })),
          ),
        ).toEqual([]);
  });
});

describe('what the checker takes is offered', () => {
  /** The settings that the checker names when it meets one that it does not know. */
  const taken = (text: string): string[] => {
    const analysis = createAnalysis();
    analysis.setFile(file, { kind: 'text', text: base + text.replace('‸', 'qqqqqqqqqqqq: 1') });
    const help = analysis.diagnostics(file).find(({ rule }) => rule === 'unknown-setting')?.help ?? '';
    return [...help.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  };

  it.each([
    'task t { each c in customers, label city, ‸ }',
    'split late for churn at random { test: 20%, ‸ }',
    'split late for churn by group { group: city, test: 20%, ‸ }',
    'split late for churn by time { train: ..2024-03-31, test: 2024-08-01.., ‸ }',
    ...entriesOf('algorithm').map(({ name }) => `model m = ${name}(activity) { ‸ }`),
    'model m = gradient_boosting(activity) { tune { by: auc, depth: 2..3, ‸ } }',
    'model m = stacking(usual, gbt) { ‸ }',
    'model m = best of usual, gbt by auc { ‸ }',
  ])('%s', text => {
    const known = taken(text);
    expect(known.length).toBeGreaterThan(0);
    const found = offered(text);
    expect(known.filter(name => !found.includes(name))).toEqual([]);
  });
});

describe('the grammar', () => {
  it('has no word that is offered nowhere', () => {
    const found = new Set(places.flatMap(([text]) => offered(text)));
    const words = Object.values(T).flatMap(({ PATTERN }) => (typeof PATTERN === 'string' ? [PATTERN] : []));
    const reserved = new Set(later.map(({ name }) => name));
    // `is` is read only to say that a test for null is written `== null`; `max` and `min` are aggregates too.
    const expected = [...new Set([...words, ...reservedWords])].filter(word => word !== 'is' && !reserved.has(word));
    expect(expected.filter(word => !found.has(word))).toEqual([]);
  });

  it('has no form whose word is offered nowhere', () => {
    const found = new Set(places.flatMap(([text]) => offered(text)));
    expect(forms.map(({ name }) => name).filter(name => !found.has(name))).toEqual([]);
  });
});
