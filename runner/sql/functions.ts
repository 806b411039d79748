/**
 * What each function of a plan is in DuckDB's SQL. Where the engine means something else than the language (it stops on `ln(0)`, gives
 * infinity for 1 / 0, truncates division, skips nulls in `least`), the text written here bridges it.
 */
import type { PlanType } from '../../language/plan/plan.ts';
import { shown } from './canonical.ts';
import { bind, bindAll, cast, finite, float, isDecimal, list, typeName } from './write.ts';
import { instantIn, wallTime } from './zones.ts';

export interface Argument {
  readonly sql: string;
  readonly type: PlanType;
  /** A null that is written out: an open end of `between`. */
  readonly absent: boolean;
}

export type Emission = (args: readonly Argument[], type: PlanType) => string;

const one = (args: readonly Argument[], index: number): Argument => {
  const found = args[index];
  if (!found) throw new Error(`A function of a plan lacks its argument ${index + 1}.`);
  return found;
};

const as = (type: PlanType, argument: Argument): string => cast(argument.sql, argument.type, type);
const isDuration = (argument: Argument): boolean => argument.type === 'duration';
const isTime = (type: PlanType): boolean => type === 'date' || type === 'timestamp';

/** Microseconds since 1970. */
export const micros = (argument: Pick<Argument, 'sql' | 'type'>): string => `epoch_us(${cast(argument.sql, argument.type, 'timestamp')})`;

/** Exact on int (overflow stops the statement) and decimal; null where a float overflows. */
const arithmetic = (sql: string, type: PlanType): string =>
  type === 'float' ? finite(sql) : isDecimal(type) ? `CAST(${sql} AS ${typeName(type)})` : sql;

/** Where the result has more than 18 digits the engine is told to compute with as many: of itself it stays with those of the operands. */
const wide = (a: Argument, type: PlanType): string =>
  typeof type === 'object' && type.decimal[0] > 18 ? cast(a.sql, a.type, { decimal: [38, digitsOf(a.type)] }) : a.sql;

function addition(operator: '+' | '-'): Emission {
  return (args, type) => {
    const [a, b] = [one(args, 0), one(args, 1)];
    if (isDuration(a) && isDuration(b)) return `(${a.sql} ${operator} ${b.sql})`;
    if (isDuration(b)) return cast(`(${as('timestamp', a)} ${operator} ${b.sql})`, 'timestamp', type);
    if (isDuration(a)) return cast(`(${as('timestamp', b)} + ${a.sql})`, 'timestamp', type);
    if (type === 'duration' && isTime(a.type)) return `to_microseconds(${micros(a)} - ${micros(b)})`;
    // Decimals are added before they are fitted to the result, so that no digit is lost on the way.
    const [x, y] = isDecimal(type) ? [wide(a, type), b.sql] : [as(type, a), as(type, b)];
    return arithmetic(`(${x} ${operator} ${y})`, type);
  };
}

const multiply: Emission = (args, type) => {
  const [a, b] = [one(args, 0), one(args, 1)];
  if (isDuration(a) || isDuration(b)) {
    const [duration, factor] = isDuration(a) ? [a, b] : [b, a];
    return bindAll(
      [duration.sql, as('float', factor)],
      ([d, f]) =>
        `(to_months(CAST(round(datepart('year', ${d}) * 12 * ${f} + datepart('month', ${d}) * ${f}) AS INTEGER)) + to_microseconds(CAST(round(${exactMicros(d ?? '')} * ${f}) AS BIGINT)))`,
    );
  }
  const [x, y] = isDecimal(type) ? [wide(a, type), b.sql] : [as(type, a), as(type, b)];
  return arithmetic(`(${x} * ${y})`, type);
};

/** The microseconds of a duration without its months. */
const exactMicros = (d: string): string => `(epoch_us(${d} - to_months(CAST(datepart('year', ${d}) * 12 + datepart('month', ${d}) AS INTEGER))))`;

const divide: Emission = args =>
  bind(as('float', one(args, 1)), divisor => `CASE WHEN ${divisor} <> 0 THEN ${finite(`(${as('float', one(args, 0))} / ${divisor})`)} END`);

