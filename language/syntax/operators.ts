/** The operators of expressions, and how tightly they bind. */
import type { TokenType } from 'chevrotain';
import type { BinaryOperator } from './ast.ts';
import { T, typeCount } from './tokens.ts';

/** Higher binds tighter; all are left-associative but `??`. */
export const level = { or: 1, and: 2, comparison: 4, coalesce: 5, range: 6, sum: 7, product: 8, sign: 9 } as const;

export const operators = new Map<TokenType, { readonly sign: BinaryOperator; readonly level: number }>([
  [T.Or, { sign: 'or', level: level.or }],
  [T.And, { sign: 'and', level: level.and }],
  [T.EqualEqual, { sign: '==', level: level.comparison }],
  [T.Equals, { sign: '==', level: level.comparison }],
  [T.NotEqual, { sign: '!=', level: level.comparison }],
  [T.Less, { sign: '<', level: level.comparison }],
  [T.LessEqual, { sign: '<=', level: level.comparison }],
  [T.Greater, { sign: '>', level: level.comparison }],
  [T.GreaterEqual, { sign: '>=', level: level.comparison }],
  [T.In, { sign: 'in', level: level.comparison }],
  [T.Matches, { sign: 'matches', level: level.comparison }],
  [T.Coalesce, { sign: '??', level: level.coalesce }],
  [T.Plus, { sign: '+', level: level.sum }],
  [T.Minus, { sign: '-', level: level.sum }],
  [T.Star, { sign: '*', level: level.product }],
  [T.Slash, { sign: '/', level: level.product }],
  [T.Modulo, { sign: '%', level: level.product }],
  [T.Div, { sign: 'div', level: level.product }],
]);

/** How tightly what begins with a token binds, by the number of its type: less than nothing where none does, or it is to be looked at. */
export const levels = new Int8Array(typeCount).fill(-1);
export const closer = -2;
for (const [type, operator] of operators) levels[type.tokenTypeIdx ?? 0] = operator.level;
for (const type of [T.In, T.DotDot, T.Not, T.Identifier])
  for (const number of [type.tokenTypeIdx ?? 0, ...(type.categoryMatches ?? [])]) levels[number] = closer;

/** What the grammar of operands is given: all that binds, or only what binds at least as tightly as a sum. */
export const fromAny: { ARGS: [number] } = { ARGS: [0] };
export const fromSum: { ARGS: [number] } = { ARGS: [level.sum] };
