/**
 * What each function of a plan is in JavaScript, by the keys of the catalogue; `runner/sql/functions.ts` is the same in SQL. A function is
 * prepared once for the types of its arguments, and then called for every row.
 */
import type { PlanType } from '../../language/plan/plan.ts';
import { instantOf, wallTime } from '../../language/text/calendar.ts';
import { microsPerDay } from '../sql/write.ts';
import { calendarPart } from './calendar.ts';
import { letters, lower, upper } from './letters.ts';
import {
  absolute,
  asFloat,
  comparison,
  conversion,
  type Duration,
  finite,
  floorDivide,
  hash52,
  isDuration,
  later,
  nearestQuotient,
  opposite,
  type Present,
  rescaled,
  roundedAway,
  scaleOf,
  shownText,
  sumOf,
  tenTo,
  type Value,
  within64,
} from './values.ts';

/** A function of values that are all there: with a null among them the result is null, and it is not called. */
export type Body = (...values: Present[]) => Value;

/** Types of the arguments and of the result. */
export type Prepare = (args: readonly PlanType[], result: PlanType) => Body;

const typeAt = (args: readonly PlanType[], i: number): PlanType => args[i] ?? 'float';

const same = (value: Present): Present => value;

/** Every argument as the result's type. */
const converted = (args: readonly PlanType[], to: PlanType): readonly ((value: Present) => Present)[] =>
  args.map(from => conversion(from, to) ?? same);

const floats = (args: readonly PlanType[]): readonly ((value: Present) => number)[] => args.map(type => value => asFloat(value, type));

/** Of floats; null where the result is not finite. */
const ofFloats =
  (f: (x: number, y: number) => number): Prepare =>
  args => {
    const [x = Number, y = Number] = floats(args);
    return args.length < 2 ? a => finite(f(x(a), 0)) : (a, b) => finite(f(x(a), y(b as Present)));
  };

const checked = (n: bigint, type: PlanType): bigint => (type === 'int' ? within64(n) : n);

const whole = (value: Present | undefined): bigint => value as bigint;

const timeOf = (result: PlanType): ((instant: number) => number) =>
  result === 'date' ? instant => Math.floor(instant / microsPerDay) * microsPerDay : instant => instant;

const addition =
  (sign: 1 | -1): Prepare =>
  (args, result) => {
    const [a, b] = [typeAt(args, 0), typeAt(args, 1)];
    const signed = (d: Duration): Duration => (sign === 1 ? d : opposite(d));
    const place = timeOf(result);
    if (a === 'duration' && b === 'duration') return (x, y) => sumOf(x as Duration, signed(y as Duration));
    if (b === 'duration') return (x, y) => place(later(Number(x), signed(y as Duration)));
    if (a === 'duration') return (x, y) => place(later(Number(y), x as Duration));
    if (result === 'duration') return (x, y) => ({ months: 0, micros: Number(x) - Number(y) });
    if (result === 'float') return ofFloats((x, y) => x + sign * y)(args, result);
    const [left = same, right = same] = converted(args, result);
    return sign === 1
      ? (x, y) => checked(whole(left(x)) + whole(right(y as Present)), result)
      : (x, y) => checked(whole(left(x)) - whole(right(y as Present)), result);
  };

const multiply: Prepare = (args, result) => {
  const [a, b] = [typeAt(args, 0), typeAt(args, 1)];
  if (result === 'float') return ofFloats((x, y) => x * y)(args, result);
  if (a === 'duration' || b === 'duration') {
    const times = ({ months, micros }: Duration, factor: number): Duration => ({
      months: roundedAway(months * factor),
      micros: roundedAway(micros * factor),
    });
    return (x, y) => (isDuration(x) ? times(x, asFloat(y as Present, b)) : times(y as Duration, asFloat(x, a)));
  }
  const [from, to] = [scaleOf(a) + scaleOf(b), scaleOf(result)];
  return (x, y) => checked(rescaled(whole(x) * whole(y), from, to), result);
};

const divide: Prepare = args => {
  const [x = Number, y = Number] = floats(args);
  return (a, b) => {
    const divisor = y(b as Present);
    return divisor === 0 ? null : finite(x(a) / divisor);
  };
};

const floored: Prepare = (args, result) => {
  const exact = args.map(type => (type === 'float' ? (value: Present): bigint => BigInt(Math.floor(Number(value))) : null));
  const [left = same, right = same] = converted(args, 'int').map((convert, i) => exact[i] ?? convert);
  return (a, b) => {
    const [x, y] = [whole(left(a)), whole(right(b as Present))];
    return y === 0n ? null : checked(floorDivide(x, y), result);
  };
};

