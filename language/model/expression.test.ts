import { describe, expect, it } from 'vitest';
import type { ExpressionUse } from './scope.ts';
import { typed } from './testScope.ts';

/** Expression and type, without problems. */
const types: readonly (readonly [text: string, type: string, use?: ExpressionUse])[] = [
  // literals and names
  ['1', 'int'],
  ['2.5', 'float'],
  ['98%', 'float'],
  ['30d', 'duration'],
  ['2024-01-31', 'date'],
  ['2024-01-31T10:00:00Z', 'timestamp'],
  ['"a"', 'text'],
  ['true', 'bool'],
  ['null', 'null'],
  ['age', 'int? in 0..120'],
  ['income', 'float? in 0.. unit "EUR"'],
  ['sex', 'category { "female", "male" }'],
  ['customer_id', 'key'],
  ['cutoff', 'timestamp'],
  ['friend.name', 'text?'],
  ['friend.age + 1', 'int? in 1..121'],
  // arithmetic: promotion, bounds, null propagation, units
  ['age + children', 'int? in 0..129'],
  ['children - 1', 'int in -1..8'],
  ['-children', 'int in -9..0'],
  ['children * 2', 'int in 0..18'],
  ['children + 0.5', 'float in 0.5..9.5'],
  ['children / 2', 'float in 0..4.5'],
  ['2 / children', 'float? in 0..'],
  ['score / 2', 'float'],
  ['2 / score', 'float?'],
  ['children div 2', 'int'],
  ['10 div children', 'int?'],
  ['children % 4', 'int in 0..3'],
  ['children % -4', 'int in -3..0'],
  ['score % -4', 'float in -4..0'],
  ['income + rent', 'float? in 0.. unit "EUR"'],
  ['income - 100', 'float? in -100.. unit "EUR"'],
  ['rent * height', 'float in 0.. unit "EUR*m"'],
  ['rent / height', 'float in 0.. unit "EUR/m"'],
  ['rent / rent', 'float? in 0..'],
  ['height * height', 'float in 1..9 unit "m^2"'],
  ['sqrt(height)', 'float in 1..2 unit "m^(1/2)"'],
  ['age + null', 'int?'],
  // times
  ['signed_up + 30d', 'timestamp'],
  ['30d + signed_up', 'timestamp'],
  ['born + 1y', 'date?'],
  ['born + 1h', 'timestamp?'],
  ['born + grace', 'timestamp?'],
  ['cutoff - signed_up', 'duration'],
  ['30d + 12h', 'duration'],
  ['children * 1h', 'duration'],
  ['age * 1mo', 'duration?'],
  ['signed_up + children * 1h', 'timestamp'],
  ['cutoff - signed_up < 30d', 'bool'],
  ['days(signed_up, cutoff)', 'float unit "day"'],
  ['hours(born, cutoff)', 'float? unit "hour"'],
  ['days(signed_up, cutoff) > 30', 'bool'],
  ['year(signed_up)', 'int'],
  ['weekday(born)', 'int? in 1..7'],
  ['hour(signed_up, zone: "America/New_York")', 'int in 0..23'],
  ['date(signed_up)', 'date'],
  ['is_weekend(signed_up)', 'bool'],
  // comparisons and conditions
  ['age >= 18', 'bool?'],
  ['children == 0', 'bool'],
  ['age == null', 'bool'],
  ['age != null', 'bool'],
  ['sex == "male"', 'bool'],
  ['city == "Bern"', 'bool?'],
  ['customer_id == "c17"', 'bool'],
  ['friend == customer_id', 'bool?'],
  ['born < cutoff', 'bool?'],
  ['signed_up >= 2024-01-01', 'bool'],
  ['name < "M"', 'bool'],
  ['active and age > 3', 'bool?'],
  ['not active', 'bool?'],
  ['rent > 100', 'bool'],
  ['age in 18..65', 'bool?'],
  ['children in [0, 1, 2]', 'bool'],
  ['sex in { "male" }', 'bool'],
  ['born in 2000-01-01..', 'bool?'],
  ['signed_up in 2024-01-01..2024-12-31', 'bool'],
  ['email matches "@example[.]com$"', 'bool?'],
  // choices
  ['age ?? 0', 'int in 0..120'],
  ['age ?? score', 'float'],
  ['income ?? 0', 'float in 0.. unit "EUR"'],
  ['city ?? "none"', 'category'],
  ['sex ?? "unknown"', 'category { "female", "male", "unknown" }'],
  ['email ?? name', 'text'],
  ['email ?? city', 'text?'],
  ['if age < 18 then "child" else "adult"', 'category { "child", "adult" }'],
  ['if active then 1 else 2.5', 'float in 1..2.5'],
  ['if active then rent else null', 'float? in 0.. unit "EUR"'],
  ['if active then born else signed_up', 'timestamp?'],
  // row functions
  ['abs(score)', 'float in 0..'],
  ['abs(children - 5)', 'int in 0..5'],
  ['log1p(income)', 'float? in 0..'],
  ['ln(rent)', 'float?'],
  ['ln(height)', 'float in 0..2'],
  ['rent |> log1p', 'float in 0..'],
  ['round(score, 1)', 'float'],
  ['min(children, 3)', 'int in 0..3'],
  ['max(children, 3, score)', 'float in 3..'],
  ['max(born, signed_up)', 'timestamp?'],
  ['clip(score, 0, 1)', 'float in 0..1'],
  ['ratio(rent, income)', 'float? in 0..'],
  ['ratio(rent, height)', 'float in 0.. unit "EUR/m"'],
  ['bucket(age, [18, 65])', 'int? in 0..'],
  ['hash(city) % 8', 'int? in 0..7'],
  ['text(age)', 'text?'],
  ['int(score)', 'int?'],
  ['int(active)', 'int?'],
  ['float(children)', 'float in 0..9'],
  ['lower(name)', 'text'],
  ['length(email)', 'int? in 0..'],
  ['starts_with(name, "A")', 'bool'],
  ['concat(name, " ", city)', 'text?'],
  ['substring(name, 1, 1)', 'text'],
  ['split_part(email, "@", 2)', 'text?'],
  // windows
  ['count(orders)', 'int in 0..'],
  ['count(orders last 30d)', 'int in 0..'],
  ['count(orders last 30d lag 7d where status == "paid")', 'int in 0..'],
  ['count(orders next 60d) == 0', 'bool', 'label'],
  ['count(amount of orders)', 'int in 0..'],
  ['count(places)', 'int in 0..'],
  ['sum(amount of orders last 90d)', 'decimal(38, 2)? in 0.. unit "EUR"'],
  ['sum(amount of orders last 90d) ?? 0', 'decimal(38, 2) in 0.. unit "EUR"'],
  ['avg(amount / items of orders)', 'float? in 0.. unit "EUR"'],
  ['std(items of orders)', 'float? in 0..'],
  ['slope(amount of orders)', 'float? unit "EUR/day"'],
  ['rate(returned of orders last 180d)', 'float? in 0..1'],
  ['rate(amount > 100 of orders)', 'float? in 0..1'],
  ['any(returned of orders)', 'bool'],
  ['all(returned of orders)', 'bool'],
  ['last(status of orders)', 'category { "paid", "cancelled" }?'],
  ['max(placed_at of orders)', 'timestamp?'],
  ['days(max(placed_at of orders), cutoff)', 'float? unit "day"'],
  ['quantile(items of orders, 0.9)', 'float? in 1..'],
  ['quantile(items of orders last 1y, q: 90%)', 'float? in 1..'],
  ['distinct(status of orders)', 'int in 0..'],
  ['mode(status of orders)', 'category { "paid", "cancelled" }?'],
  ['entropy(status of orders)', 'float? in 0..'],
  ['min(items of orders via customer last horizon)', 'int? in 1..'],
  ['count(orders where amount > income)', 'int in 0..'],
  // aggregates over groups and tables
  ['count()', 'int in 0..', 'group'],
  ['min(placed_at)', 'timestamp?', 'group'],
  ['rate(returned) <= 2%', 'bool?', 'check'],
  ['quantile(items, 0.5) < 3', 'bool?', 'check'],
  // definitions
  ['spend(30d)', 'decimal(38, 2) in 0.. unit "EUR"'],
  ['spend(horizon)', 'decimal(38, 2) in 0.. unit "EUR"'],
  ['pace(orders, 1w)', 'int in 0..'],
  ['adult', 'bool?'],
  ['children |> twice', 'int in 0..18'],
  ['twice(twice(children))', 'int in 0..36'],
  ['among(age, [1, 2])', 'bool?'],
  ['among(children, 1..3)', 'bool'],
  // fitted transforms
  ['age |> impute(median)', 'float in 0..120'],
  ['age |> impute(mode)', 'int in 0..120'],
  ['age |> impute(constant, value: 0)', 'int in 0..120'],
  ['age |> impute(median) |> standardize', 'float'],
  ['age |> standardize', 'float?'],
  ['impute(city, mode)', 'category'],
  ['sex |> one_hot', 'vector(2)'],
  ['city |> one_hot', 'vector'],
  ['sex |> ordinal', 'int? in 0..'],
  ['income |> indicator', 'bool'],
  ['age |> min_max', 'float?'],
  ['age |> impute(median) |> min_max(clip: true)', 'float in 0..1'],
  ['age |> robust_scale(low: 10%, high: 90%)', 'float?'],
  ['rent |> winsorize', 'float in 0.. unit "EUR"'],
  ['age |> quantile_bin(4)', 'int? in 0..3'],
  ['city |> frequency_encode', 'float in 0..1'],
  ['city |> hash_encode(8)', 'vector(8)'],
  ['hour(signed_up) |> cyclic(24)', 'vector(2)'],
  ['cyclic(age, 120)', 'vector(2)?'],
  ['name |> tfidf(max_terms: 10)', 'vector'],
  ['[age, children] |> standardize', 'vector(2)?'],
  ['[children, rent] |> standardize |> kmeans_distance(7)', 'vector(7)'],
  ['[children, city |> one_hot] |> pca(2)', 'vector(2)'],
  ['[children, age |> impute(median), sex |> one_hot] |> select(2, by: lasso)', 'vector(2)'],
  ['[children, age |> impute(median)] |> rfe(1)', 'vector(1)'],
  ['[rent] |> min_max', 'vector(1)'],
  ['last(status of orders) |> target_encode(folds: 5, prior: 0.3)', 'float'],
  ['city |> target_encode', 'float'],
];

