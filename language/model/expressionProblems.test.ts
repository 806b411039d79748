import { describe, expect, it } from 'vitest';
import type { ExpressionUse } from './scope.ts';
import { typed } from './testScope.ts';

/** Expression and every problem, as `rule @ text`. */
const problems: readonly (readonly [text: string, problems: readonly string[], use?: ExpressionUse])[] = [
  // types
  ['age + name', ['type-mismatch @ age + name']],
  ['signed_up + 30', ['type-mismatch @ signed_up + 30']],
  ['active + 1', ['type-mismatch @ active + 1']],
  ['customer_id + 1', ['arithmetic-on-key @ customer_id']],
  ['2 * friend', ['arithmetic-on-key @ friend']],
  ['-sex', ['arithmetic-on-key @ sex']],
  ['log1p(sex)', ['arithmetic-on-key @ sex']],
  ['sum(customer of orders)', ['arithmetic-on-key @ customer']],
  ['score div 2', ['type-mismatch @ score div 2']],
  ['age == "12"', ['type-mismatch @ age == "12"']],
  ['score * 1h', ['type-mismatch @ score * 1h']],
  ['1h * 1h', ['type-mismatch @ 1h * 1h']],
  ['signed_up > 30d', ['type-mismatch @ signed_up > 30d']],
  ['days(signed_up, cutoff) > 30d', ['type-mismatch @ days(signed_up, cutoff) > 30d']],
  ['cutoff - signed_up < 1mo', ['type-mismatch @ cutoff - signed_up < 1mo']],
  ['age < null', ['type-mismatch @ age < null']],
  ['sex == "mail"', ['unknown-level @ "mail"']],
  ['"Male" == sex', ['unknown-level @ "Male"']],
  ['sex in { "male", "femal" }', ['unknown-level @ "femal"']],
  ['count(orders where status == "payed")', ['unknown-level @ "payed"']],
  ['sex < "male"', ['unordered-comparison @ sex < "male"']],
  ['customer_id > friend', ['unordered-comparison @ customer_id > friend']],
  ['max(sex, sex)', ['type-mismatch @ sex']],
  ['max(status of orders)', ['unordered-comparison @ status']],
  ['age and active', ['type-mismatch @ age']],
  ['age or 0', ['type-mismatch @ or']],
  ['active or 0', ['type-mismatch @ 0']],
  ['not age', ['type-mismatch @ age']],
  ['if age then 1 else 2', ['type-mismatch @ age']],
  ['if active then 1 else "a"', ['type-mismatch @ 1 else "a"']],
  ['age ?? "none"', ['type-mismatch @ age ?? "none"']],
  ['age matches "1"', ['type-mismatch @ age']],
  ['name matches "(?=a)"', ['type-mismatch @ "(?=a)"']],
  ['name matches "(a"', ['type-mismatch @ "(a"']],
  ['name matches email', ['type-mismatch @ email']],
  ['age in 3', ['type-mismatch @ 3']],
  ['age in ["a"]', ['type-mismatch @ "a"']],
  ['age.name', ['type-mismatch @ age']],
  // units
  ['rent + height', ['unit-mismatch @ rent + height']],
  ['rent > height', ['unit-mismatch @ rent > height']],
  ['income ?? height', ['unit-mismatch @ income ?? height']],
  ['max(rent, height)', ['unit-mismatch @ height']],
  ['rent in [height]', ['unit-mismatch @ height']],
  // ranges
  ['age in 65..18', ['impossible-range @ 65..18']],
  ['age in 130..140', ['impossible-range @ age in 130..140']],
  ['age > 120', ['impossible-range @ age > 120']],
  ['age == 200', ['impossible-range @ age == 200']],
  ['age in []', ['impossible-range @ []']],
  ['signed_up in 2024-12-31..2024-01-01', ['impossible-range @ 2024-12-31..2024-01-01']],
  ['items >= 1', ['always-holds @ items >= 1'], 'check'],
  ['items in 0..', ['always-holds @ items in 0..'], 'check'],
  ['rate(returned) <= 100%', ['always-holds @ rate(returned) <= 100%'], 'check'],
  ['items >= 1', [], 'group'],
  ['items != null', ['always-holds @ items != null'], 'check'],
  ['items == null', ['impossible-range @ items == null'], 'check'],
  ['children == null', []],
  // names
  ['aeg', ['unknown-name @ aeg']],
  ['aeg + 1 > 2 and true', ['unknown-name @ aeg']],
  ['lenght(name)', ['unknown-function @ lenght']],
  ['orders', ['type-mismatch @ orders']],
  ['median', ['wrong-arguments @ median']],
  ['count(order last 3d)', ['unknown-name @ order']],
  // calls
  ['lower()', ['wrong-arguments @ lower()']],
  ['lower(name, name)', ['wrong-arguments @ name']],
  ['round(score, places: 2)', ['wrong-arguments @ places']],
  ['lower(age)', ['type-mismatch @ age']],
  ['hour(signed_up, name)', ['wrong-arguments @ name']],
  ['spend()', ['wrong-arguments @ spend()']],
  ['hour(signed_up, "Europe/Nowhere")', ['wrong-arguments @ "Europe/Nowhere"']],
  ['date("2024-01-31")', ['type-mismatch @ "2024-01-31"']],
  ['spend(30)', ['type-mismatch @ 30']],
  ['spend(orders)', ['type-mismatch @ orders']],
  ['among(sex, ["male", "femal"])', ['unknown-level @ "femal"']],
  ['among(age, 65..18)', ['impossible-range @ 65..18']],
  ['pace(order, 3d)', ['unknown-name @ order']],
  ['twice(log1p(name))', ['type-mismatch @ name']],
  ['cyclic(age)', ['missing-setting @ cyclic']],
  ['cyclic(age, 0)', ['setting-out-of-range @ 0']],
  ['cyclic(age, 24)', ['type-mismatch @ cyclic'], 'table'],
  ['age |> indicator', ['type-mismatch @ indicator'], 'table'],
  ['city |> rfe(3)', ['type-mismatch @ city']],
  // aggregates
  ['sum(amount)', ['aggregate-outside-window @ sum(amount)']],
  ['count()', ['aggregate-outside-window @ count()']],
  ['max(age)', ['aggregate-outside-window @ max(age)'], 'table'],
  ['count(orders last 3d)', ['aggregate-outside-window @ count(orders last 3d)'], 'table'],
  ['count(orders last 3d) > 1', ['aggregate-outside-window @ count(orders last 3d)'], 'check'],
  ['sum(count(orders) of orders)', ['aggregate-outside-window @ count(orders)']],
  ['sum(orders last 3d)', ['wrong-arguments @ orders last 3d']],
  ['count(places last 3d)', ['window-without-time @ last 3d']],
  ['last(rent of places)', ['window-without-time @ places']],
  ['count(orders last 30)', ['type-mismatch @ 30']],
  ['count(orders last 0d)', ['impossible-range @ 0d']],
  ['count(orders last 3d lag -1d)', ['impossible-range @ -1d']],
  ['quantile(items of orders)', ['missing-setting @ quantile(items of orders)']],
  ['quantile(items of orders, 90)', ['setting-out-of-range @ 90']],
  ['rate(items of orders)', ['type-mismatch @ items']],
  // fitted transforms
  ['age |> standardize', ['fitted-in-table @ standardize'], 'table'],
  ['age |> standardize', ['fitted-in-table @ standardize'], 'label'],
  ['name |> standardize', ['type-mismatch @ name']],
  ['age |> impute', ['missing-setting @ impute']],
  ['age |> impute(medain)', ['setting-out-of-range @ medain']],
  ['signed_up |> impute(forward)', ['type-mismatch @ signed_up |> impute(forward)']],
  ['city |> impute(mean)', ['type-mismatch @ city |> impute(mean)']],
  ['age |> impute(constant)', ['missing-setting @ impute']],
  ['sex |> impute(constant, value: "mal")', ['unknown-level @ "mal"']],
  ['age |> impute(median, value: 3)', ['wrong-arguments @ value']],
  ['name |> min_max', ['type-mismatch @ name']],
  ['age |> quantile_bin(1)', ['setting-out-of-range @ 1']],
  ['age |> robust_scale(low: 75%, high: 25%)', ['setting-out-of-range @ age |> robust_scale(low: 75%, high: 25%)']],
  ['age |> winsorize(low: 101%)', ['setting-out-of-range @ 101%']],
  ['city |> target_encode(folds: 1)', ['setting-out-of-range @ 1']],
  ['city |> target_encode(fold: 5)', ['unknown-setting @ fold']],
  ['city |> target_encode(folds: 2.5)', ['type-mismatch @ 2.5']],
  ['[age, name] |> standardize', ['type-mismatch @ name']],
  ['[] |> standardize', ['wrong-arguments @ []']],
  ['[age, children] |> kmeans_distance(3)', ['needs-value @ age']],
  ['[children, city] |> pca(2)', ['type-mismatch @ city']],
  ['[children, rent] |> kmeans_distance(3)', ['unit-mismatch @ [children, rent] |> kmeans_distance(3)']],
  ['[children, rent] |> pca(0)', ['unit-mismatch @ [children, rent] |> pca(0)']],
  ['children |> pca(0)', ['setting-out-of-range @ 0']],
  ['[children] |> select(1, by: hope)', ['setting-out-of-range @ hope']],
  ['([children] |> standardize) + 1', ['type-mismatch @ ([children] |> standardize) + 1']],
];

describe('problems', () => {
  it.each(problems.map(([text, expected, use]) => ({ text, expected, use })))('$text', ({ text, expected, use }) =>
    expect(typed(text, use).problems).toEqual(expected),
  );

  it.each(problems.map(([text, , use]) => ({ text, use })))('$text: says what to do in plain words', ({ text, use }) => {
    for (const { message, help } of typed(text, use).found) {
      expect(message).toMatch(/^[A-Z`"1-9].*[.]$/s);
      expect(`${message} ${help}`).not.toMatch(/!(?!=)|invalid|illegal|undefined|\[object/i);
    }
  });

  it('suggests the nearest level, setting and function', () => {
    expect(typed('sex == "femal"').found[0]).toMatchObject({ help: 'Did you mean "female"?', fixes: [{ safe: false }] });
    expect(typed('lenght(name)').found[0]?.help).toBe('Did you mean `length`?');
    expect(typed('city |> target_encode(fold: 5)').found[0]?.help).toBe('Did you mean `folds`?');
  });
});
