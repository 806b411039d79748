/** Semantics, layout: where an item ends, and how literals are written. Programs that mean the same have the same plan. */
import { describe, expect, it } from 'vitest';
import { format } from '../../language/index.ts';
import { expectTables, planOf, told } from './program.ts';

const features = (items: string) => `source people = csv("p.csv") { id : key, age : int in 0.., n : int, name : text?, won : bool }
task t { each p in people, label won }
split t at random { test: 20%, seed: 1 }
features f for t {
  ${items}
}
`;
const meaning = (text: string): string => planOf(text).fingerprint;
const same = (one: string, other: string): void => {
  expect(meaning(features(one))).toBe(meaning(features(other)));
};

describe('a line end', () => {
  it('closes an item, as a comma does', () => same('age\n  n', 'age, n'));
  it('is nothing inside ()', () => same('x = max(\n  age\n  ,\n  n\n  )', 'x = max(age, n)'));
  it('is nothing inside []', () => same('x = bucket(age, [\n 18,\n 40\n ])', 'x = bucket(age, [18, 40])'));
  it.each(['+', '-', '*', '/', 'div', '==', '<', 'and', 'or', '??'])('is nothing after %s', operator => {
    const [a, b] = operator === 'and' || operator === 'or' ? ['age > 1', 'n > 1'] : ['age', 'n'];
    same(`x = ${a} ${operator}\n    ${b}`, `x = ${a} ${operator} ${b}`);
  });
  it('is nothing after a comma', () => same('age,\n\n  n', 'age, n'));
  it.each(['and', 'or'])('is nothing before a line that starts with %s', word => same(`x = age > 1\n    ${word} n > 1`, `x = age > 1 ${word} n > 1`));
  it('is nothing before ??', () => same('x = name\n    ?? "none"', 'x = name ?? "none"'));
  it('is nothing before |>', () => same('x = age\n    |> standardize\n    |> impute(mean)', 'x = age |> standardize |> impute(mean)'));
  it('is nothing before |', () => {
    const source = 'source s = csv("s.csv") { k : key, x : int }\n';
    expect(meaning(`${source}table t = s\n  | where x > 1\n\n  | drop x`)).toBe(meaning(`${source}table t = s | where x > 1 | drop x`));
  });
  it('is nothing before .', () => {
    const source =
      'source towns = csv("t.csv") { town : key, size : int }\nsource s = csv("s.csv") { k : key, town : ref towns, won : bool }\ntask t { each r in s, label won }\nsplit t by group { group: town, test: 20%, seed: 1 }\n';
    expect(meaning(`${source}features f for t { x = town\n  .size }`)).toBe(meaning(`${source}features f for t { x = town.size }`));
  });
});

describe('literals', () => {
  it('a trailing `..` is an open range', () => {
    expect(told('source s = csv("s.csv") {\n  a : int in 0..\n  b : int in ..5\n  c : int\n}')).toEqual([]);
    expect(planOf('source s = csv("s.csv") {\n  a : int in 0..\n  b : int in ..5\n}').nodes[0]).toMatchObject({
      columns: [
        { name: 'a', min: 0, max: null },
        { name: 'b', min: null, max: 5 },
      ],
    });
  });

  const values = (expected: Readonly<Record<string, string>>) =>
    expectTables(
      `source s = csv("s.csv") { n : int, at : timestamp }\ntable t = s | derive ${Object.keys(expected)
        .map((e, i) => `v${i} = ${e}`)
        .join(', ')}`,
      { 's.csv': 'n,at\n17,2024-01-31T00:00:00Z\n' },
      {
        'relation t': `${Object.keys(expected)
          .map((_, i) => `v${i}`)
          .join(' ')}\n${Object.values(expected).join(' ')}`,
      },
    );

  it('% glued to a number is a percentage, modulo has spaces', () => values({ 'n % 5': '2', 'n * 50%': '8.5', '200% % 3': '2', '10% + 1': '1.1' }));
  it('numbers, null, true and false', () => values({ '1_000': '1000', '1e-3': '0.001', true: 'true', 'not true': 'false', 'n == null': 'false' }));
  it('durations', () =>
    values({
      'at + 250ms': '2024-01-31T00:00:00.250Z',
      'at + 10s': '2024-01-31T00:00:10Z',
      'at + 15m': '2024-01-31T00:15Z',
      'at + 12h': '2024-01-31T12:00Z',
      'at + 2w': '2024-02-14',
      'at + 1mo': '2024-02-29',
      'at - 1y': '2023-01-31',
    }));
  it('escapes in text', () => values({ '"a\\u{e9}"': 'aé', '"\\u{1F600}"': '😀', 'length("\\n")': '1', '"\\""': '"', '"\\\\"': '\\' }));
});

it('there is one layout, which keeps the meaning and has reached itself', () => {
  const wild = features('x   =   age   +\n\n\n n  ,   age|>standardize\n\n\n  name    // who');
  const laid = format(wild);
  expect(meaning(laid)).toBe(meaning(wild));
  expect(format(laid)).toBe(laid);
});