describe('types', () => {
  it.each(types.map(([text, type, use]) => ({ text, type, use })))('$text is $type', ({ text, type, use }) => {
    const result = typed(text, use);
    expect(result.problems).toEqual([]);
    expect(result.type).toBe(type);
  });
});

describe('windows', () => {
  const window = (text: string, use: ExpressionUse = 'feature') => {
    const { typed: result } = typed(text, use);
    if (result.kind !== 'aggregate' || !result.window) throw new Error(`${text} is no window`);
    const { from, to, direction, framePlace } = result.window;
    return { from, to, direction, frame: framePlace.span.end - framePlace.span.start };
  };
  const days = (n: number) => ({ months: 0, micros: n * 86_400_000_000 });

  it.each([
    ['count(orders)', { from: null, to: days(0), direction: 'past', frame: 6 }],
    ['count(orders last 30d)', { from: days(-30), to: days(0), direction: 'past', frame: 8 }],
    ['count(orders last 30d lag 7d)', { from: days(-37), to: days(-7), direction: 'past', frame: 15 }],
    ['count(orders last 1mo lag 7d)', { from: { months: -1, micros: days(-7).micros }, to: days(-7), direction: 'past', frame: 15 }],
    ['count(orders next 60d)', { from: days(0), to: days(60), direction: 'future', frame: 8 }],
  ])('%s', (text, expected) => expect(window(text)).toEqual(expected));
});

