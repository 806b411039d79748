/** Random expressions of a wanted type over some columns: every operator and most functions, nulls and edges of domains included. */
import type { PlanExpr, PlanType } from '../../language/plan/plan.ts';
import { call, cutoff, days, float, hours, int, lasting, literal, masked, months, text } from './build.ts';
import type { Draw } from './draw.ts';

export type Scalar = 'bool' | 'int' | 'float' | 'text' | 'timestamp' | 'date';

/** What an expression may read: columns (and windows) by type. */
export interface Readable {
  readonly columns: readonly PlanExpr[];
  readonly hasCutoff: boolean;
}

const ofType = ({ columns }: Readable, type: PlanType): PlanExpr[] => columns.filter(c => JSON.stringify(c.type) === JSON.stringify(type));

const money: PlanType = { decimal: [10, 2] };
const words = ['a', 'b', 'Köln', 'x y', '', 'é'] as const;

function leaf(draw: Draw, type: Scalar, from: Readable): PlanExpr {
  const columns = ofType(from, type);
  if (columns.length && draw.chance(0.85)) return draw.pick(columns);
  switch (type) {
    case 'bool':
      return literal(draw.pick([true, false, null]), 'bool');
    case 'int':
      return int(draw.int(-5, 12));
    case 'float':
      return float(draw.pick([0, 0.5, -2.25, 10, 1e-6]));
    case 'text':
      return text(draw.pick(words));
    case 'timestamp':
      return from.hasCutoff ? cutoff : literal(Date.UTC(2024, 0, draw.int(1, 90)) * 1000, 'timestamp');
    case 'date':
      return literal(Date.UTC(2024, 0, draw.int(1, 90)) * 1000, 'date');
  }
}

const duration = (draw: Draw): PlanExpr => lasting(draw.pick([days(draw.int(1, 40)), months(draw.int(1, 3)), hours(draw.int(1, 30))]));

/** Something that can be compared, with its type. */
const comparable = (draw: Draw): Scalar => draw.pick(['int', 'float', 'text', 'timestamp', 'int', 'date'] as const);