const floorDivide: Emission = (args, type) => {
  const [a, b] = [one(args, 0), one(args, 1)];
  const whole = (x: Argument): string => (x.type === 'float' ? `CAST(floor(${x.sql}) AS BIGINT)` : as('int', x));
  const quotient = bindAll(
    [whole(a), whole(b)],
    ([x, y]) => `CASE WHEN ${y} = 0 THEN NULL WHEN ${x} % ${y} <> 0 AND (${x} < 0) <> (${y} < 0) THEN ${x} // ${y} - 1 ELSE ${x} // ${y} END`,
  );
  return cast(quotient, 'int', type);
};

const modulo: Emission = (args, type) => {
  const [x, y] = [as(type, one(args, 0)), as(type, one(args, 1))];
  return bind(y, divisor =>
    bind(
      `CASE WHEN ${divisor} <> 0 THEN ${x} % ${divisor} END`,
      rest => `CASE WHEN ${rest} <> 0 AND (${rest} < 0) <> (${divisor} < 0) THEN ${rest} + ${divisor} ELSE ${rest} END`,
    ),
  );
};

const comparison =
  (operator: string): Emission =>
  args =>
    `(${one(args, 0).sql} ${operator} ${one(args, 1).sql})`;

/** A float function inside its domain; null outside, and where the result is not finite. */
const inDomain =
  (domain: (x: string) => string, value: (x: string) => string): Emission =>
  args =>
    bind(as('float', one(args, 0)), x => `CASE WHEN ${domain(x)} THEN ${finite(value(x))} END`);

/** After Kahan: the rounding of 1 + x cancels in x / ((1 + x) - 1). */
const log1p = (x: string): string => bind(`(1.0::DOUBLE + ${x})`, u => `CASE WHEN ${u} = 1 THEN ${x} ELSE ln(${u}) * (${x} / (${u} - 1)) END`);

/** `least` and `greatest` of the engine skip nulls; here one null makes the result null. */
const extreme =
  (fn: 'least' | 'greatest'): Emission =>
  (args, type) =>
    bindAll(
      args.map(a => as(type, a)),
      values => `CASE WHEN ${values.map(v => `${v} IS NOT NULL`).join(' AND ')} THEN ${fn}(${list(values)}) END`,
    );

const clip: Emission = (args, type) => {
  const raised = { sql: extreme('greatest')([one(args, 0), one(args, 1)], type), type, absent: false };
  return extreme('least')([raised, one(args, 2)], type);
};

const digitsOf = (type: PlanType): number => (typeof type === 'object' ? type.decimal[1] : 0);
const tenTo = (digits: number): string => `CAST('1${'0'.repeat(digits)}' AS DECIMAL(${digits + 1}, 0))`;

/** To a multiple of a power of ten, halves away from zero; exact on int and decimal, for they are rounded as whole numbers. */
const round: Emission = (args, type) => {
  const [x, digits] = [one(args, 0), args[1]];
  if (x.type === 'float') return digits ? bindAll([x.sql, `CAST(${digits.sql} AS INTEGER)`], ([v, d]) => `round(${v}, ${d})`) : `round(${x.sql})`;
  const scale = digitsOf(x.type);
  const places = digits ? `CAST(${digits.sql} AS INTEGER)` : '0';
  return bindAll([x.sql, places], ([v, d]) => {
    const nearest = bindAll([`CAST(${v} * ${tenTo(scale)} AS HUGEINT)`, `CAST(power(10, ${scale} - ${d}) AS HUGEINT)`], ([n, step]) => {
      return `((2 * abs(${n}) + ${step}) // (2 * ${step})) * ${step} * sign(${n})`;
    });
    const fitted =
      scale === 0
        ? `CAST(${nearest} AS BIGINT)`
        : `CAST(CAST(${nearest} AS DECIMAL(${38 - scale}, 0)) * CAST('${(10 ** -scale).toFixed(scale)}' AS DECIMAL(${scale + 1}, ${scale})) AS ${typeName(type)})`;
    return `CASE WHEN ${d} IS NULL THEN NULL WHEN ${d} >= ${scale} THEN ${cast(v ?? '', x.type, type)} ELSE ${fitted} END`;
  });
};

const wholeNumber =
  (fn: 'floor' | 'ceil'): Emission =>
  (args, type) =>
    type === 'int' ? one(args, 0).sql : isDecimal(type) ? `CAST(${fn}(${one(args, 0).sql}) AS ${typeName(type)})` : `${fn}(${one(args, 0).sql})`;

