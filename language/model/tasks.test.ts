import { describe, expect, it } from 'vitest';
import { durationText } from '../text/duration.ts';
import { typedProgram } from './testProgram.ts';
import type { TaskModel } from './typed.ts';

const shop = `
source customers = csv("c.csv") {
  customer  : key
  signed_up : timestamp @time @known(+0d)
  region    : category { "north", "south" } immutable
}
source orders = csv("o.csv") until 2024-12-31 {
  order     : key
  customer  : ref customers
  placed_at : timestamp @time @known(+0d)
  amount    : float in 0.. immutable
  returned  : bool @known(+30d)
  settled   : timestamp?
  paid      : float? @known(settled)
}
source visits = csv("v.csv") {
  customer : ref customers
  day      : date @time @known(+1d)
}
`;

const flat = `
source people = csv("p.csv") {
  person : key
  age    : float immutable
  group  : category { "a", "b", "c" } immutable
  answer : category { "no", "yes" } immutable
  born   : date immutable
  saved  : bool @after(outcome)
}
`;

function task(text: string, base = shop): { model: TaskModel | null; problems: readonly string[]; messages: readonly string[] } {
  const typed = typedProgram(base + text);
  return { model: typed.program.task('main.cupel', 't'), problems: typed.problems, messages: typed.messages };
}

const iso = (micros: number | undefined): string => (micros === undefined ? '' : new Date(micros / 1000).toISOString().replace(/:00.000Z$/, ''));

function gridText(at: string, more = ''): string {
  const { model } = task(`task t { each c in customers\n at ${at}\n label b = count(orders next 30d) > 0\n ${more} }`);
  if (model?.cutoffs.kind !== 'grid') return 'no grid';
  const { instants } = model.cutoffs;
  return `${instants.length}: ${iso(instants[0])} … ${iso(instants.at(-1))}`;
}

describe('cutoffs', () => {
  it.each([
    ['every month from 2023-01-01 to 2024-10-01', '22: 2023-01-01T00:00 … 2024-10-01T00:00'],
    ['every 1mo from 2023-01-31 to 2023-04-30', '4: 2023-01-31T00:00 … 2023-04-30T00:00'],
    ['every week from 2024-01-01 to 2024-01-31', '5: 2024-01-01T00:00 … 2024-01-29T00:00'],
    ['every quarter from 2024-01-01 to 2024-12-31', '4: 2024-01-01T00:00 … 2024-10-01T00:00'],
    ['every 6h from 2024-01-01 to 2024-01-02', '8: 2024-01-01T00:00 … 2024-01-02T18:00'],
    ['every 6h from 2024-01-01T00:00:00Z to 2024-01-02T00:00:00Z', '5: 2024-01-01T00:00 … 2024-01-02T00:00'],
  ])('%s are %s', (at, expected) => expect(gridText(at)).toBe(expected));

  it('stand at midnight of the zone, whatever its clocks do', () =>
    expect(gridText('every day from 2013-03-09 to 2013-03-12', 'zone: "America/New_York"')).toBe('4: 2013-03-09T05:00 … 2013-03-12T04:00'));

  it('are the event time of the entity when nothing is written', () => {
    const cutoffs = task('task t { each o in orders, label b = amount > 5, delay: 1d }').model?.cutoffs;
    expect(cutoffs).toMatchObject({
      kind: 'column',
      assumed: true,
      value: { kind: 'column', name: 'placed_at' },
      shape: { root: 'main.cupel:orders.placed_at' },
    });
  });

  it('may be a shifted time column', () => {
    const cutoffs = task('task t { each o in orders\n at placed_at + 2d\n label b = returned, delay: 30d }').model?.cutoffs;
    expect(cutoffs?.kind === 'column' && cutoffs.shape && durationText(cutoffs.shape.plus)).toBe('2d');
  });

  it('are none where the entity has no time', () =>
    expect(task('task t { each p in people, label answer, positive: "yes" }', flat).model?.cutoffs.kind).toBe('none'));

  it.each([
    ['at every month from 2024-02-01 to 2024-01-01', 'impossible-range «at every month from 2024-02-01 to 2024-01-01»'],
    ['at every 1s from 2024-01-01 to 2024-12-31', 'impossible-range «at every 1s from 2024-01-01 to 2024-12-31»'],
    ['at every fortnight from 2024-01-01 to 2024-12-31', 'wrong-setting «fortnight»'],
    ['at every monday from 2024-01-01 to 2024-12-31', 'wrong-setting «monday»'],
    ['at every months from 2024-01-01 to 2024-12-31', 'wrong-setting «months»'],
    ['at every 0d from 2024-01-01 to 2024-12-31', 'wrong-setting «0d»'],
    ['at every month from 3 to 2024-12-31', 'wrong-setting «3»'],
    ['at region', 'type-mismatch «region»'],
    ['at signed_down', 'unknown-name «signed_down»'],
  ])('%s is %s', (at, expected) =>
    expect(task(`task t { each c in customers\n ${at}\n label b = count(orders next 30d) > 0 }`).problems).toEqual([expected]),
  );

  it.each([
    ['monday', 'Write `every week from` and the date of a monday.'],
    ['months', 'Did you mean `every month`?'],
    ['daily', 'Did you mean `every day`?'],
    ['weekly', 'Did you mean `every week`?'],
    ['fortnight', 'Write `every month`, or a duration: `every 7d`.'],
  ])('every %s: %s', (word, help) =>
    expect(
      task(`task t { each c in customers\n at every ${word} from 2024-01-01 to 2024-12-31\n label b = count(orders next 30d) > 0 }`).messages.join(),
    ).toContain(help),
  );
});

