/** The expressions directly inside a written one, for whoever looks through it; what an expression means is the typed program's to say. */
import type { Argument, Expr } from './ast.ts';

type Holds = (part: Expr) => boolean;

const may = (part: Expr | null, holds: Holds): boolean => part !== null && holds(part);

function inArgument({ value, window }: Argument, holds: Holds): boolean {
  if (holds(value)) return true;
  if (window === null) return false;
  const { of, via, frame, where } = window;
  return may(of, holds) || may(via, holds) || (frame !== null && (holds(frame.duration) || may(frame.lag, holds))) || may(where, holds);
}

/** Whether it holds for one of them, in the order of the text, those of windows included; none is looked at after the first. */
export function somePart(expr: Expr, holds: Holds): boolean {
  switch (expr.kind) {
    case 'member':
      return holds(expr.object);
    case 'call':
      for (const argument of expr.args) if (inArgument(argument, holds)) return true;
      return false;
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
      return may(expr.from, holds) || may(expr.to, holds);
    case 'pipe':
      return holds(expr.value) || holds(expr.target);
    default:
      return false;
  }
}
