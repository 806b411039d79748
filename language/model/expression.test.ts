import { describe, expect, it } from 'vitest';
import { regionText } from './factOps.ts';
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
  ['last(status of orders) |> target_encode(folds: 5, prior: 0.3)', 'float'],
  ['city |> target_encode', 'float'],
];

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
  ['cyclic(age)', ['later-form @ cyclic']],
  ['name |> tfidf(max_terms: 10)', ['later-form @ tfidf']],
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
  ['age |> impute(forward)', ['later-form @ forward']],
  ['city |> impute(mean)', ['type-mismatch @ city |> impute(mean)']],
  ['age |> impute(constant)', ['missing-setting @ impute']],
  ['sex |> impute(constant, value: "mal")', ['unknown-level @ "mal"']],
  ['age |> impute(median, value: 3)', ['wrong-arguments @ value']],
  ['city |> target_encode(folds: 1)', ['setting-out-of-range @ 1']],
  ['city |> target_encode(fold: 5)', ['unknown-setting @ fold']],
  ['city |> target_encode(folds: 2.5)', ['type-mismatch @ 2.5']],
  ['[age, children] |> standardize', ['later-form @ [age, children]']],
];

describe('types', () => {
  it.each(types.map(([text, type, use]) => ({ text, type, use })))('$text is $type', ({ text, type, use }) => {
    const result = typed(text, use);
    expect(result.problems).toEqual([]);
    expect(result.type).toBe(type);
  });
});

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

/** Expression, identity, fit, and lineage with its region. */
const facts: readonly (readonly [text: string, identity: string, fit: string, lineage: string])[] = [
  ['1', 'none', 'row', ''],
  ['age + children', 'none', 'row', 'age:own children:own'],
  ['customer_id', 'entity', 'row', 'customer_id:own'],
  ['hash(customer_id)', 'entity', 'row', 'customer_id:own'],
  ['lower(customer_id)', 'entity', 'row', 'customer_id:own'],
  ['concat("c", text(customer_id))', 'entity', 'row', 'customer_id:own'],
  ['customer_id ?? "x"', 'entity', 'row', 'customer_id:own'],
  ['if active then customer_id else "x"', 'entity', 'row', 'active:own customer_id:own'],
  ['customer_id == "x"', 'none', 'row', 'customer_id:own'],
  ['customer_id != null', 'none', 'row', 'customer_id:own'],
  ['customer_id in ["x"]', 'none', 'row', 'customer_id:own'],
  ['length(customer_id)', 'none', 'row', 'customer_id:own'],
  ['hash(customer_id) + 1', 'entity', 'row', 'customer_id:own'],
  ['hash(customer_id) % 8', 'none', 'row', 'customer_id:own'],
  ['hash(customer_id) % 1_000_003', 'entity', 'row', 'customer_id:own'],
  ['hash(customer_id) div 2', 'entity', 'row', 'customer_id:own'],
  ['customer_id |> one_hot', 'entity', 'train', 'customer_id:own'],
  ['customer_id |> target_encode', 'none', 'train', 'customer_id:own'],
  ['age |> impute(median) |> standardize', 'none', 'train', 'age:own'],
  ['count(orders)', 'none', 'history', 'placed_at:..0/0 customer:..0/0'],
  ['last(order_id of orders last 1d)', 'row', 'history', 'placed_at:0/-86400000000..0/0 customer:0/-86400000000..0/0 order_id:0/-86400000000..0/0'],
  [
    'count(orders last 2d lag 1d where amount > income)',
    'none',
    'history',
    'placed_at:0/-259200000000..0/-86400000000 customer:0/-259200000000..0/-86400000000 amount:0/-259200000000..0/-86400000000 income:own',
  ],
  ['count(orders next 1mo)', 'none', 'history', 'placed_at:0/0..1/0 customer:0/0..1/0'],
];

describe('facts', () => {
  it.each(facts)('%s', (text, identity, fit, lineage) => {
    const { typed: result, problems: found } = typed(text);
    expect(found).toEqual([]);
    expect(result.facts).toMatchObject({ identity, fit });
    expect(result.facts.lineage.map(l => `${l.column}:${regionText(l.region)}`).join(' ')).toBe(lineage);
  });

  it('keeps when rows and cells of a window are known', () => {
    const roots = typed('sum(amount of orders)').typed.facts.known.map(t => t.root);
    expect(roots).toEqual(['orders.placed_at', 'orders.billed_at']);
  });

  it('keeps the facts of what could not be typed', () => {
    expect(typed('customer_id + 1').typed.facts.lineage.map(l => l.column)).toEqual(['customer_id']);
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
    expect(typed('30d - 12h').typed).toMatchObject({ kind: 'literal', value: { months: 0, micros: 29.5 * 86_400_000_000 } });
  });
});
