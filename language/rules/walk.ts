/** Walking typed expressions: what rules need to put a diagnostic on the smallest expression at fault. */
import type { TypedExpr, TypedWindow } from '../model/typed.ts';

/** The expressions directly inside `expr`, in the order of the text. */
export function parts(expr: TypedExpr): readonly TypedExpr[] {
  switch (expr.kind) {
    case 'call':
      return expr.args;
    case 'list':
      return expr.items;
    case 'transform':
      return expr.inputs;
    case 'range':
      return [expr.from, expr.to].filter(part => part !== null);
    case 'aggregate':
      return [expr.value, expr.window?.link.entity ?? null, expr.window?.where ?? null].filter(part => part !== null);
    case 'literal':
    case 'column':
    case 'entity':
    case 'path':
    case 'cutoff':
    case 'feature':
    case 'error':
      return [];
  }
}

/** The deepest expression for which `holds` is true, following the first part that has it; null when it holds nowhere. */
export function smallest(expr: TypedExpr, holds: (part: TypedExpr) => boolean): TypedExpr | null {
  for (const part of parts(expr)) {
    const found = smallest(part, holds);
    if (found) return found;
  }
  return holds(expr) ? expr : null;
}

/** Every window of the expression, outermost first, with the aggregate that reads it. */
export function windows(expr: TypedExpr): { aggregate: Extract<TypedExpr, { kind: 'aggregate' }>; window: TypedWindow }[] {
  const here = expr.kind === 'aggregate' && expr.window ? [{ aggregate: expr, window: expr.window }] : [];
  return [...here, ...parts(expr).flatMap(windows)];
}