/** A text that spells a number, spaces around it allowed. */
const spelled = (text: string): string =>
  bind(
    `trim(${text}, ' ' || chr(9) || chr(10) || chr(13))`,
    t => `CASE WHEN regexp_full_match(${t}, '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') THEN ${finite(`TRY_CAST(${t} AS DOUBLE)`)} END`,
  );

const toFloat: Emission = args => (one(args, 0).type === 'text' ? spelled(one(args, 0).sql) : as('float', one(args, 0)));

const toInt: Emission = args => {
  const x = one(args, 0);
  if (x.type === 'int' || x.type === 'bool') return as('int', x);
  if (isDecimal(x.type)) return `TRY_CAST(trunc(${x.sql}) AS BIGINT)`;
  const whole = bind(
    `trunc(${x.type === 'text' ? spelled(x.sql) : x.sql})`,
    t => `CASE WHEN abs(${t}) < 9223372036854775808.0::DOUBLE THEN CAST(${t} AS BIGINT) END`,
  );
  if (x.type !== 'text') return whole;
  // Digits alone are read without going through a float, which holds only 53 bits.
  return bind(
    x.sql,
    t => `CASE WHEN regexp_full_match(trim(${t}), '[+-]?[0-9]{1,18}') THEN CAST(trim(${t}) AS BIGINT) ELSE ${bind(t, () => whole)} END`,
  );
};

const substring: Emission = args => {
  const text = one(args, 0).sql;
  const length = args[2];
  return bind(one(args, 1).sql, from => {
    const start = `greatest(${from}, 1)`;
    if (!length) return `CASE WHEN ${from} IS NOT NULL THEN substring(${text}, ${start}) END`;
    return bind(
      length.sql,
      n => `CASE WHEN ${from} IS NOT NULL AND ${n} IS NOT NULL THEN substring(${text}, ${start}, greatest(${from} + ${n} - ${start}, 0)) END`,
    );
  });
};

const splitPart: Emission = args =>
  bindAll([one(args, 0).sql, one(args, 1).sql, one(args, 2).sql], ([text, separator, index]) => {
    const piece = `CASE WHEN ${index} >= 1 THEN split_part(${text}, ${separator}, ${index}) ELSE '' END`;
    const letter = `CASE WHEN ${index} >= 1 THEN substring(${text}, ${index}, 1) ELSE '' END`;
    return `CASE WHEN ${text} IS NULL OR ${separator} IS NULL OR ${index} IS NULL THEN NULL WHEN ${separator} = '' THEN ${letter} ELSE ${piece} END`;
  });

const textTest =
  (fn: string): Emission =>
  args =>
    `${fn}(${one(args, 0).sql}, ${one(args, 1).sql})`;

const elapsed =
  (unit: number): Emission =>
  args =>
    `((${micros(one(args, 1))} - ${micros(one(args, 0))}) / ${float(unit)})`;

/** What the clock of the zone shows. A date has no zone: its parts are the same everywhere. */
const wall = (args: readonly Argument[]): string => {
  const [t, zone] = [one(args, 0), args[1]];
  return t.type === 'timestamp' && zone ? wallTime(t.sql, zone.sql) : as('timestamp', t);
};

const calendar =
  (part: string): Emission =>
  args =>
    `CAST(${part}(${wall(args)}) AS BIGINT)`;

const between: Emission = args => {
  const [x, low, high] = [one(args, 0), one(args, 1), one(args, 2)];
  return bind(x.sql, value => {
    const ends = [...(low.absent ? [] : [`${value} >= ${low.sql}`]), ...(high.absent ? [] : [`${value} <= ${high.sql}`])];
    return ends.length ? `(${ends.join(' AND ')})` : `CASE WHEN ${value} IS NOT NULL THEN TRUE END`;
  });
};