const remainder: Prepare = (args, result) => {
  if (result !== 'float') {
    const [left = same, right = same] = converted(args, result);
    return (a, b) => {
      const [x, y] = [whole(left(a)), whole(right(b as Present))];
      return y === 0n ? null : x - y * floorDivide(x, y);
    };
  }
  const [x = Number, y = Number] = floats(args);
  return (a, b) => {
    const divisor = y(b as Present);
    if (divisor === 0) return null;
    const rest = x(a) % divisor;
    return rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest;
  };
};

const negate: Prepare = ([type], result) => {
  if (type === 'duration') return d => opposite(d as Duration);
  return type === 'float' ? x => -Number(x) : x => checked(-whole(x), result);
};

const compared =
  (holds: (difference: number) => boolean): Prepare =>
  args => {
    const compare = comparison(typeAt(args, 0), typeAt(args, 1));
    return (a, b) => holds(compare(a, b as Present));
  };

const round: Prepare = ([type = 'float']) => {
  if (type === 'float') {
    return (x, digits = 0n) => {
      const [value, places] = [Number(x), Number(digits)];
      const power = 10 ** Math.abs(places);
      const rounded = places >= 0 ? roundedAway(value * power) / power : roundedAway(value / power) * power;
      return finite(rounded) ?? value;
    };
  }
  const scale = scaleOf(type);
  return (x, digits = 0n) => {
    const places = Number(digits);
    if (places >= scale) return x;
    const step = tenTo(scale - places);
    return nearestQuotient(whole(x), step) * step;
  };
};

const toWhole =
  (direction: 1n | -1n): Prepare =>
  ([type = 'float']) => {
    if (type === 'float') return direction === 1n ? x => Math.floor(Number(x)) : x => Math.ceil(Number(x));
    const one = tenTo(scaleOf(type));
    return x => direction * floorDivide(direction * whole(x), one) * one;
  };

const extreme =
  (wanted: 1 | -1): Prepare =>
  (args, result) => {
    const convert = converted(args, result);
    const compare = comparison(result, result);
    return (...values) =>
      values.map((value, i) => (convert[i] ?? same)(value)).reduce((best, value) => (wanted * compare(value, best) > 0 ? value : best));
  };

const clip: Prepare = (args, result) => {
  const [value = same, low = same, high = same] = converted(args, result);
  const compare = comparison(result, result);
  return (x, from, to) => {
    const [at, least, most] = [value(x), low(from as Present), high(to as Present)];
    const raised = compare(at, least) < 0 ? least : at;
    return compare(raised, most) > 0 ? most : raised;
  };
};

const bucket: Prepare = args => {
  const compare = args.map(type => comparison(type, typeAt(args, 0)));
  return (x, ...edges) => {
    let below = 0n;
    for (const [i, edge] of edges.entries()) if ((compare[i + 1]?.(edge, x) ?? 1) <= 0) below++;
    return below;
  };
};

// ---------------------------------------------------------------- conversions and text

const spelled = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

const numberIn = (text: string): number | null => {
  const trimmed = text.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, '');
  return spelled.test(trimmed) ? finite(Number(trimmed)) : null;
};

const fitting = (n: bigint): bigint | null => (BigInt.asIntN(64, n) === n ? n : null);

const toInt: Prepare = ([type = 'int']) => {
  if (type === 'bool') return x => (x === true ? 1n : 0n);
  if (type === 'text') {
    return x => {
      const number = numberIn(String(x));
      const digits = String(x).replace(/^ +| +$/g, '');
      if (/^[+-]?[0-9]{1,18}$/.test(digits)) return BigInt(digits.replace('+', ''));
      return number === null ? null : fitting(BigInt(Math.trunc(number)));
    };
  }
  if (type === 'float') return x => fitting(BigInt(Math.trunc(Number(x))));
  const one = tenTo(scaleOf(type));
  return x => fitting(whole(x) / one);
};

const toFloat: Prepare = ([type = 'float']) => (type === 'text' ? x => numberIn(String(x)) : x => asFloat(x, type));

const ofText =
  (f: (text: string, ...rest: string[]) => Value): Prepare =>
  () =>
  (...values) =>
    f(...(values as [string, ...string[]]));

