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
    case 'aggregate': {
      const found: TypedExpr[] = expr.value ? [expr.value] : [];
      if (expr.window) found.push(expr.window.link.entity);
      if (expr.window?.where) found.push(expr.window.where);
      return found;
    }
    case 'literal':
    case 'column':
    case 'entity':
    case 'path':
    case 'cutoff':
    case 'feature':
    case 'prediction':
    case 'error':
      return none;
  }
}

const none: readonly TypedExpr[] = [];

/** The expression and all that is inside it, outermost first, in the order of the text. */
export function everyPart(expr: TypedExpr): readonly TypedExpr[] {
  const found: TypedExpr[] = [];
  addParts(expr, found);
  return found;
}

function addParts(expr: TypedExpr, found: TypedExpr[]): void {
  found.push(expr);
  for (const part of parts(expr)) addParts(part, found);
}

/** Whether it holds for the expression or anything inside it. */
export function anyPart(expr: TypedExpr, holds: (part: TypedExpr) => boolean): boolean {
  if (holds(expr)) return true;
  for (const part of parts(expr)) if (anyPart(part, holds)) return true;
  return false;
}

/** The names of the columns of the row in scope that the expression reads, each as often as it does. */
export const columnNames = (expr: TypedExpr): string[] => everyPart(expr).flatMap(part => (part.kind === 'column' ? [part.name] : []));

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

/** What an expression reads beside the observation's own row: rows of windows, each with its aggregate, and what models say. */
export interface ReadsBeside {
  readonly windows: readonly WindowRead[];
  readonly hasPrediction: boolean;
}

/** In the order of the text. Inside a window there is only the one row, so neither a window nor a prediction stands there. */
export function readsBeside(expr: TypedExpr): ReadsBeside {
  const windows: WindowRead[] = [];
  let hasPrediction = false;
  const visit = (part: TypedExpr): void => {
    if (part.kind === 'aggregate' && part.window) windows.push({ aggregate: part, window: part.window });
    else if (part.kind === 'prediction') hasPrediction = true;
    else for (const inner of parts(part)) visit(inner);
  };
  visit(expr);
  return { windows, hasPrediction };
}

/** Every window of the expression, in the order of the text, with the aggregate that reads it. */
export const windows = (expr: TypedExpr): readonly WindowRead[] => readsBeside(expr).windows;

type Change = (part: TypedExpr) => TypedExpr;

/** The items, changed; the same list where nothing changed. */
function changed(items: readonly TypedExpr[], change: Change): readonly TypedExpr[] {
  let isSame = true;
  const all: TypedExpr[] = [];
  for (const item of items) {
    const next = change(item);
    if (next !== item) isSame = false;
    all.push(next);
  }
  return isSame ? items : all;
}

/** The expression with its direct parts changed; identical where nothing changed. */
function withParts(expr: TypedExpr, change: Change): TypedExpr {
  switch (expr.kind) {
    case 'call': {
      const args = changed(expr.args, change);
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'list': {
      const items = changed(expr.items, change);
      return items === expr.items ? expr : { ...expr, items };
    }
    case 'transform': {
      const inputs = changed(expr.inputs, change);
      return inputs === expr.inputs ? expr : { ...expr, inputs };
    }
    case 'range': {
      const [from, to] = [expr.from && change(expr.from), expr.to && change(expr.to)];
      return from === expr.from && to === expr.to ? expr : { ...expr, from, to };
    }
    case 'aggregate': {
      const value = expr.value && change(expr.value);
      const { window } = expr;
      if (!window) return value === expr.value ? expr : { ...expr, value };
      const entity = change(window.link.entity);
      const where = window.where && change(window.where);
      if (value === expr.value && entity === window.link.entity && where === window.where) return expr;
      return { ...expr, value, window: { ...window, link: { ...window.link, entity }, where } };
    }
    default:
      return expr;
  }
}

/** The expression with `change` applied to every part, from the leaves up; identical where nothing changed. */
export function mapParts(expr: TypedExpr, change: Change): TypedExpr {
  const inner = (part: TypedExpr): TypedExpr => change(withParts(part, inner));
  return inner(expr);
}

/**
 * The expression with every place in `file`: what the body of another file's definition holds stands where the definition is used, so
 * that each file shows its own findings.
 */
export const atHome = (expr: TypedExpr, file: string): TypedExpr => (isAtHome(expr, file) ? expr : broughtHome(expr, file, expr.place));

function isAtHome(expr: TypedExpr, file: string): boolean {
  if (expr.place.file !== file) return false;
  if (expr.kind === 'aggregate' && expr.window && (expr.window.place.file !== file || expr.window.framePlace.file !== file)) return false;
  for (const part of parts(expr)) if (!isAtHome(part, file)) return false;
  return true;
}

function broughtHome(expr: TypedExpr, file: string, around: Place): TypedExpr {
  const place = expr.place.file === file ? expr.place : around;
  const moved = withParts(expr, part => broughtHome(part, file, place));
  if (moved.kind === 'aggregate' && moved.window) {
    const { window } = moved;
    const here = (at: Place): Place => (at.file === file ? at : place);
    const [whole, frame] = [here(window.place), here(window.framePlace)];
    if (whole !== window.place || frame !== window.framePlace) return { ...moved, place, window: { ...window, place: whole, framePlace: frame } };
  }
  return place === moved.place ? moved : { ...moved, place };
}
