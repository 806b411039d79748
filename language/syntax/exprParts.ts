/** The expressions directly inside a written one, for whoever looks through it; what an expression means is the typed program's to say. */
import type { Expr } from './ast.ts';

/** Whether it holds for one of them, in the order of the text, those of windows included; none is looked at after the first. */
export function somePart(expr: Expr, holds: (part: Expr) => boolean): boolean {
  const may = (part: Expr | null | undefined): boolean => part !== null && part !== undefined && holds(part);
  switch (expr.kind) {
    case 'member':
      return holds(expr.object);
    case 'call':
      return expr.args.some(
        ({ value, window }) =>
          may(value) ||
          (window !== null && (may(window.of) || may(window.via) || may(window.frame?.duration) || may(window.frame?.lag) || may(window.where))),
      );
    case 'unary':
      return holds(expr.operand);
    case 'binary':
      return holds(expr.left) || holds(expr.right);
    case 'if':
      return holds(expr.condition) || holds(expr.then) || holds(expr.otherwise);
    case 'list':
    case 'set':
      return expr.items.some(holds);
    case 'range':
      return may(expr.from) || may(expr.to);
    case 'pipe':
      return holds(expr.value) || holds(expr.target);
    default:
      return false;
  }
}
