import { describe, expect, it } from 'vitest';
import { typedProgram } from './testProgram.ts';
import { typeText } from './typeOps.ts';

const program = (value: string, params = 'param rate: float unit "EUR/USD" = 0.8') =>
  typedProgram(`${params}
source s = csv("s.csv") {
  id     : key
  price  : float in 0..10 unit "USD"
  speed  : float unit "km/hour"
  cents  : int unit "cent"
  height : float unit "cm"
  weight : float unit "kg"
  plain  : float
  name   : text
  a      : timestamp
  b      : timestamp
}
table t = s | derive x = ${value}
`);

describe('convert', () => {
  it.each([
    ['convert(price, "EUR")', 'float in 0..8 unit "EUR"'],
    ['convert(price, "EUR") |> convert("USD")', 'float in 0..10 unit "USD"'],
    ['price |> convert("EUR")', 'float in 0..8 unit "EUR"'],
    ['convert(days(a, b), "hour")', 'float unit "hour"'],
    ['convert(hours(a, b), "weeks")', 'float unit "week"'],
    ['convert(speed, "km/day")', 'float unit "km/day"'],
    ['convert(price, "USD")', 'float in 0..10 unit "USD"'],
    ['price * rate', 'float unit "EUR"'],
  ])('%s is a %s', (value, type) => {
    const typed = program(value);
    expect(typed.problems).toEqual([]);
    expect(typeText(typed.column('t', 'x').type)).toBe(type);
  });

  it.each([
    [
      'convert(cents, "EUR")',
      'unit-mismatch',
      'Nothing says how many EUR a cent is. Declare it, and write its value behind it: `param eur_per_cent: float unit "EUR/cent" = …`.',
    ],
    ['convert(height, "m")', 'unit-mismatch', 'Nothing says how many m a cm is. Declare it: `param m_per_cm: float unit "m/cm" = 0.01`.'],
    ['convert(height, "mm")', 'unit-mismatch', 'Declare it: `param mm_per_cm: float unit "mm/cm" = 10`.'],
    ['convert(weight, "g")', 'unit-mismatch', 'Declare it: `param g_per_kg: float unit "g/kg" = 1000`.'],
    ['convert(weight, "m")', 'unit-mismatch', '`param m_per_kg: float unit "m/kg" = …`.'],
    [
      'convert(plain, "EUR")',
      'unit-mismatch',
      '`plain` has no unit that could be converted. Declare it where the number comes from: `price : float unit "USD"`.',
    ],
    ['convert(price, name)', 'wrong-arguments', 'A unit is written out. Write it in quotes: `convert(x, "EUR")`.'],
    [
      'convert(price, "EUR//")',
      'unknown-unit',
      '"EUR//" cannot be read as a unit. Write names with `*`, `/` and `^` between them: `"EUR/day"`, `"m^2"`.',
    ],
    ['convert(name, "EUR")', 'type-mismatch', '`convert` takes a number, and `name` is text.'],
    ['convert(price)', 'wrong-arguments', '`convert` needs `unit`, text. Write it as `convert(x, unit)`.'],
    ['convert(price, "EUR") + price', 'unit-mismatch', ''],
  ])('%s: %s', (value, rule, message) => {
    const { problems, messages } = program(value);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${rule} `));
    expect(messages[0]).toContain(message);
  });

  it('does not choose among several factors', () => {
    const { messages } = program('convert(price, "EUR")', 'param a: float unit "EUR/USD" = 0.8\nparam b: float unit "USD/EUR" = 1.1');
    expect(messages).toEqual(['More than one parameter leads from USD to EUR: `a`, `b`. Say which one: `x * a`.']);
  });

  it('takes units of numbers alone', () =>
    expect(program('1', 'param d: duration unit "EUR" = 3d\nparam e: float unit 5 = 1.5').problems).toEqual([
      'role-does-not-fit «"EUR"»',
      'role-does-not-fit «5»',
    ]));
});
