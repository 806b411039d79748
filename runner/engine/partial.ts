/**
 * Calculations that have no value for some arguments, such as a division by 0: where an expression has one, and the condition that is true
 * on the rows on which it is reached and has no value. `if`, `and`, `or` and `??` reach their later parts only where the earlier ones
 * leave the answer open.
 */
import type { PlanExpr, PlanPlace, PlanType } from '../../language/plan/plan.ts';

type Call = Extract<PlanExpr, { op: 'call' }>;

/** Why there is no value. */
export type GapReason = 'zero' | 'logarithm' | 'root' | 'power' | 'float' | 'int' | 'text';

export interface Gap {
  readonly reason: GapReason;
  /** Null where the plan does not say it. */
  readonly place: PlanPlace | null;
  readonly when: PlanExpr;
  /** The calculations, without regard to whether they are reached. */
  readonly calls: readonly Call[];
  /** The whole expression is null wherever this one is. */
  readonly isFatal: boolean;
  /** `??` says what the value is there. */
  readonly isCaught: boolean;
}

const call = (fn: string, ...args: readonly PlanExpr[]): Call => ({ op: 'call', type: 'bool', fn, args });
const constant = (value: boolean): PlanExpr => ({ op: 'literal', type: 'bool', value });
const isNull = (expr: PlanExpr): Call => call('is_null', expr);
const isThere = (expr: PlanExpr): Call => call('not', isNull(expr));
const isTrue = (expr: PlanExpr): Call => call('coalesce', expr, constant(false));
const isFalse = (expr: PlanExpr): Call => call('not', call('coalesce', expr, constant(true)));
const both = (...conditions: readonly PlanExpr[]): PlanExpr => call('and', ...conditions);
const either = (a: PlanExpr, b: PlanExpr): PlanExpr => call('or', isTrue(a), isTrue(b));

/** Evaluated only where the guard is true. */
const behind = (guard: PlanExpr, condition: PlanExpr): PlanExpr => call('if', guard, condition, constant(false));

const isWhole = (type: PlanType | undefined): boolean => type === 'int' || type === 'bool';

const zero: PlanExpr = { op: 'literal', type: 'float', value: 0 };

/** Why the function may have no value for arguments that all have one, and when. */
const gapsOfFunction: Readonly<Record<string, (expr: Call) => readonly (readonly [GapReason, PlanExpr])[]>> = {
  div: expr => {
    const [a = zero, b = zero] = expr.args;
    return [
      ['zero', both(isThere(a), call('eq', b, zero))],
      ['float', both(missing(expr), call('ne', b, zero))],
    ];
  },
  intdiv: expr => [['zero', missing(expr)]],
  mod: expr => [['zero', missing(expr)]],
  ln: expr => [['logarithm', missing(expr)]],
  log1p: expr => [['logarithm', missing(expr)]],
  log10: expr => [['logarithm', missing(expr)]],
  sqrt: expr => [['root', missing(expr)]],
  power: expr => [['power', missing(expr)]],
  exp: expr => [['float', missing(expr)]],
  ...Object.fromEntries(['add', 'sub', 'mul'].map(fn => [fn, (expr: Call) => (expr.type === 'float' ? [['float', missing(expr)] as const] : [])])),
  to_int: expr => {
    const from = expr.args[0]?.type;
    return isWhole(from) ? [] : [[from === 'text' ? 'text' : 'int', missing(expr)]];
  },
  to_float: expr => (expr.args[0]?.type === 'text' ? [['text', missing(expr)]] : []),
};

export const partialFunctions: readonly string[] = Object.keys(gapsOfFunction);

function missing(expr: Call): PlanExpr {
  return both(isNull(expr), ...expr.args.map(isThere));
}

/** How a part of an expression is reached. */
interface Way {
  /** All are true where it is. */
  readonly guards: readonly PlanExpr[];
  readonly isFatal: boolean;
  readonly isCaught: boolean;
}

/** The ways to the arguments of a call: what has to hold for each to be reached, and what a null there means for the whole. */
function waysOf({ fn, args }: Call, way: Way): readonly Way[] {
  const beyond = (index: number, opens: (earlier: PlanExpr) => PlanExpr): readonly PlanExpr[] => [...way.guards, ...args.slice(0, index).map(opens)];
  switch (fn) {
    case 'if': {
      const [condition = zero] = args;
      return [
        { ...way, isFatal: false },
        { ...way, guards: [...way.guards, isTrue(condition)] },
        { ...way, guards: [...way.guards, call('not', isTrue(condition))] },
      ];
    }
    case 'and':
      return args.map((_, i) => ({ ...way, guards: beyond(i, earlier => call('not', isFalse(earlier))), isFatal: false }));
    case 'or':
      return args.map((_, i) => ({ ...way, guards: beyond(i, earlier => call('not', isTrue(earlier))), isFatal: false }));
    case 'coalesce':
      return args.map((_, i) => {
        const isLast = i === args.length - 1;
        return { guards: beyond(i, isNull), isFatal: way.isFatal && isLast, isCaught: way.isCaught || !isLast };
      });
    case 'is_null':
      return [{ ...way, isFatal: false, isCaught: true }];
    case 'in':
    case 'between':
      return args.map((_, i) => ({ ...way, isFatal: way.isFatal && i === 0 }));
    default:
      return args.map(() => way);
  }
}

