/**
 * Limits of one expression with its definitions expanded: definitions that use each other twice double with every level, so a short file
 * can mean an expression without end.
 */
import type { Expr } from '../syntax/ast.ts';
import { grouped } from '../text/grouped.ts';
import type { Scope } from './scope.ts';
import { report } from './typing.ts';

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
      `With its definitions written out, this has more than ${grouped(mostParts)} parts or ${deepest} levels.`,
      {
        help: 'Make a derived column or a feature of the inner definitions, and read that.',
      },
    );
  return { exceed, parts: 0, depth: 0, exceeded: false };
}

/** Whether one more part is within the limits; beyond them nothing is any more. Whoever has entered leaves one level again. */
export function enter(limits: Limits): boolean {
  if (limits.exceeded) return false;
  limits.parts++;
  if (limits.parts > mostParts || limits.depth >= deepest) {
    limits.exceeded = true;
    limits.exceed();
    return false;
  }
  limits.depth++;
  return true;
}
