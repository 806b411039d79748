/** A model of one split on rows of another: what it learns from, is chosen by and waits for, on both sides of each bound. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

interface Parts {
  readonly a?: string;
  readonly b?: string;
  readonly at?: string;
  readonly model?: string;
  readonly more?: string;
  readonly metrics?: string;
  readonly on?: string;
}

const program = ({ a, b, at, model, more, metrics, on }: Parts): string => `source customers = csv("c.csv") {
  customer_id : key
  signed_up   : timestamp  @time @known(+0d)
  region      : text immutable
}
source orders = csv("o.csv") until 2024-12-31 {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp  @time @known(+0d)
}
task t {
  each c in customers
  at ${at ?? 'every month from 2023-01-01 to 2024-10-01'}
  label gone = count(orders next 30d) == 0
}
split t by time { ${a ?? 'train: ..2023-10-31, validate: 2024-01-01..2024-03-31, test: 2024-08-01..'}, gap: 30d }
split b for t by time { ${b ?? 'train: ..2023-10-31, test: 2024-05-01..2024-06-30'}, gap: 30d }
features f for t { n = count(orders last 90d) }
model usual = baseline(f)
${more ?? ''}
model m = ${model ?? 'gradient_boosting(f)'}
evaluate m on ${on ?? 'b.test'} { ${metrics ?? 'auc >= 0.7'} }
`;

function found(parts: Parts): string[] {
  const text = program(parts);
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  const lines = text.split('\n');
  return analysis
    .diagnostics('main.cupel')
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, range: { start, end } }) => `${rule} «${lines[start.line]?.slice(start.character, end.character)}»`);
}

const refit = 'gradient_boosting(f) { refit: train_and_validate }';
const onTrain = ['evaluate-on-train «b.test»'];

describe('what is learned from', () => {
  it.each<[string, Parts]>([
    ['train', { b: 'train: ..2023-01-31, test: 2023-10-01..2023-12-31' }],
    ['validate, by a model that is learned again', { b: 'train: ..2023-10-31, test: 2024-03-01..2024-06-30', model: refit }],
    [
      'validate, by a member that is learned again',
      { b: 'train: ..2023-10-31, test: 2024-03-01..2024-06-30', more: `model n = ${refit}`, model: 'blend(n, usual)' },
    ],
    ['later rows', { a: 'train: 2023-06-01..2023-10-31, test: 2024-08-01..', b: 'train: ..2023-01-31, test: 2023-03-01..2023-05-31' }],
    [
      'rows between the judged ones',
      { a: 'train: 2023-06-01..2023-06-30, test: 2024-08-01..', b: 'train: ..2023-01-31, test: 2023-04-02..2023-05-31', metrics: 'auc' },
    ],
    ['a test without a start that begins in them', { b: 'train: ..2023-09-30, test: ..2024-06-30' }],
    [
      'the last rows of train, where the first of a test without a start may come months later',
      { at: 'signed_up', a: 'train: ..2024-03-31, test: ..2024-12-31', b: 'train: ..2024-01-31, test: 2024-03-10..2024-03-25' },
    ],
    ['units that the other split leaves in', { b: 'train: ..2023-05-31, test: 2024-05-01..2024-06-30, group: region' }],
  ])('%s', (_, parts) => expect(found({ metrics: 'auc', ...parts })).toEqual(onTrain));

  it.each<[string, Parts]>([
    ['a test behind train', {}],
    ['validate, by a model that is not', { b: 'train: ..2023-10-31, test: 2024-03-01..2024-06-30', metrics: 'auc' }],
    ['a test behind validate, by a model that is learned again', { model: refit }],
    ['bounds that overlap where no cutoff lies', { b: 'train: ..2023-10-31, test: 2024-03-02..2024-06-30', model: refit }],
    ['a test without a start, behind', { b: 'train: ..2024-04-30, test: ..2024-06-30' }],
    ['units that the other split leaves out', { b: 'train: ..2023-10-31, test: 2024-05-01..2024-06-30, group: region' }],
  ])('is quiet on %s', (_, parts) => expect(found(parts)).toEqual([]));

  it('leaves a validate that holds no cutoff to what is said of the split', () =>
    expect(
      found({
        a: 'train: ..2023-10-31, validate: 2024-03-02..2024-03-31, test: 2024-08-01..',
        b: 'train: ..2023-10-31, test: 2024-03-02..2024-06-30',
        model: refit,
      }),
    ).toEqual(['impossible-range «2024-03-02..2024-03-31»']));
});

describe('what a claim compares with', () => {
  const other = (definition: string): string => `model n = ${definition}`;
  const onValidate = 'train: ..2023-10-31, test: 2024-03-01..2024-06-30';
  const chosen = other('gradient_boosting(f) { early_stop: 20 on validate }');
  it.each<[string, Parts, string[]]>([
    ['learns from validate', { b: onValidate, more: other(refit), metrics: 'auc - n.auc >= 0.1' }, ['evaluate-on-train «n.auc»']],
    [
      'is made of what does',
      { b: onValidate, more: `${other(refit)}\nmodel o = blend(n, usual)`, metrics: 'auc >= low(o.auc)' },
      ['evaluate-on-train «o.auc»'],
    ],
    ['in a segment', { b: onValidate, more: other(refit), metrics: 'by region { auc >= n.auc }' }, ['evaluate-on-train «n.auc»']],
    ['on validate itself', { on: 'validate', more: other(refit), metrics: 'auc - n.auc >= 0.1' }, ['evaluate-on-train «n.auc»']],
    ['is chosen by these rows', { b: onValidate, more: chosen, metrics: 'auc - n.auc >= 0.1' }, ['search-score-as-estimate «n.auc»']],
  ])('%s', (_, parts, rules) => expect(found(parts).filter(rule => !rule.startsWith('no-test-partition'))).toEqual(rules));

  it.each<[string, Parts]>([
    ['what does not', { b: onValidate, more: other('gradient_boosting(f)'), metrics: 'auc - n.auc >= 0.1' }],
    ['rows behind validate', { more: other(refit), metrics: 'auc - n.auc >= 0.1' }],
    [
      'its figure on rows of its own',
      { b: onValidate, more: `${other(refit)}\nevaluate n on test as late { auc }`, metrics: 'auc - late.auc >= 0.1' },
    ],
    ['what is chosen by others', { more: chosen, metrics: 'auc - n.auc >= 0.1' }],
  ])('is quiet on %s', (_, parts) => expect(found(parts)).toEqual([]));

  it('is told of the judged model where both do', () =>
    expect(found({ b: onValidate, more: other(refit), model: refit, metrics: 'auc - n.auc >= 0.1' })).toEqual(onTrain));
});

it('train and validate that both meet the judged rows are both told', () =>
  expect(found({ b: 'train: ..2023-01-31, test: 2023-10-01..2024-02-28', model: refit, metrics: 'auc' })).toEqual([...onTrain, ...onTrain]));

describe('labels that are decided late', () => {
  it.each<[string, Parts]>([
    ['cutoffs in rows', { b: 'train: ..2023-05-31, test: 2023-11-01..2023-12-31', at: 'signed_up' }],
    ['a day too early', { b: 'train: ..2023-05-31, test: 2023-11-30..2023-12-31', at: 'signed_up' }],
    [
      'a grid, by the calendar of its cutoffs',
      { a: 'train: ..2024-02-01, test: 2024-08-01..', b: 'train: ..2023-05-31, test: 2024-03-01..2024-06-30' },
    ],
    ['of validate', { b: 'train: ..2023-05-31, test: 2024-04-01..2024-06-30', at: 'signed_up', model: refit }],
  ])('%s', (_, parts) => expect(found({ metrics: 'auc', ...parts })).toEqual(onTrain));

  it.each<[string, Parts]>([
    ['the day on which the last is decided', { b: 'train: ..2023-05-31, test: 2023-12-01..2023-12-31', at: 'signed_up' }],
    ['a grid whose last cutoff is long before', { b: 'train: ..2023-05-31, test: 2023-11-01..2023-12-31' }],
    [
      'what the gap of the own split drops',
      { a: 'train: ..2023-10-31, test: 2023-11-01..', b: 'train: ..2023-05-31, test: 2023-11-01..', at: 'signed_up' },
    ],
  ])('is quiet on %s', (_, parts) => expect(found(parts)).toEqual([]));
});

describe('choices on validate', () => {
  const b = 'train: ..2023-10-31, test: 2024-03-01..2024-06-30';
  const threshold = { b, model: 'gradient_boosting(f) { threshold: max f1 on validate }' };
  it.each<[string, Parts, string[]]>([
    ['a threshold', { ...threshold, metrics: 'f1 >= 0.7' }, ['threshold-on-test «b.test»']],
    [
      'rounds and a threshold',
      { b, model: 'gradient_boosting(f) { early_stop: 20 on validate, threshold: max f1 on validate }', metrics: 'f1 >= 0.7' },
      ['search-score-as-estimate «b.test»'],
    ],
    ['a model', { b, more: 'model n = gradient_boosting(f)', model: 'best of n, usual by auc on validate' }, ['search-score-as-estimate «b.test»']],
    ['and no claim', { ...threshold, metrics: 'f1' }, ['no-test-partition «b.test»']],
  ])('are told of on a later test that holds such rows: %s', (_, parts, rules) => expect(found(parts)).toEqual(rules));

  it.each<[string, Parts]>([
    ['figures that no threshold moves', threshold],
    ['bounds that overlap where no cutoff lies', { ...threshold, b: 'train: ..2023-10-31, test: 2024-03-02..2024-06-30', metrics: 'f1 >= 0.7' }],
    ['rows behind validate', { ...threshold, b: 'train: ..2023-10-31, test: 2024-04-01..2024-06-30', metrics: 'f1 >= 0.7' }],
    ['choices on folds', { b, model: 'gradient_boosting(f) { threshold: max f1 on folds }', metrics: 'f1 >= 0.7' }],
  ])('are none on %s', (_, parts) => expect(found(parts)).toEqual([]));

  it.each([
    ['2024-03-02', ['threshold-on-test «b.test»']],
    ['2024-03-03', []],
  ])('go by the rows that the gap before the test leaves: judged from %s on, %j', (from, rules) =>
    expect(
      found({
        a: 'train: ..2023-10-31, validate: 2024-01-01..2024-03-31, test: 2024-04-01..',
        b: `train: ..2023-10-31, test: ${from}..2024-06-30`,
        at: 'signed_up',
        model: threshold.model,
        metrics: 'f1 >= 0.7',
      }),
    ).toEqual(rules),
  );
});

it('folds of a split that the model does not learn on are none of its own', () => {
  const b = 'train: ..2023-10-31, test: 2024-05-01..2024-06-30, folds: 5';
  expect(found({ b, on: 'b.folds', metrics: 'auc' })).toEqual(['wrong-setting «b.folds»']);
});
