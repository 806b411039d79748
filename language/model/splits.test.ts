import { describe, expect, it } from 'vitest';
import { durationText } from '../text/duration.ts';
import { factsText, lineageText, typedProgram } from './testProgram.ts';
import type { TimeBounds } from './typed.ts';

const base = `
source customers = csv("c.csv") {
  customer  : key
  signed_up : timestamp @time @known(+0d)
  town      : text immutable
}
source orders = csv("o.csv") until 2024-12-31 {
  order     : key
  customer  : ref customers
  placed_at : timestamp @time @known(+0d)
}
source people = csv("p.csv") {
  person : key
  home   : text immutable
  saved  : bool immutable
}
task flat { each p in people, label saved }
task churn {
  each c in customers
  at every month from 2023-01-01 to 2024-10-01
  label gone = count(orders next 30d) == 0
}
task local {
  each o in orders
  at placed_at
  label gone = count(orders via customer next 30d) == 0
  zone: "America/New_York"
}
`;

const typed = (text: string) => {
  const { program, problems } = typedProgram(base + text);
  const split = program.declarations('main.cupel').flatMap(({ model }) => (model.kind === 'split' ? [model] : []))[0];
  return { split, problems, method: split?.method };
};

const iso = (micros: number | null): string =>
  micros === null
    ? ''
    : new Date(micros / 1000)
        .toISOString()
        .replace(/:00.000Z$/, '')
        .replace('T00:00', '');
const edges = (bounds: TimeBounds | null | undefined): string => (bounds ? `${iso(bounds.from)}..${iso(bounds.to)}` : 'none');

describe('splits of rows', () => {
  it('draw at random by share and seed', () =>
    expect(typed('split flat at random { test: 20%, validate: 0.1, seed: 7 }').method).toMatchObject({
      kind: 'random',
      test: 0.2,
      validate: 0.1,
      seed: 7,
      seedWritten: true,
      stratify: null,
    }));

  it('keep groups together', () =>
    expect(typed('split flat by group { group: home, test: 20% }').method).toMatchObject({
      kind: 'group',
      group: { kind: 'column', name: 'home' },
      validate: 0,
      seedWritten: false,
    }));

  it('read of a cutoff only what stands in its way', () => {
    const { method } = typed('split local by group { group: day_of_week(cutoff), test: 20% }');
    const facts = method?.kind === 'group' ? method.group?.facts : undefined;
    expect(facts && [factsText(facts), lineageText(facts)]).toEqual(['-', '']);
  });

  it('have names of their own when they are further ones', () =>
    expect(typed('split other for flat at random { test: 20% }').split).toMatchObject({ name: 'other', task: 'flat' }));

  it.each([
    ['split flat at random { seed: 1 }', ['missing-item «flat»']],
    ['split flat at random { test: 0% }', ['wrong-setting «0%»']],
    ['split flat at random { test: 60%, validate: 40% }', ['impossible-range «40%»']],
    ['split flat at random { test: 20%, folds: 5, repeats: 2 }', []],
    ['split flat at random { test: 20%, folds: 1 }', ['wrong-setting «1»']],
    ['split flat at random { test: 20%, repeats: 2 }', ['wrong-setting «repeats»']],
    ['split flat at random { test: 20%, stratify: home }', []],
    ['split flat at random { tests: 20%, test: 20% }', ['unknown-setting «tests»']],
    ['split flat at random { test: 20%, seed: 1.5 }', ['wrong-setting «1.5»']],
    ['split flat by group { test: 20% }', ['missing-item «flat»']],
    ['split flat by group { test: 20%, group: hme }', ['unknown-name «hme»']],
    ['split flat by grup { test: 20% }', ['unknown-name «grup»']],
    ['split flatt at random { test: 20% }', ['unknown-name «flatt»']],
    ['split people at random { test: 20% }', ['unknown-name «people»']],
    ['split flat by time { train: ..2024-01-31, test: 2024-02-01.. }', ['missing-item «time»']],
  ])('%s: %j', (text, expected) => expect(typed(text).problems).toEqual(expected));
});

