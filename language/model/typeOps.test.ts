import { describe, expect, it } from 'vitest';
import { decided, multiplyBounds, within } from './bounds.ts';
import { patternProblem } from './patterns.ts';
import {
  boolType,
  categoryType,
  clash,
  decimalType,
  floatType,
  intType,
  joinTypes,
  nullType,
  textType,
  typeText,
  unknownType,
  withNullable,
} from './typeOps.ts';
import type { Type } from './types.ts';

const key: Type = { kind: 'key', nullable: false };
const ref = (table: string): Type => ({ kind: 'ref', table, home: 'main.cupel', nullable: false });
const date: Type = { kind: 'date', nullable: false };
const timestamp: Type = { kind: 'timestamp', nullable: true };
const eur = floatType({ min: 0, max: null }, { EUR: 1 });

describe('types', () => {
  it.each([
    [intType({ min: 1, max: 3 }), 'int in 1..3'],
    [withNullable(intType({ min: 0, max: null }), true), 'int? in 0..'],
    [eur, 'float in 0.. unit "EUR"'],
    [decimalType(8, 2, {}, { min: null, max: 9 }), 'decimal(10, 2) in ..9'],
    [withNullable(categoryType(['a', 'b']), true), 'category { "a", "b" }?'],
    [categoryType(null), 'category'],
    [ref('orders'), 'ref orders'],
    [{ kind: 'list', element: textType, nullable: false } satisfies Type, 'list<text>'],
    [categoryType([...'abcdefghij']), 'category { "a", "b", "c", "d", "e", "f", "g", "h", … }'],
  ])('%j prints as %s', (type, text) => expect(typeText(type)).toBe(text));

  it.each([
    [intType({ min: 0, max: 3 }), intType({ min: 2, max: 9 }), 'int in 0..9'],
    [intType(), floatType(), 'float'],
    [decimalType(8, 2, {}, { min: null, max: null }), decimalType(4, 6, {}, { min: null, max: null }), 'decimal(14, 6)'],
    [decimalType(30, 8, {}, { min: null, max: null }), intType(), 'decimal(38, 8)'],
    [intType(), nullType, 'int?'],
    [eur, floatType({ min: 1, max: 1 }, null), 'float in 0.. unit "EUR"'],
    [eur, floatType(), null],
    [date, timestamp, 'timestamp?'],
    [categoryType(['a']), categoryType(['b', 'a']), 'category { "a", "b" }'],
    [categoryType(['a']), categoryType(null), 'category'],
    [categoryType(['a']), textType, 'text'],
    [key, ref('orders'), 'text'],
    [ref('orders'), ref('orders'), 'ref orders'],
    [boolType, textType, null],
    [unknownType, textType, 'unknown'],
  ])('%j with %j is %s', (a, b, text) => {
    const joined = joinTypes(a, b);
    const turned = joinTypes(b, a);
    expect(joined && typeText(joined)).toBe(text);
    expect(turned?.kind).toBe(joined?.kind);
  });

  it.each([
    [key, textType, null],
    [ref('orders'), ref('customers'), 'kind'],
    [date, timestamp, null],
    [eur, floatType(), 'unit'],
    [eur, floatType({ min: 1, max: 1 }, null), null],
    [boolType, intType(), 'kind'],
    [nullType, boolType, null],
  ])('%j against %j clashes by %s', (a, b, why) => expect(clash(a, b)).toBe(why));
});

describe('bounds', () => {
  const b = (min: number | null, max: number | null) => ({ min, max });

  it.each([
    [b(0, 5), '<', b(6, 6), 'always'],
    [b(0, 5), '<', b(5, 5), null],
    [b(0, 5), '<=', b(5, 5), 'always'],
    [b(0, 5), '>', b(5, 5), 'never'],
    [b(0, null), '>=', b(0, 0), 'always'],
    [b(0, null), '<', b(0, 0), 'never'],
    [b(0, 5), '==', b(6, 9), 'never'],
    [b(0, 5), '!=', b(6, 9), 'always'],
    [b(0, 5), '==', b(5, 9), null],
    [b(null, null), '>', b(0, 0), null],
  ] as const)('%j %s %j: %s', (a, operator, c, verdict) => expect(decided(a, operator, c)).toBe(verdict));

  it.each([
    [b(0, 5), b(0, null), 'always'],
    [b(0, 5), b(6, null), 'never'],
    [b(0, 5), b(null, -1), 'never'],
    [b(0, 5), b(1, 9), null],
    [b(null, 5), b(0, 9), null],
  ] as const)('%j within %j: %s', (a, c, verdict) => expect(within(a, c)).toBe(verdict));

  it('multiplies signs, and claims nothing beyond exact numbers', () => {
    expect(multiplyBounds(b(-2, 3), b(-5, 7))).toEqual(b(-15, 21));
    expect(multiplyBounds(b(0, null), b(2, 3))).toEqual(b(0, null));
    expect(multiplyBounds(b(null, 1), b(2, 3))).toEqual(b(null, null));
    expect(multiplyBounds(b(0, 2 ** 40), b(0, 2 ** 40)).max).toBeNull();
  });
});

describe('patterns', () => {
  it.each(['^a+b?$', '[a-z0-9_]{1,8}', '\\d+\\.\\d{2}', '(?:a|b)', '\\bword\\b', 'ü[^x]', '\\\\p'])('%s is common to both', pattern =>
    expect(patternProblem(pattern)).toBeNull(),
  );

  it.each(['(?=a)', '(?<!a)', '(?i)a', '(a)\\1', '(?P<n>a)', '\\Aa', '[[:alpha:]]', 'a++', 'a{1001}', '(a', 'a{2,1}', '*'])('%s is not', pattern =>
    expect(patternProblem(pattern)).not.toBeNull(),
  );
});