function condition(draw: Draw, from: Readable, depth: number): PlanExpr {
  const inner = (type: Scalar): PlanExpr => randomExpr(draw, type, from, depth - 1);
  const type = comparable(draw);
  switch (draw.int(0, 9)) {
    case 0:
      return call(draw.pick(['and', 'or'] as const), 'bool', inner('bool'), inner('bool'));
    case 1:
      return call('not', 'bool', inner('bool'));
    case 2:
      return call('is_null', 'bool', inner(type));
    case 3:
      return call('in', 'bool', inner('text'), ...draw.some(words, 1, 3).map(text));
    case 4: {
      const open = literal(null, 'int');
      return call('between', 'bool', inner('int'), draw.chance(0.3) ? open : int(draw.int(-3, 2)), draw.chance(0.3) ? open : int(draw.int(2, 9)));
    }
    case 5:
      return call(draw.pick(['contains', 'starts_with', 'ends_with'] as const), 'bool', inner('text'), text(draw.pick(['a', 'ö', ''])));
    case 6: {
      const amounts = ofType(from, money);
      if (amounts.length) return call(draw.pick(['gt', 'le', 'eq'] as const), 'bool', draw.pick(amounts), int(draw.int(-20, 90)));
      return call('is_weekend', 'bool', inner('timestamp'));
    }
    case 7:
      return call('coalesce', 'bool', inner('bool'), literal(draw.chance(0.5), 'bool'));
    default:
      return call(draw.pick(['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const), 'bool', inner(type), inner(type));
  }
}

function whole(draw: Draw, from: Readable, depth: number): PlanExpr {
  const inner = (type: Scalar): PlanExpr => randomExpr(draw, type, from, depth - 1);
  switch (draw.int(0, 7)) {
    case 0:
      return call(draw.pick(['add', 'sub'] as const), 'int', inner('int'), inner('int'));
    case 1:
      return call('mul', 'int', inner('int'), int(draw.int(-3, 3)));
    case 2:
      return call(draw.pick(['intdiv', 'mod'] as const), 'int', inner('int'), int(draw.int(-3, 3)));
    case 3:
      return call('length', 'int', inner('text'));
    case 4:
      return call(draw.pick(['year', 'month', 'week', 'weekday', 'hour', 'day_of_year'] as const), 'int', inner('timestamp'));
    case 5:
      return call('bucket', 'int', inner('float'), float(-1), float(0.5), float(8));
    case 6:
      return call('to_int', 'int', inner(draw.pick(['bool', 'float'] as const)));
    default:
      return call('coalesce', 'int', inner('int'), int(0));
  }
}

function real(draw: Draw, from: Readable, depth: number): PlanExpr {
  const inner = (type: Scalar): PlanExpr => randomExpr(draw, type, from, depth - 1);
  const amounts = ofType(from, money);
  switch (draw.int(0, 8)) {
    case 0:
      return call('div', 'float', inner(draw.pick(['int', 'float'] as const)), inner('int'));
    case 1:
      return call(draw.pick(['ln', 'log1p', 'sqrt'] as const), 'float', inner('float'));
    case 2:
      return call(draw.pick(['days', 'hours'] as const), 'float', inner('timestamp'), inner('timestamp'));
    case 3:
      return call(draw.pick(['add', 'sub', 'mul'] as const), 'float', inner('float'), inner(draw.pick(['int', 'float'] as const)));
    case 4:
      return call('round', 'float', inner('float'), int(1));
    case 5:
      return call('to_float', 'float', amounts.length ? draw.pick(amounts) : inner('int'));
    case 6:
      return call(draw.pick(['least', 'greatest'] as const), 'float', inner('float'), inner('float'));
    case 7:
      return call('if', 'float', inner('bool'), inner('float'), inner('int'));
    default:
      return call(draw.pick(['abs', 'neg', 'floor'] as const), 'float', inner('float'));
  }
}

function words_(draw: Draw, from: Readable, depth: number): PlanExpr {
  const inner = (type: Scalar): PlanExpr => randomExpr(draw, type, from, depth - 1);
  switch (draw.int(0, 4)) {
    case 0:
      return call('concat', 'text', inner('text'), text('-'), inner('text'));
    case 1:
      return call('substring', 'text', inner('text'), int(draw.int(1, 2)), int(draw.int(0, 2)));
    case 2:
      return call('to_text', 'text', inner(draw.pick(['int', 'bool', 'date', 'timestamp'] as const)));
    case 3:
      return call('if', 'text', inner('bool'), inner('text'), literal(null, 'text'));
    default:
      return call(draw.pick(['lower', 'trim'] as const), 'text', inner('text'));
  }
}

/** `depth` 0: a column or a literal. */
export function randomExpr(draw: Draw, type: Scalar, from: Readable, depth: number): PlanExpr {
  if (depth <= 0 || draw.chance(0.25)) return leaf(draw, type, from);
  switch (type) {
    case 'bool':
      return condition(draw, from, depth);
    case 'int':
      return whole(draw, from, depth);
    case 'float':
      return real(draw, from, depth);
    case 'text':
      return words_(draw, from, depth);
    case 'timestamp': {
      const moved = call(draw.pick(['add', 'sub'] as const), 'timestamp', randomExpr(draw, 'timestamp', from, depth - 1), duration(draw));
      return draw.chance(0.5) ? moved : call('day_start', 'timestamp', leaf(draw, 'date', from), text(draw.pick(['UTC', 'America/New_York'])));
    }
    case 'date':
      return call('date', 'date', randomExpr(draw, 'timestamp', from, depth - 1));
  }
}

/** A cell of a row as an observation reads it: masked where it has a known time of its own. */
export const cell = (value: PlanExpr, knownAt: PlanExpr | null, by: 'lt' | 'le', until: PlanExpr = cutoff): PlanExpr =>
  knownAt === null ? value : masked(value, knownAt, by, until);
