/** Every function of a plan, on values. Null in gives null out but for those in `absorbing`; outside a function's domain it is null. */
import type { PlanType } from '../../language/plan/plan.ts';
import { microsPerDay } from '../../language/text/duration.ts';
import { canonicalText, hash52 } from './canonical.ts';
import { abs, compare, convert, finite, floorDiv, int64, nearest, rescale, roundAway, scaleOf, toFloat } from './numbers.ts';
import type { Value } from './table.ts';
import { addDuration, calendarPart, dateIn, dayEnd, dayStart, negative, plus, timeText, wall } from './times.ts';

export interface Argument {
  readonly value: Value;
  readonly type: PlanType;
  /** A null that is written out: an open end of `between`. */
  readonly absent: boolean;
}

interface Present extends Argument {
  readonly value: NonNullable<Value>;
}

type Strict = (args: readonly Present[], type: PlanType) => Value;

const float = (a: Present | undefined): number => {
  if (!a) throw new Error('A function of a plan lacks an argument.');
  return toFloat(a.value, a.type);
};
const text = (a: Present | undefined): string => String(a?.value);
const whole = (a: Present | undefined): number => Number(a?.value);
const isDuration = (a: Present): a is Present & { value: { months: number; micros: number } } => typeof a.value === 'object';

/** Numbers at the result's type, for operators that are exact on int and decimal. */
function exactly(args: readonly Present[], type: PlanType): bigint[] | null {
  return type === 'float' ? null : args.map(a => BigInt(convert(a.value, a.type, type) as bigint));
}

const checked = (n: bigint, type: PlanType): bigint => (type === 'int' ? int64(n) : n);

function add(args: readonly Present[], type: PlanType, sign: 1 | -1): Value {
  const [a, b] = args as [Present, Present];
  if (isDuration(b)) {
    const duration = sign === 1 ? b.value : negative(b.value);
    return isDuration(a) ? plus(a.value, duration) : convert(addDuration(Number(a.value), duration), 'timestamp', type);
  }
  if (isDuration(a)) return convert(addDuration(Number(b.value), a.value), 'timestamp', type);
  if (type === 'duration') return { months: 0, micros: Number(a.value) - Number(b.value) };
  const numbers = exactly(args, type);
  if (!numbers) return finite(float(a) + sign * float(b));
  return checked((numbers[0] ?? 0n) + BigInt(sign) * (numbers[1] ?? 0n), type);
}

function mul(args: readonly Present[], type: PlanType): Value {
  const [a, b] = args as [Present, Present];
  if (type === 'float') return finite(float(a) * float(b));
  if (isDuration(a) || isDuration(b)) {
    const [duration, factor] = isDuration(a) ? [a.value, float(b)] : [b.value as { months: number; micros: number }, float(a)];
    return { months: roundAway(duration.months * factor), micros: roundAway(duration.micros * factor) };
  }
  return checked(rescale(BigInt(a.value as bigint) * BigInt(b.value as bigint), scaleOf(a.type) + scaleOf(b.type), scaleOf(type)), type);
}

function mod(args: readonly Present[], type: PlanType): Value {
  const [a, b] = args as [Present, Present];
  const numbers = exactly(args, type);
  if (numbers) {
    const [x = 0n, y = 0n] = numbers;
    return y === 0n ? null : x - y * floorDiv(x, y);
  }
  if (float(b) === 0) return null;
  const rest = float(a) % float(b);
  return rest !== 0 && rest < 0 !== float(b) < 0 ? rest + float(b) : rest;
}

/** To a multiple of a power of ten: `digits` after the point, halves away from zero. */
function round(args: readonly Present[]): Value {
  const [x, digits] = args as [Present, Present | undefined];
  const places = digits ? whole(digits) : 0;
  if (typeof x.value === 'bigint') {
    const scale = scaleOf(x.type);
    return places >= scale ? x.value : nearest(x.value, 10n ** BigInt(scale - places)) * 10n ** BigInt(scale - places);
  }
  const power = 10 ** Math.abs(places);
  const rounded = places >= 0 ? roundAway(float(x) * power) / power : roundAway(float(x) / power) * power;
  return finite(rounded) ?? float(x);
}

