/**
 * The operators and the expression forms that behave like them: what hover says, and the key under which each reaches a plan.
 * Their typing is `model/operators.ts`.
 */
import type { OperatorEntry } from './entry.ts';

const operator = (name: string, key: string, signature: string, doc: string, example: string): OperatorEntry => ({
  family: 'operator',
  name,
  key,
  signature,
  doc,
  example,
});

export const operators: readonly OperatorEntry[] = [
  operator('+', 'add', 'number + number, time + duration', 'Sum of numbers of one unit, or a time moved later.', 'sibsp + parch'),
  operator('-', 'sub', 'number - number, time - duration', 'Difference of numbers of one unit, or a time moved earlier.', 'cutoff - 30d'),
  operator('*', 'mul', 'number * number', 'Product; units multiply. A whole number times a duration is a duration.', 'price * quantity'),
  operator('/', 'div', 'number / number → float', 'Quotient as a float; null where the divisor is 0. Units divide.', 'orders_30d / (1 + orders_90d)'),
  operator('div', 'intdiv', 'int div int → int', 'Quotient rounded down; null where the divisor is 0.', 'minutes div 60'),
  operator(
    '%',
    'mod',
    'number % number',
    'Remainder of the quotient rounded down: it has the sign of the divisor. Null where the divisor is 0.',
    'minutes % 60',
  ),
  operator('neg', 'neg', '-number', 'The number with the other sign.', '-balance'),
  operator('==', 'eq', 'a == b → bool', 'Whether both are equal; null when either is null. `x == null` tests for null.', 'status == "paid"'),
  operator('!=', 'ne', 'a != b → bool', 'Whether both differ; null when either is null. `x != null` tests for a value.', 'status != "cancelled"'),
  operator('<', 'lt', 'a < b → bool', 'Smaller, or earlier. Text compares by code point.', 'signed_up < cutoff - 30d'),
  operator('<=', 'le', 'a <= b → bool', 'Smaller or equal.', 'age <= 17'),
  operator('>', 'gt', 'a > b → bool', 'Greater, or later.', 'fare > 100'),
  operator('>=', 'ge', 'a >= b → bool', 'Greater or equal.', 'age >= 18'),
  operator(
    'and',
    'and',
    'bool and bool → bool',
    'Both hold. False when one is false, whatever the other; else null when one is null.',
    'alone and age < 18',
  ),
  operator(
    'or',
    'or',
    'bool or bool → bool',
    'One holds. True when one is true, whatever the other; else null when one is null.',
    'sibsp > 0 or parch > 0',
  ),
  operator('not', 'not', 'not bool → bool', 'The opposite; null stays null.', 'not returned'),
  operator('in', 'in', 'x in [a, b], x in { "a", "b" } → bool', 'Whether the value is one of those listed.', 'status in { "paid", "sent" }'),
  operator('in range', 'between', 'x in a..b → bool', 'Whether the value lies in the range, both ends included.', 'age in 18..65'),
  operator(
    'matches',
    'matches',
    'text matches "pattern" → bool',
    'Whether the pattern occurs in the text. Patterns are the common part of RE2 and JavaScript.',
    'email matches "@example\\\\.com$"',
  ),
  operator('??', 'coalesce', 'a ?? b', 'The left value, or the right one where the left is null.', 'sum(amount of orders) ?? 0'),
  operator(
    'if',
    'if',
    'if condition then a else b',
    'The first value where the condition is true, else the second (also where the condition is null).',
    'if age < 18 then "child" else "adult"',
  ),
  operator('is null', 'is_null', 'x == null → bool', 'True where there is no value. Never null itself.', 'age == null'),
];
