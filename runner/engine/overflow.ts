/**
 * Numbers beyond their type. The engine only says that a statement had one; which expression it was is found by asking for each part alone,
 * the arguments before the call that takes them. The number itself is not told, for it may be somebody's.
 */
import type { PlanAggregate, PlanExpr, PlanPlace, PlanType, PlanWindow } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { columnOf, type Scope } from '../sql/expression.ts';
import { SqlError } from './duckdb.ts';
import { finding } from './finding.ts';
import { type ObservationParts, observe } from './observations.ts';
import { partsOf } from './partial.ts';
import { DataProblem, EngineError } from './relational.ts';
import type { Session } from './session.ts';

export const isOverflow = (error: unknown): boolean => error instanceof SqlError && error.kind === 'range';

/** Something that is computed and may be what overflows. */
export interface Suspect {
  /** `` `total` of `grouped` ``. */
  readonly what: string;
  readonly place: PlanPlace;
  readonly expr: PlanExpr;
  /** A statement that computes an expression in the place of this one, and nothing beside it. */
  readonly ask: (expr: PlanExpr) => string | Promise<string>;
  /** The same over the rows of an aggregate within it. */
  readonly askRows?: (expr: PlanExpr, where: PlanExpr | null) => string | Promise<string>;
}

/** An expression over rows; its hash cannot be had without computing it. */
export const asking =
  (from: string, scope: Scope) =>
  (expr: PlanExpr): string =>
    `SELECT max(hash(x)) FROM (SELECT ${columnOf(expr, scope)} AS x FROM ${from})`;

/** What a failed statement becomes: a `DataProblem` at the first suspect's smallest part that overflows, else the error as it is. */
export async function blame(session: Session, error: unknown, suspects: readonly Suspect[]): Promise<unknown> {
  if (!isOverflow(error)) return error;
  for (const suspect of suspects) {
    if (!(await overflows(session, () => suspect.ask(suspect.expr)))) continue;
    return overflowOf(suspect, (await smallest(session, suspect)) ?? { part: suspect.expr, place: suspect.place });
  }
  // Alone, the engine may get an answer to the whole on another way.
  for (const suspect of suspects) {
    const found = await smallest(session, suspect);
    if (found) return overflowOf(suspect, found);
  }
  return error;
}

const overflowOf = ({ what }: Suspect, { part, place }: Found): DataProblem => new DataProblem(overflowFinding(what, place, limitOf(part)));

/** The way to the statement may compute something too. */
async function overflows({ db }: Session, statement: () => string | Promise<string>): Promise<boolean> {
  try {
    await db.rows(await statement());
    return false;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'cancelled') throw error;
    // What cannot be asked alone is no answer: the run ends with what it was about to say.
    return isOverflow(error);
  }
}

interface Found {
  readonly part: PlanExpr;
  readonly place: PlanPlace;
}

async function smallest(session: Session, { expr, ask, askRows, place }: Suspect): Promise<Found | null> {
  for (const { part, way } of partsOf(expr)) {
    if (part.op === 'aggregate' && part.value && askRows) {
      const { value, where } = part;
      const inner = await smallest(session, { what: '', place, expr: value, ask: one => askRows(one, where) });
      if (inner) return inner;
    }
    if (part.op !== 'call' && part.op !== 'aggregate') continue;
    const nothing: PlanExpr = { op: 'literal', type: part.type, value: null };
    const reached = way.guards.reduceRight<PlanExpr>(
      (body, guard) => ({ op: 'call', type: part.type, fn: 'if', args: [guard, body, nothing] }),
      part,
    );
    if (await overflows(session, () => ask(reached))) return { part, place: part.place ?? place };
  }
  return null;
}

// ---------------------------------------------------------------- windows

/** The aggregates of windows, one by one. */
export function windowSuspects(
  session: Session,
  parts: ObservationParts,
  readerOf: (window: string) => { readonly subject: string; readonly place: PlanPlace },
): Suspect[] {
  const ask = async (window: PlanWindow, aggregate: PlanAggregate): Promise<string> => {
    const { from, scope } = await observe(session, { ...parts, windows: [{ ...window, aggregates: [aggregate] }] });
    return asking(from, scope)({ op: 'window', type: aggregate.type, id: aggregate.id });
  };
  return parts.windows.flatMap(window =>
    window.aggregates.map((a): Suspect => {
      const { subject, place } = readerOf(a.id);
      const { id: _, ...form } = a;
      return {
        what: subject,
        place: a.place ?? place,
        expr: { op: 'aggregate', ...form },
        ask: () => ask(window, a),
        askRows: (value, where) => ask(window, { ...a, aggregate: 'distinct', value, where, type: 'int' }),
      };
    }),
  );
}

// ---------------------------------------------------------------- words

interface Limit {
  readonly says: string;
  readonly help: string;
}

/** Sums of floats are whole numbers of 127 bits, so many of them behind the point. */
export const sumLimit = (scale: number): Limit => ({
  says: `beyond what sums of floats hold here: at most ±${(2 ** (127 - scale)).toPrecision(2)}`,
  help: 'Declare the range of the column (`: float in 0..1e20`), so that fewer digits are kept behind the point, or use a larger unit.',
});

function limitOf(expr: PlanExpr): Limit {
  if (expr.op === 'aggregate' && expr.value?.type === 'float') return sumLimit(expr.scale);
  return typeLimit(expr.type);
}

function typeLimit(type: PlanType): Limit {
  if (typeof type === 'object') {
    const [digits, behind] = type.decimal;
    return {
      says: `beyond a decimal(${digits},${behind}): at most ${digits - behind} digits before the point`,
      help: 'Write `float(x)` where digits may be lost, or use a larger unit.',
    };
  }
  switch (type) {
    case 'int':
      return {
        says: `beyond an int: from -9,223,372,036,854,775,808 to 9,223,372,036,854,775,807`,
        help: 'Write `float(x)` before computing, or use a larger unit.',
      };
    case 'date':
    case 'timestamp':
    case 'duration':
      return { says: 'beyond the times that can be stored', help: 'Look at the column that it is computed from: most likely a time in it is wrong.' };
    case 'bool':
    case 'float':
    case 'text':
      return { says: 'beyond its type', help: 'Use a larger unit, or `float(x)` for large ints.' };
  }
}

export const overflowFinding = (what: string, place: PlanPlace, { says, help }: Limit): FindingRecord =>
  finding('error', 'overflow', place, `${what} goes ${says}.`, help);