function floor(x: Present, direction: 1 | -1): Value {
  if (typeof x.value !== 'bigint') return direction === 1 ? Math.floor(float(x)) : Math.ceil(float(x));
  const one = 10n ** BigInt(scaleOf(x.type));
  return BigInt(direction) * floorDiv(BigInt(direction) * x.value, one) * one;
}

const spelled = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function numberIn(a: Present): number | null {
  if (typeof a.value !== 'string') return toFloat(a.value, a.type);
  const trimmed = a.value.trim();
  return spelled.test(trimmed) ? finite(Number(trimmed)) : null;
}

function toInt(a: Present): Value {
  if (typeof a.value === 'bigint') return a.value / 10n ** BigInt(scaleOf(a.type));
  const number = numberIn(a);
  if (number === null) return null;
  const result = BigInt(Math.trunc(number));
  return abs(result) < 2n ** 63n ? result : null;
}

function toText(a: Present): string {
  return (a.type === 'date' || a.type === 'timestamp') && typeof a.value === 'number' ? timeText(a.value, a.type) : canonicalText(a.value, a.type);
}

const ordered = (args: readonly Present[], type: PlanType, wanted: 1 | -1): Value => {
  const converted = args.map(a => convert(a.value, a.type, type) as NonNullable<Value>);
  return converted.reduce((best, value) => (wanted * compare(value, type, best, type) > 0 ? value : best));
};

const comparison =
  (holds: (difference: number) => boolean): Strict =>
  args => {
    const [a, b] = args as [Present, Present];
    return holds(compare(a.value, a.type, b.value, b.type));
  };

const elapsed =
  (micros: number): Strict =>
  ([a, b]) =>
    (float(b) - float(a)) / micros;

/** A date has no zone: its parts are the same everywhere. */
const wallOf = (args: readonly Present[]): number => {
  const [t, zone] = args as [Present, Present | undefined];
  return t.type === 'timestamp' && zone ? wall(Number(t.value), text(zone)) : Number(t.value);
};
const part =
  (name: string): Strict =>
  args =>
    BigInt(calendarPart(name, wallOf(args)));

const ofFloat =
  (f: (x: number, y: number) => number): Strict =>
  ([a, b]) =>
    finite(f(float(a), b ? float(b) : 0));

const characters = (a: Present | undefined): string[] => [...text(a)];

