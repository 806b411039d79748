/** What features are called when their author does not say. */
import type { Expr } from '../syntax/ast.ts';

/** What a bare feature is called: the name that stands leftmost in it, `a.b` as written. */
export function leftmostName(expr: Expr): string | null {
  switch (expr.kind) {
    case 'name':
      return expr.name.text || null;
    case 'member': {
      const object = leftmostName(expr.object);
      return object && expr.name.text ? `${object}.${expr.name.text}` : null;
    }
    case 'pipe':
      return leftmostName(expr.value);
    case 'call': {
      const [first] = expr.args;
      return first ? leftmostName(first.value) : null;
    }
    case 'binary':
      return leftmostName(expr.left);
    case 'unary':
      return leftmostName(expr.operand);
    default:
      return null;
  }
}