const substring: Prepare = () => (text, from, count) => {
  const start = Number(from);
  const end = count === undefined ? Number.POSITIVE_INFINITY : start + Number(count);
  return letters(String(text))
    .slice(Math.max(start - 1, 0), Math.max(end - 1, 0))
    .join('');
};

const patterns = new Map<string, RegExp>();

/** Patterns are written in the program, so there are few. */
function patternOf(text: string): RegExp {
  const known = patterns.get(text);
  if (known) return known;
  const made = new RegExp(text, 'u');
  patterns.set(text, made);
  return made;
}

// ---------------------------------------------------------------- time

const elapsed =
  (unit: number): Prepare =>
  () =>
  (a, b) =>
    (Number(b) - Number(a)) / unit;

/** What the clock of the zone shows. A date has no zone. */
const wall = ([type]: readonly PlanType[]): ((t: Present, zone?: Present) => number) =>
  type === 'timestamp' ? (t, zone) => (zone === undefined ? Number(t) : wallTime(Number(t), String(zone))) : t => Number(t);

const part =
  (name: Parameters<typeof calendarPart>[0]): Prepare =>
  args => {
    const at = wall(args);
    return (t, zone) => BigInt(calendarPart(name, at(t, zone)));
  };

export const bodies: Readonly<Record<string, Prepare>> = {
  add: addition(1),
  sub: addition(-1),
  mul: multiply,
  div: divide,
  intdiv: floored,
  mod: remainder,
  neg: negate,
  eq: compared(d => d === 0),
  ne: compared(d => d !== 0),
  lt: compared(d => d < 0),
  le: compared(d => d <= 0),
  gt: compared(d => d > 0),
  ge: compared(d => d >= 0),
  not: () => x => x === false,
  matches: () => (text, pattern) => patternOf(String(pattern)).test(String(text)),

  abs: ([type], result) => (type === 'float' ? x => Math.abs(Number(x)) : x => checked(absolute(whole(x)), result)),
  round,
  floor: toWhole(1n),
  ceil: toWhole(-1n),
  sign:
    ([type = 'float']) =>
    x =>
      BigInt(Math.sign(asFloat(x, type))),
  sqrt: ofFloats(x => Math.sqrt(x)),
  exp: ofFloats(x => Math.exp(x)),
  ln: ofFloats(x => Math.log(x)),
  log1p: ofFloats(x => Math.log1p(x)),
  log10: ofFloats(x => Math.log10(x)),
  power: ofFloats((x, y) => x ** y),
  least: extreme(-1),
  greatest: extreme(1),
  clip,
  bucket,
  hash:
    ([type = 'text']) =>
    x =>
      hash52(shownText(x, type)),

  to_text:
    ([type = 'text']) =>
    x =>
      shownText(x, type),
  to_int: toInt,
  to_float: toFloat,

  lower: ofText(lower),
  upper: ofText(upper),
  trim: ofText(text => text.replace(/^ +| +$/g, '')),
  length: ofText(text => BigInt(letters(text).length)),
  contains: ofText((text, piece = '') => text.includes(piece)),
  starts_with: ofText((text, piece = '') => text.startsWith(piece)),
  ends_with: ofText((text, piece = '') => text.endsWith(piece)),
  substring,
  replace: ofText((text, old = '', by = '') => (old === '' ? text : text.replaceAll(old, () => by))),
  split_part: () => (text, separator, index) => {
    const pieces = separator === '' ? letters(String(text)) : String(text).split(String(separator));
    return pieces[Number(index) - 1] ?? '';
  },
  concat:
    () =>
    (...texts) =>
      texts.join(''),

  days: elapsed(microsPerDay),
  hours: elapsed(3_600_000_000),
  minutes: elapsed(60_000_000),
  seconds: elapsed(1_000_000),
  year: part('year'),
  quarter: part('quarter'),
  month: part('month'),
  week: part('week'),
  day: part('day'),
  day_of_year: part('day_of_year'),
  weekday: part('weekday'),
  is_weekend: args => {
    const at = wall(args);
    return (t, zone) => calendarPart('weekday', at(t, zone)) >= 6;
  },
  hour: part('hour'),
  minute: part('minute'),
  date: args => {
    const at = wall(args);
    return (t, zone) => Math.floor(at(t, zone) / microsPerDay) * microsPerDay;
  },
  day_start: () => (day, zone) => instantOf(Number(day), String(zone)),
  day_end: () => (day, zone) => instantOf(Number(day) + microsPerDay, String(zone)) - 1,
};