export const emissions: Readonly<Record<string, Emission>> = {
  add: addition('+'),
  sub: addition('-'),
  mul: multiply,
  div: divide,
  intdiv: floorDivide,
  mod: modulo,
  neg: args => `(-${one(args, 0).sql})`,
  eq: comparison('='),
  ne: comparison('<>'),
  lt: comparison('<'),
  le: comparison('<='),
  gt: comparison('>'),
  ge: comparison('>='),
  and: args => `(${args.map(a => a.sql).join(' AND ')})`,
  or: args => `(${args.map(a => a.sql).join(' OR ')})`,
  not: args => `(NOT ${one(args, 0).sql})`,
  is_null: args => `(${one(args, 0).sql} IS NULL)`,
  in: args => (args.length > 1 ? `(${one(args, 0).sql} IN (${list(args.slice(1).map(a => a.sql))}))` : 'FALSE'),
  between,
  matches: textTest('regexp_matches'),
  coalesce: (args, type) => `coalesce(${list(args.map(a => as(type, a)))})`,
  if: (args, type) => `CASE WHEN ${one(args, 0).sql} THEN ${as(type, one(args, 1))} ELSE ${as(type, one(args, 2))} END`,

  abs: args => `abs(${one(args, 0).sql})`,
  round,
  floor: wholeNumber('floor'),
  ceil: wholeNumber('ceil'),
  sign: args => `CAST(sign(${one(args, 0).sql}) AS BIGINT)`,
  sqrt: inDomain(
    x => `${x} >= 0`,
    x => `sqrt(${x})`,
  ),
  exp: inDomain(
    x => `${x} IS NOT NULL`,
    x => `exp(${x})`,
  ),
  ln: inDomain(
    x => `${x} > 0`,
    x => `ln(${x})`,
  ),
  log1p: inDomain(x => `${x} > -1`, log1p),
  log10: inDomain(
    x => `${x} > 0`,
    x => `log10(${x})`,
  ),
  power: args => finite(`power(${as('float', one(args, 0))}, ${as('float', one(args, 1))})`),
  least: extreme('least'),
  greatest: extreme('greatest'),
  clip,
  bucket: args =>
    bind(
      one(args, 0).sql,
      x =>
        `CASE WHEN ${x} IS NOT NULL THEN CAST(${
          args
            .slice(1)
            .map(edge => `CASE WHEN ${x} >= ${edge.sql} THEN 1 ELSE 0 END`)
            .join(' + ') || '0'
        } AS BIGINT) END`,
    ),
  hash: args => `CAST('0x' || md5(${shown(one(args, 0).sql, one(args, 0).type)})[1:13] AS BIGINT)`,

  to_text: args => shown(one(args, 0).sql, one(args, 0).type),
  to_int: toInt,
  to_float: toFloat,

  lower: args => `lower(${one(args, 0).sql})`,
  // The engine knows only capitals of one letter.
  upper: args => `upper(replace(${one(args, 0).sql}, 'ß', 'SS'))`,
  trim: args => `trim(${one(args, 0).sql}, ' ')`,
  length: args => `length(${one(args, 0).sql})`,
  contains: textTest('contains'),
  starts_with: textTest('starts_with'),
  ends_with: textTest('suffix'),
  substring,
  replace: args =>
    bind(
      one(args, 1).sql,
      part =>
        `CASE WHEN ${part} = '' AND ${one(args, 2).sql} IS NOT NULL THEN ${one(args, 0).sql} ELSE replace(${one(args, 0).sql}, ${part}, ${one(args, 2).sql}) END`,
    ),
  split_part: splitPart,
  concat: args => `(${args.map(a => a.sql).join(' || ')})`,

  days: elapsed(86_400_000_000),
  hours: elapsed(3_600_000_000),
  minutes: elapsed(60_000_000),
  seconds: elapsed(1_000_000),
  year: calendar('year'),
  quarter: calendar('quarter'),
  month: calendar('month'),
  week: calendar('weekofyear'),
  day: calendar('day'),
  day_of_year: calendar('dayofyear'),
  weekday: calendar('isodow'),
  is_weekend: args => `(isodow(${wall(args)}) >= 6)`,
  hour: calendar('hour'),
  minute: calendar('minute'),
  date: args => `CAST(${wall(args)} AS DATE)`,
  day_start: args => instantIn(as('timestamp', one(args, 0)), one(args, 1).sql),
  day_end: args => `(${instantIn(`CAST(${as('date', one(args, 0))} + 1 AS TIMESTAMP)`, one(args, 1).sql)} - to_microseconds(1))`,
};