const strict: Readonly<Record<string, Strict>> = {
  add: (args, type) => add(args, type, 1),
  sub: (args, type) => add(args, type, -1),
  mul,
  div: ([a, b]) => (float(b) === 0 ? null : finite(float(a) / float(b))),
  intdiv: (args, type) => {
    const [x = 0n, y = 0n] = exactly(args, type) ?? args.map(a => BigInt(Math.floor(float(a))));
    return y === 0n ? null : checked(floorDiv(x, y), 'int');
  },
  mod,
  neg: ([a], type) => (a && isDuration(a) ? negative(a.value) : typeof a?.value === 'bigint' ? checked(-a.value, type) : -float(a)),
  eq: comparison(d => d === 0),
  ne: comparison(d => d !== 0),
  lt: comparison(d => d < 0),
  le: comparison(d => d <= 0),
  gt: comparison(d => d > 0),
  ge: comparison(d => d >= 0),
  not: ([a]) => a?.value === false,
  matches: ([a, pattern]) => new RegExp(text(pattern), 'u').test(text(a)),

  abs: ([a], type) => (typeof a?.value === 'bigint' ? checked(abs(a.value), type) : Math.abs(float(a))),
  round,
  floor: ([a]) => floor(a as Present, 1),
  ceil: ([a]) => floor(a as Present, -1),
  sign: ([a]) => BigInt(Math.sign(float(a))),
  sqrt: ofFloat(Math.sqrt),
  exp: ofFloat(Math.exp),
  ln: ofFloat(Math.log),
  log1p: ofFloat(Math.log1p),
  log10: ofFloat(Math.log10),
  power: ofFloat((x, y) => x ** y),
  least: (args, type) => ordered(args, type, -1),
  greatest: (args, type) => ordered(args, type, 1),
  clip: (args, type) => {
    const [x, low, high] = args as [Present, Present, Present];
    const raised: Present = { type, absent: false, value: ordered([x, low], type, 1) as NonNullable<Value> };
    return ordered([raised, high], type, -1);
  },
  bucket: ([x, ...edges]) => BigInt(edges.filter(edge => x && compare(edge.value, edge.type, x.value, x.type) <= 0).length),
  hash: ([a]) => hash52(toText(a as Present)),

  to_text: ([a]) => toText(a as Present),
  to_int: ([a]) => toInt(a as Present),
  to_float: ([a]) => numberIn(a as Present),

  lower: ([a]) => text(a).toLowerCase(),
  upper: ([a]) => text(a).toUpperCase(),
  trim: ([a]) => text(a).replace(/^ +| +$/g, ''),
  length: ([a]) => BigInt(characters(a).length),
  contains: ([a, b]) => text(a).includes(text(b)),
  starts_with: ([a, b]) => text(a).startsWith(text(b)),
  ends_with: ([a, b]) => text(a).endsWith(text(b)),
  substring: ([a, from, length]) => {
    const start = whole(from);
    const end = length ? start + whole(length) : Number.POSITIVE_INFINITY;
    return characters(a)
      .filter((_, i) => i + 1 >= start && i + 1 < end)
      .join('');
  },
  replace: ([a, old, by]) => (text(old) === '' ? text(a) : text(a).split(text(old)).join(text(by))),
  split_part: ([a, separator, index]) => text(a).split(text(separator))[whole(index) - 1] ?? '',
  concat: args => args.map(text).join(''),

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
  is_weekend: args => calendarPart('weekday', wallOf(args)) >= 6,
  hour: part('hour'),
  minute: part('minute'),
  date: args => dateIn(wallOf(args)),
  day_start: ([a, zone]) => dayStart(Number(a?.value), text(zone)),
  day_end: ([a, zone]) => dayEnd(Number(a?.value), text(zone)),
};

const same = (a: Argument, b: Argument): boolean | null =>
  a.value === null || b.value === null ? null : compare(a.value, a.type, b.value, b.type) === 0;

/** Three-valued: false wins over null, null over true. */
const and = (values: readonly Value[]): boolean | null => (values.includes(false) ? false : values.includes(null) ? null : true);
const or = (values: readonly Value[]): boolean | null => (values.includes(true) ? true : values.includes(null) ? null : false);

/** Those that look at nulls themselves. */
const absorbing: Readonly<Record<string, (args: readonly Argument[], type: PlanType) => Value>> = {
  and: args => and(args.map(a => a.value)),
  or: args => or(args.map(a => a.value)),
  is_null: ([a]) => a?.value === null,
  coalesce: (args, type) => {
    const found = args.find(a => a.value !== null);
    return found ? convert(found.value, found.type, type) : null;
  },
  if: (args, type) => {
    const [condition, then, otherwise] = args as [Argument, Argument, Argument];
    const chosen = condition.value === true ? then : otherwise;
    return convert(chosen.value, chosen.type, type);
  },
  in: ([x, ...members]) => or(members.map(member => same(x as Argument, member))),
  between: args => {
    const [x, low, high] = args as [Argument, Argument, Argument];
    if (x.value === null) return null;
    const atLeast = (a: Argument, b: Argument): Value =>
      a.value === null || b.value === null ? null : compare(a.value, a.type, b.value, b.type) >= 0;
    return and([...(low.absent ? [] : [atLeast(x, low)]), ...(high.absent ? [] : [atLeast(high, x)])]);
  },
};

/** For the test that every key of the catalogue is here. */
export const functionKeys: readonly string[] = [...Object.keys(strict), ...Object.keys(absorbing)];

export function call(fn: string, args: readonly Argument[], type: PlanType): Value {
  const special = absorbing[fn];
  if (special) return special(args, type);
  const body = strict[fn];
  if (!body) throw new Error(`There is no function ${fn}.`);
  const present = args.filter((a): a is Present => a.value !== null);
  if (present.length < args.length) return null;
  return body(present, type);
}
