/** When two parts of one source are told to have no row in common: by conditions on the same value, whatever it is called on the way. */
import { describe, expect, it } from 'vitest';
import { typedProgram } from './testProgram.ts';

const sources = `
source ps = csv("ps.csv") {
  id   : key
  age  : int immutable
  fee  : decimal(9,2) immutable
  old  : bool immutable
  home : ref ports
}
source ports = csv("ports.csv") {
  port : key
  land : text immutable
}
`;

/** `a` and `b`: the steps that lead from the source to the two sides. */
const holdsCopies = (a: string, b: string, before = ''): boolean =>
  Boolean(typedProgram(`${sources}${before}\ntable left = ${a}\ntable right = ${b}\ntable all = left | union right`).relation('all').copied);

describe('parts of a source that share no row', () => {
  it.each([
    ['a condition and its negation', 'ps | where old', 'ps | where not old'],
    ['opposite comparisons', 'ps | where age > 30', 'ps | where age <= 30'],
    ['different values', 'ps | where age == 1', 'ps | where age == 2'],
    ['ranges that do not meet', 'ps | where age < 2', 'ps | where age >= 5'],
    ['… or meet in nothing', 'ps | where age > 2', 'ps | where age == 2'],
    ['of a value that both derive', 'ps | derive u = age % 2 | where u == 0', 'ps | derive u = age % 2 | where u == 1'],
    ['… under other names', 'ps | derive u = age % 2 | where u == 0 | drop u', 'ps | derive v = age % 2 | where v == 1 | drop v'],
    ['… in two steps, or in one', 'ps | derive a = age + 1, u = a * 2 | where u > 9 | select id', 'ps | where not (((age + 1) * 2) > 9) | select id'],
    ['under a name that is taken anew behind it', 'ps | where age == 1 | derive age = age + 1', 'ps | where age == 2 | derive age = age + 1'],
    ['of the row that a ref reaches', 'ps | where home.land == "fr"', 'ps | where home.land == "it"'],
  ])('%s', (_, a, b) => expect(holdsCopies(a, b)).toBe(false));

  it('of two sources that a table puts together', () => {
    const both = sources.replace('source ports', 'source qs = csv("qs.csv") {\n id : key\n age : int immutable\n}\nsource ports');
    const parts =
      'table all = mine | union qs\ntable left = all | where age > 30\ntable right = all | where age <= 30\ntable again = left | union right';
    const copied = (text: string): boolean => Boolean(typedProgram(`${both}\ntable mine = ps | select id, age\n${text}`).relation('again').copied);
    expect(copied(parts)).toBe(false);
    expect(copied(parts.replace('<=', '<'))).toBe(false);
    expect(copied(parts.replace('<=', '>='))).toBe(true);
  });
});

describe('parts of a source that overlap', () => {
  it.each([
    ['by values that are derived differently', 'ps | derive u = age % 2 | where u == 0', 'ps | derive u = age % 3 | where u == 1'],
    ['by ranges that meet in one value', 'ps | where age <= 2', 'ps | where age >= 2'],
    ['by ranges of decimals, which a column rounds', 'ps | where fee < 2.001', 'ps | where fee > 2.002'],
    ['… of several columns', 'ps | derive u = age + fee | where u > 9', 'ps | derive u = age - fee | where u <= 9'],
    ['… with other numbers', 'ps | derive u = age > 3 | where u', 'ps | derive u = age > 4 | where not u'],
    ['by a value that was overwritten', 'ps | derive age = age % 2 | where age == 0', 'ps | where age == 1'],
    [
      'by a value that is taken from another row',
      'ps | sort by home, age | derive u = lag(age, 1) | where u == 0',
      'ps | sort by age | derive u = lag(age, 1) | where u == 1',
    ],
    ['by the rows that different refs reach', 'ps | where home.land == "fr"', 'ps | rename age as home2 | where home.land != "it"'],
    ['by decimals that a column rounds', 'ps | where fee == 1.001', 'ps | where fee == 1.002'],
  ])('%s', (_, a, b) => expect(holdsCopies(a, b)).toBe(true));

  it('of one file under two names', () => {
    const again = (path: string): boolean =>
      holdsCopies(
        'ps | select id, age | where age > 30',
        'again | where age <= 30',
        `source again = csv("${path}") {\n id : key\n age : int immutable\n}`,
      );
    expect(again('./ps.csv')).toBe(true);
    expect(again('*.csv')).toBe(true);
    expect(again('more.csv')).toBe(false);
  });

  it('by a group that both sides are read from', () => {
    const groups = 'table homes = ps | group by home { n = count() }';
    expect(holdsCopies('homes', 'homes', groups)).toBe(true);
    expect(holdsCopies('homes | where n > 3', 'homes | where n <= 3', groups)).toBe(true);
    expect(holdsCopies('ps | group by home { n = count() }', 'ports | derive n = 1 | rename port as home | select home, n')).toBe(false);
  });

  it('says nothing of a value whose definition grows without end', () => {
    const long = Array.from({ length: 40 }, (_, i) => `derive u${i} = ${i ? `u${i - 1} + u${i - 1}` : 'age'}`).join(' | ');
    expect(holdsCopies(`ps | ${long} | where u39 == 0`, `ps | ${long} | where u39 == 1`)).toBe(true);
  });
});

it('of copies one stays where one row of each value does, and they are alike in it', () => {
  const copied = (right: string, by: string): boolean =>
    Boolean(
      typedProgram(
        `${sources}\ntable all = ps | union ${right} | dedupe by ${by} keep earliest age\ntable other = ps | derive old = age > 3`,
      ).relation('all').copied,
    );
  expect(copied('ps', 'home')).toBe(false);
  expect(copied('ps', 'home, old')).toBe(false);
  expect(copied('other', 'home')).toBe(false);
  expect(copied('other', 'old')).toBe(true);
  expect(copied('other', 'home, old')).toBe(true);
});
