/** Walking typed expressions: their parts, the smallest part at fault, the windows they read. */
import type { Place } from '../text/place.ts';
import type { TypedExpr, TypedWindow } from './typed.ts';

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

/**
 * The deepest expression for which `holds` is true, following the first part that has it; null when it does not hold, or only because
 * another feature is named for which it does: that feature is at fault itself.
 */
export function smallest(expr: TypedExpr, holds: (part: TypedExpr) => boolean): TypedExpr | null {
  if (expr.kind === 'feature' || !holds(expr)) return null;
  const from = parts(expr).filter(holds);
  if (from.length === 0) return expr;
  for (const part of from) {
    const found = smallest(part, holds);
    if (found) return found;
  }
  return null;
}

export interface WindowRead {
  readonly aggregate: Extract<TypedExpr, { kind: 'aggregate' }>;
  readonly window: TypedWindow;
}

/** Every window of the expression, outermost first, with the aggregate that reads it. */
export function windows(expr: TypedExpr): WindowRead[] {
  const found: WindowRead[] = [];
  const visit = (part: TypedExpr): void => {
    if (part.kind === 'aggregate' && part.window) found.push({ aggregate: part, window: part.window });
    parts(part).forEach(visit);
  };
  visit(expr);
  return found;
}

/** The expression with `change` applied to every part, from the leaves up; identical where nothing changed. */
export function mapParts(expr: TypedExpr, change: (part: TypedExpr) => TypedExpr): TypedExpr {
  const inner = (part: TypedExpr): TypedExpr => mapParts(part, change);
  const all = (items: readonly TypedExpr[]): readonly TypedExpr[] => {
    const mapped = items.map(inner);
    return mapped.every((item, i) => item === items[i]) ? items : mapped;
  };
  const maybe = (part: TypedExpr | null): TypedExpr | null => part && inner(part);
  switch (expr.kind) {
    case 'call': {
      const args = all(expr.args);
      return change(args === expr.args ? expr : { ...expr, args });
    }
    case 'list': {
      const items = all(expr.items);
      return change(items === expr.items ? expr : { ...expr, items });
    }
    case 'transform': {
      const inputs = all(expr.inputs);
      return change(inputs === expr.inputs ? expr : { ...expr, inputs });
    }
    case 'range': {
      const [from, to] = [maybe(expr.from), maybe(expr.to)];
      return change(from === expr.from && to === expr.to ? expr : { ...expr, from, to });
    }
    case 'aggregate': {
      const value = maybe(expr.value);
      const { window } = expr;
      const entity = window && inner(window.link.entity);
      const where = window && maybe(window.where);
      if (value === expr.value && (!window || (entity === window.link.entity && where === window.where))) return change(expr);
      return change({ ...expr, value, window: window && entity ? { ...window, link: { ...window.link, entity }, where } : window });
    }
    default:
      return change(expr);
  }
}

/**
 * The expression with every place in `file`: what the body of another file's definition holds stands where the definition is used, so
 * that each file shows its own findings.
 */
export function atHome(expr: TypedExpr, file: string, around: Place = expr.place): TypedExpr {
  const place = expr.place.file === file ? expr.place : around;
  const inner = (part: TypedExpr): TypedExpr => atHome(part, file, place);
  const maybe = (part: TypedExpr | null): TypedExpr | null => part && inner(part);
  switch (expr.kind) {
    case 'call':
      return { ...expr, place, args: expr.args.map(inner) };
    case 'list':
      return { ...expr, place, items: expr.items.map(inner) };
    case 'transform':
      return { ...expr, place, inputs: expr.inputs.map(inner) };
    case 'range':
      return { ...expr, place, from: maybe(expr.from), to: maybe(expr.to) };
    case 'aggregate': {
      const { window } = expr;
      const here = (at: Place): Place => (at.file === file ? at : place);
      return {
        ...expr,
        place,
        value: maybe(expr.value),
        window: window && {
          ...window,
          link: { ...window.link, entity: inner(window.link.entity) },
          where: maybe(window.where),
          place: here(window.place),
          framePlace: here(window.framePlace),
        },
      };
    }
    default:
      return place === expr.place ? expr : { ...expr, place };
  }
}