/** All that is computed for an expression, arguments before the calls that take them; of aggregates in it not what their rows are. */
export function partsOf(expr: PlanExpr): readonly { readonly part: PlanExpr; readonly way: Way }[] {
  const found: { readonly part: PlanExpr; readonly way: Way }[] = [];
  const visit = (part: PlanExpr, way: Way): void => {
    if (part.op === 'call') {
      const ways = waysOf(part, way);
      for (const [i, arg] of part.args.entries()) visit(arg, ways[i] ?? way);
    }
    found.push({ part, way });
  };
  visit(expr, { guards: [], isFatal: true, isCaught: false });
  return found;
}

/** Those of an expression, each once; of aggregates in it those of their results, not of their rows. */
export function gapsOf(expr: PlanExpr): readonly Gap[] {
  return merged(
    partsOf(expr).flatMap(({ part, way }) => {
      if (part.op !== 'call') return [];
      return (gapsOfFunction[part.fn]?.(part) ?? []).map(([reason, bare]): Gap => {
        const when = way.guards.reduceRight((condition, guard) => behind(guard, condition), bare);
        return { reason, place: part.place ?? null, when, calls: [part], isFatal: way.isFatal, isCaught: way.isCaught };
      });
    }),
  );
}

/** What one place of the text says several times, such as a definition that is used twice, is one calculation. */
function merged(gaps: readonly Gap[]): readonly Gap[] {
  const byPlace = new Map<string, Gap>();
  for (const [i, gap] of gaps.entries()) {
    const key = gap.place === null ? String(i) : JSON.stringify([gap.place, gap.reason]);
    const there = byPlace.get(key);
    byPlace.set(
      key,
      there
        ? {
            ...gap,
            when: either(there.when, gap.when),
            calls: [...there.calls, ...gap.calls],
            isFatal: there.isFatal && gap.isFatal,
            isCaught: there.isCaught && gap.isCaught,
          }
        : gap,
    );
  }
  return [...byPlace.values()];
}

/** The aggregates that an expression holds. */
export function aggregatesIn(expr: PlanExpr): readonly Extract<PlanExpr, { op: 'aggregate' }>[] {
  if (expr.op === 'aggregate') return [expr];
  return expr.op === 'call' ? expr.args.flatMap(aggregatesIn) : [];
}

/** Of the rows of an aggregate, which reaches its value where its condition holds. */
export function gapsOfRows({ value, where }: { readonly value: PlanExpr | null; readonly where: PlanExpr | null }): readonly Gap[] {
  const ofValue = value ? gapsOf(value) : [];
  const guarded = where ? ofValue.map(gap => ({ ...gap, when: behind(isTrue(where), gap.when) })) : ofValue;
  return [...(where ? gapsOf(where) : []), ...guarded].map(gap => ({ ...gap, isFatal: false }));
}

// ---------------------------------------------------------------- without observations

const readsCutoff = (expr: PlanExpr): boolean => expr.op === 'cutoff' || (expr.op === 'call' && expr.args.some(readsCutoff));

/** `if(lt(known, until), x, null)`: a cell that is read as null until it is known. */
function isMask({ fn, args }: Call): boolean {
  const [known, , otherwise] = args;
  const isKnown = known?.op === 'call' && (known.fn === 'lt' || known.fn === 'le') && known.args[1] !== undefined && readsCutoff(known.args[1]);
  return fn === 'if' && isKnown && otherwise?.op === 'literal' && otherwise.value === null;
}

const absorbing: ReadonlySet<string> = new Set(['if', 'and', 'or', 'coalesce', 'is_null', 'in', 'between']);

/** The same with every cell known; null where it reads more than the row, or may have another value than null while a cell is not known. */
function opened(expr: PlanExpr): PlanExpr | null {
  switch (expr.op) {
    case 'literal':
      return expr;
    case 'column':
      return expr.of === null ? expr : null;
    case 'call': {
      if (isMask(expr)) return expr.args[1] ? opened(expr.args[1]) : null;
      if (absorbing.has(expr.fn)) return null;
      const args = expr.args.map(opened);
      return args.includes(null) ? null : { ...expr, args: args.filter(arg => arg !== null) };
    }
    case 'cutoff':
    case 'window':
    case 'aggregate':
      return null;
  }
}

/**
 * A condition over the row of a window alone that is true on every row that has the gap at any cutoff, and maybe on others; null where
 * there is none.
 */
export function whenever({ reason, calls }: Gap): PlanExpr | null {
  const conditions = calls.flatMap(of => {
    const open = opened(of);
    return open?.op === 'call' ? (gapsOfFunction[open.fn]?.(open) ?? []).filter(([why]) => why === reason).map(([, when]) => when) : [null];
  });
  return conditions.reduce<PlanExpr | null>((all, next) => (all && next ? either(all, next) : null), constant(false));
}
