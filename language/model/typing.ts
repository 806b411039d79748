/** What the typing of every form shares: building typed nodes, naming operands in messages, reporting once. */
import type { Expr } from '../syntax/ast.ts';
import { durationText } from '../text/duration.ts';
import type { Place, Span } from '../text/place.ts';
import { writtenName } from '../text/writtenName.ts';
import { factsOf, noFacts, withoutIdentity } from './factOps.ts';
import { type Problem, problem } from './problem.ts';
import { placeIn, type Scope } from './scope.ts';
import type { FunctionKey, LiteralValue, TypedExpr } from './typed.ts';
import { kindText, unknownType } from './typeOps.ts';
import type { Type } from './types.ts';

export type TypedOf<K extends TypedExpr['kind']> = Extract<TypedExpr, { kind: K }>;

export const literal = (value: LiteralValue, type: Type, place: Place): TypedOf<'literal'> => ({
  kind: 'literal',
  value,
  type,
  facts: noFacts,
  place,
});

export const call = (fn: FunctionKey, args: readonly TypedExpr[], type: Type, place: Place, facts = factsOf(args)): TypedOf<'call'> => ({
  kind: 'call',
  fn,
  args,
  type,
  facts,
  place,
});

/** A call whose result no longer tells observations apart: a comparison, a condition. */
export const decision = (fn: FunctionKey, args: readonly TypedExpr[], type: Type, place: Place): TypedOf<'call'> =>
  call(fn, args, type, place, withoutIdentity(factsOf(args)));

/** What could not be typed, after the reason was reported. Its facts stay, so that leaks in it are still found. */
export const failed = (place: Place, ...from: readonly TypedExpr[]): TypedOf<'error'> => ({
  kind: 'error',
  type: unknownType,
  facts: factsOf(from),
  place,
});

export const isUnknown = (expr: TypedExpr): boolean => expr.type.kind === 'unknown';

export type Parts = Partial<Pick<Problem, 'label' | 'help' | 'related' | 'fixes'>>;

/** `where` is a span of the scope's own text, or the place of a typed expression, which may come from a definition's argument. */
export function report(scope: Scope, rule: string, where: Span | Place, message: string, parts: Parts = {}): void {
  scope.report(problem(rule, 'file' in where ? where : placeIn(scope, where), message, parts));
}

/** The operand as a message names it: `` `age` ``, `"paid"`, or null where it has no short name. */
export function nameOf(expr: TypedExpr): string | null {
  switch (expr.kind) {
    case 'column':
    case 'entity':
    case 'feature':
    case 'path':
      return `\`${expr.name}\``;
    case 'cutoff':
      return '`cutoff`';
    case 'literal': {
      const { value } = expr;
      if (typeof value === 'string') return JSON.stringify(value);
      if (typeof value === 'number' && (expr.type.kind === 'date' || expr.type.kind === 'timestamp')) return null;
      return value !== null && typeof value === 'object' ? durationText(value) : String(value);
    }
    default:
      return null;
  }
}

/** The operand as an example of a program writes it; `x` where it has no name of its own. */
export const exampleName = (expr: TypedExpr): string =>
  expr.kind === 'column' || expr.kind === 'entity' || expr.kind === 'feature' ? writtenName(expr.name) : expr.kind === 'path' ? expr.name : 'x';

/** Two levels of a category as a program writes them: declared ones, where there are any. */
export const exampleLevels = ({ levels }: { readonly levels: readonly string[] | null }): string[] =>
  (levels?.length ? levels : ['a', 'b']).slice(0, 2).map(level => JSON.stringify(level));

/** `` `age` (int) `` or, of an expression, `this (int)`. */
export const described = (expr: TypedExpr, unnamed = 'this'): string => `${nameOf(expr) ?? unnamed} (${kindText(expr.type)})`;

/** What was written for an operand: a definition's parameter stands for its argument, wherever that was written. */
export function written(expr: Expr, scope: Scope): { readonly expr: Expr; readonly scope: Scope } {
  const argument = expr.kind === 'name' ? scope.argument(expr.name.text) : null;
  return argument ? written(argument.expr, argument.scope) : { expr, scope };
}