describe('what the plan is lowered from', () => {
  it('tests for null by a key of its own', () => {
    expect(typed('age == null').typed).toMatchObject({ kind: 'call', fn: 'is_null', args: [{ kind: 'column' }] });
    expect(typed('null != age').typed).toMatchObject({ kind: 'call', fn: 'not', args: [{ fn: 'is_null' }] });
  });

  it('reads dates that meet timestamps as their first instant', () => {
    expect(typed('signed_up >= 2024-01-01').typed).toMatchObject({ fn: 'ge', args: [{}, { kind: 'literal', type: { kind: 'timestamp' } }] });
    expect(typed('born < cutoff').typed).toMatchObject({ fn: 'lt', args: [{ kind: 'call', fn: 'day_start' }, { kind: 'cutoff' }] });
  });

  it('includes the whole last day of a range of moments', () => {
    const range = typed('signed_up in 2024-01-01..2024-01-02').typed;
    expect(range).toMatchObject({
      fn: 'between',
      args: [{}, { kind: 'range', from: { value: 1_704_067_200_000_000 }, to: { value: 1_704_239_999_999_999 } }],
    });
  });

  it('holds settings of transforms with their defaults', () => {
    expect(typed('city |> target_encode').typed).toMatchObject({ kind: 'transform', settings: { folds: 5, prior: null } });
    expect(typed('age |> impute(median)').typed).toMatchObject({ settings: { method: 'median', value: null } });
  });

  it('folds signs and sums of what is written out', () => {
    expect(typed('-3').typed).toMatchObject({ kind: 'literal', value: -3 });
    expect(typed('12 * 1mo').typed).toMatchObject({ kind: 'literal', value: { months: 12, micros: 0 } });
    expect(typed('30d - 12h').typed).toMatchObject({ kind: 'literal', value: { months: 0, micros: 29.5 * 86_400_000_000 } });
  });
});