describe('labels', () => {
  const reach = (label: string, more = ''): string => {
    const { model, problems } = task(`task t { each c in customers\n at every month from 2023-01-01 to 2024-10-01\n label y = ${label}\n ${more} }`);
    return [
      `${durationText(model?.label?.horizon ?? { months: 0, micros: 0 })} + ${durationText(model?.label?.delay ?? { months: 0, micros: 0 })}`,
      ...problems,
    ].join(' ');
  };

  it.each([
    ['count(orders next 60d) == 0', '60d + 0d'],
    ['count(orders next 1mo) > count(orders next 20d)', '1mo + 0d'],
    ['any(returned of orders next 60d)', '60d + 30d'],
    ['count(orders next 60d where returned)', '60d + 30d'],
    ['count(visits next 30d)', '30d + 1d'],
    ['count(orders last 30d) > 0', '0d + 0d'],
  ])('%s reaches %s', (label, expected) => expect(reach(label)).toBe(expected));

  it('need a delay when no constant says when they are known', () => {
    expect(reach('sum(paid of orders next 30d) > 0')).toBe('30d + 0d missing-item «sum(paid of orders next 30d) > 0»');
    expect(reach('sum(paid of orders next 30d) > 0', 'delay: 14d')).toBe('30d + 14d');
    expect(task('task t { each o in orders, at placed_at, label y = paid }').problems).toEqual(['missing-item «paid»']);
    expect(task('task t { each o in orders, at placed_at, label y = paid, delay: 5d }').problems).toEqual([]);
  });

  it('of the own row wait as long as their column does', () =>
    expect(task('task t { each o in orders\n at placed_at\n label returned }').model?.label).toMatchObject({
      horizon: { micros: 0 },
      delay: { micros: 30 * 86_400_000_000 },
      delayDeclared: false,
    }));

  it('waits for cells of the own row beside windows too', () => {
    const waits = (label: string): string => {
      const { model, problems } = task(`task t { each o in orders\n at placed_at\n label y = ${label} }`);
      return [durationText(model?.label?.delay ?? { months: 0, micros: 0 }), ...problems].join(' ');
    };
    expect(waits('(sum(amount of orders via customer next 30d) ?? 0) - amount')).toBe('0d');
    expect(waits('if returned then 0 else count(orders via customer next 30d)')).toBe('30d');
    expect(waits('count(orders via customer next 30d) - paid')).toBe('0d missing-item «count(orders via customer next 30d) - paid»');
  });

  it('is as long as each window from every date', () => {
    expect(reach('count(orders next 1mo) + count(orders next 30d)')).toBe('31d + 0d');
    expect(reach('count(orders next 1mo) + count(orders next 27d)')).toBe('1mo + 0d');
  });

  it('says how long it waits and why, beside what is written', () => {
    const label = task(
      'task t { each c in customers\n at every month from 2024-01-01 to 2024-06-01\n label y = any(returned of orders next 30d), delay: 2d }',
    ).model?.label;
    expect(durationText(label?.lag.after ?? { months: 0, micros: 0 })).toBe('30d');
    expect(label?.lag.reason?.message).toBe('`returned` of `orders` is known 30 days after `placed_at`');
    expect(label?.delayPlace).not.toBeNull();
  });

  it('without any time need no delay', () => expect(task('task t { each p in people, label saved }', flat).problems).toEqual([]));

  const kind = (label: string, base = flat): string => {
    const { model, problems } = task(`task t { each p in people, label ${label} }`, base);
    return [model?.label?.kind ?? 'none', model?.label?.positive, ...problems].filter(part => part).join(' ');
  };

  it.each([
    ['saved', 'binary'],
    ['old = age > 60', 'binary'],
    ['age', 'number'],
    ['answer, positive: "yes"', 'binary yes'],
    ['answer', 'binary no missing-item «answer»'],
    ['answer, positive: "maybe"', 'binary no wrong-setting «"maybe"»'],
    ['group', 'classes'],
    ['group, positive: "a"', 'binary a'],
    ['saved, positive: "yes"', 'binary wrong-setting «positive: "yes"»'],
    ['born', 'binary type-mismatch «born»'],
    ['none', 'none later-form «label none»'],
  ])('%s is %s', (label, expected) => expect(kind(label)).toBe(expected));

  it('that count are counts', () =>
    expect(
      task('task t { each c in customers\n at every month from 2023-01-01 to 2024-10-01\n label n = count(orders next 30d) }').model?.label?.kind,
    ).toBe('count'));
});

describe('tasks', () => {
  it.each([
    ['task t { label saved }', ['missing-item «t»']],
    ['task t { each p in people }', ['missing-item «t»']],
    ['task t { each p in persons, label saved }', ['unknown-name «persons»']],
    ['task t { each p in people, label saved, horizon: 3 }', ['unknown-setting «horizon»']],
    ['task t { each p in people, label saved, zone: "Mars" }', ['wrong-setting «"Mars"»']],
    ['task t { each p in people, label saved, delay: 3 }', ['wrong-setting «3»']],
    ['task t { each p in people, label saved, delay: 1d, delay: 2d }', ['wrong-setting «delay»']],
    ['task t { each p in people where age, label saved }', ['type-mismatch «age»']],
    ['task t { each p in people where p.age > 3, label saved }', []],
    ['task t { each p in people where born < cutoff, label saved }', ['window-without-time «cutoff»']],
    ['task t { each p in people where p.agee > 3, label saved }', ['unknown-column «agee»']],
  ])('%s: %j', (text, expected) => expect(task(text, flat).problems).toEqual(expected));
});
