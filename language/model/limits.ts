/**
 * Limits of one expression with its definitions expanded: definitions that use each other twice double with every level, so a short file
 * can mean an expression without end.
 */
import type { Expr } from '../syntax/ast.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { TypedExpr } from './typed.ts';
import type { Type } from './types.ts';
import { failed, report } from './typing.ts';

/** Parts of one expression at most: no one writes that many, and the engine would choke on them. */
const mostParts = 50_000;

/** A file alone nests less deep; more comes from definitions within definitions. */
const deepest = 600;

export interface Limits {
  /** Reports, at the expression as a whole, that it goes beyond them. */
  readonly exceed: () => void;
  parts: number;
  depth: number;
  exceeded: boolean;
}

export function newLimits(expr: Expr, scope: Scope): Limits {
  const exceed = (): void =>
    report(
      scope,
      'expression-too-large',
      expr.span,
      `With its definitions written out, this has more than ${mostParts.toLocaleString('en-US')} parts or ${deepest} levels.`,
      {
        help: 'Make a derived column or a feature of the inner definitions, and read that.',
      },
    );
  return { exceed, parts: 0, depth: 0, exceeded: false };
}

type TypePart = (part: Expr, scope: Scope, type: TypeExpression, expected: Type | undefined) => TypedExpr;

/** Types a part within the limits; beyond them nothing is typed any more. */
export function within(limits: Limits, part: Expr, scope: Scope, typePart: TypePart, type: TypeExpression, expected: Type | undefined): TypedExpr {
  if (limits.exceeded) return failed(placeIn(scope, part.span));
  limits.parts++;
  if (limits.parts > mostParts || limits.depth >= deepest) {
    limits.exceeded = true;
    limits.exceed();
    return failed(placeIn(scope, part.span));
  }
  limits.depth++;
  const typed = typePart(part, scope, type, expected);
  limits.depth--;
  return typed;
}