describe('splits by time', () => {
  const bounds = (train: string, test: string, task = 'churn'): string => {
    const { method, problems } = typed(`split ${task} by time { train: ${train}, test: ${test} }`);
    return [method?.kind === 'time' ? `${edges(method.train)} ${edges(method.test)}` : 'none', ...problems].join(' ');
  };

  it.each([
    ['..2024-02-29', '2024-09-01..', '..2024-03-01 2024-09-01..'],
    ['2023-01-01..2024-02-29', '2024-09-01..2024-09-30', '2023-01-01..2024-03-01 2024-09-01..2024-10-01'],
    ['cutoff < 2024-03-01', 'cutoff >= 2024-09-01', '..2024-03-01 2024-09-01..'],
    ['cutoff <= 2024-02-29', 'cutoff > 2024-08-31', '..2024-03-01 2024-09-01..'],
    ['2024-03-01 > cutoff', 'cutoff >= 2024-09-01 and cutoff < 2024-10-01', '..2024-03-01 2024-09-01..2024-10-01'],
    ['cutoff in ..2024-02-29', '2024-09-01', '..2024-03-01 2024-09-01..2024-09-02'],
    ['..2024-02-29T12:00:00Z', '2024-09-01T06:00:00Z..', '..2024-02-29T12:00 2024-09-01T06:00..'],
    ['2024-02-29..2024-01-01', '2024-09-01..', '2024-02-29..2024-01-02 2024-09-01.. impossible-range «2024-02-29..2024-01-01»'],
    ['20%', '2024-09-01..', '.. 2024-09-01.. wrong-setting «20%»'],
    ['..5', '2024-09-01..', '.. 2024-09-01.. wrong-setting «5»'],
  ])('%s and %s are %s', (train, test, expected) => expect(bounds(train, test)).toBe(expected));

  it('count days of the zone of the task, and know the column that its cutoffs are', () => {
    expect(bounds('..2024-02-29', '2024-09-01..', 'local')).toBe('..2024-03-01T05:00 2024-09-01T04:00..');
    expect(bounds('placed_at < 2024-03-01', '2024-09-01..', 'local')).toBe('..2024-03-01T05:00 2024-09-01T04:00..');
  });

  it('hold a gap and a group', () => {
    const { method } = typed(
      'split churn by time { train: ..2024-02-29, validate: 2024-04-01..2024-07-31, test: 2024-09-01.., gap: 60d, group: town }',
    );
    expect(method?.kind === 'time' && [durationText(method.gap), edges(method.validate), method.group?.kind]).toEqual([
      '60d',
      '2024-04-01..2024-08-01',
      'column',
    ]);
  });

  it.each([
    ['split churn by time { test: 2024-09-01.. }', ['missing-item «churn»']],
    ['split churn by time { train: ..2024-02-29 }', ['missing-item «churn»']],
    ['split churn by time { train: ..2024-02-29, test: 2024-09-01.., gap: 5 }', ['wrong-setting «5»']],
    ['split churn by time { train: ..2024-02-29, test: 2024-09-01.., seed: 5 }', ['unknown-setting «seed»']],
  ])('%s: %j', (text, expected) => expect(typed(text).problems).toEqual(expected));

  const validate = '2024-04-05..2024-04-30';
  it.each([
    // The grid has the first of each month.
    ['churn', validate, '0d', ['impossible-range «2024-04-05..2024-04-30»']],
    ['churn', '2024-04-01..2024-04-30', '61d', []],
    ['churn', '2024-04-01..2024-04-30', '2mo', []],
    ['churn', '2024-04-02..2024-05-31', '31d', []],
    ['churn', '2024-04-02..2024-05-31', '32d', ['impossible-range «2024-04-02..2024-05-31»']],
    ['local', validate, '0d', []],
    ['local', validate, '57d', []],
    ['local', validate, '58d', ['impossible-range «2024-04-05..2024-04-30»']],
    ['local', '..2024-04-30', '90d', []],
  ])('of %s with validate %s and the gap %s: %j', (task, validate, gap, expected) =>
    expect(typed(`split ${task} by time { train: ..2024-01-31, validate: ${validate}, test: 2024-06-01.., gap: ${gap} }`).problems).toEqual(expected),
  );

  it.each([
    ['train: ..2022-12-31, test: 2024-09-01..', []],
    ['train: ..2024-02-29, test: 2024-11-01..', []],
    ['train: ..2023-01-31, test: 2023-02-01.., gap: 31d', []],
    ['train: ..2023-01-31, test: 2023-02-01.., gap: 32d', ['impossible-range «..2023-01-31»']],
  ])('of train and test only where the gap leaves nothing, %s: %j', (parts, expected) =>
    expect(typed(`split churn by time { ${parts} }`).problems).toEqual(expected),
  );

  it.each([
    ['train: ..2024-06-30, test: ..2024-03-31', ['impossible-range «..2024-03-31»']],
    ['train: ..2024-06-30, test: cutoff <= 2024-06-30', ['impossible-range «cutoff <= 2024-06-30»']],
    ['train: ..2024-01-31, validate: ..2023-12-31, test: 2024-06-01..', ['impossible-range «..2023-12-31»']],
    ['train: ..2024-01-31, validate: ..2024-03-31, test: ..2024-02-29', ['impossible-range «..2024-02-29»']],
    ['train: ..2024-03-31, test: ..2024-06-30', []],
    ['train: ..2023-12-31, validate: ..2024-03-31, test: ..2024-06-30', []],
    ['train: ..2024-03-31, test: 2023-01-01..2024-06-30', []],
    ['train: 20%, test: ..2024-06-30', ['wrong-setting «20%»']],
    // Partitions in the wrong order are a rule of their own.
    ['train: 2023-02-01.., test: ..2024-06-30', []],
    ['train: 2024-02-01..2024-06-30, test: 2023-01-01..2023-06-30', []],
  ])('of partitions that the one before takes whole, %s: %j', (parts, expected) =>
    expect(typed(`split churn by time { ${parts} }`).problems).toEqual(expected),
  );
});
