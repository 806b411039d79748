/**
 * Cells of a file under the declared schema: the typed value, null where the cell does not fit, and the reason in words. Reading is strict:
 * a date that does not exist, a number with letters, NaN and infinities do not fit.
 */
import type { PlanType, ScanColumn, ScanNode } from '../../language/plan/plan.ts';
import { shown } from './canonical.ts';
import { micros } from './functions.ts';
import { bind, float, list, quoted, typeName } from './write.ts';
import { instantIn } from './zones.ts';

export type Options = ScanNode['options'];

/** How the file stores the column: as text, as what stands there in JSON, or as a type of the engine (`BIGINT`, `TIMESTAMP WITH TIME ZONE`). */
export type Stored = 'text' | 'json' | { readonly type: string };

const trimmed = (raw: string): string => `trim(${raw}, ' ' || chr(9) || chr(160))`;

const time = '([01][0-9]|2[0-3]):[0-5][0-9]';
const isoTimestamp = `[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]${time}(:[0-5][0-9](\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?`;

/**
 * ISO 8601. What the engine would write itself needs no pattern; of the rest the pattern keeps out what it also reads (`epoch`, 24:00),
 * and the engine wants seconds before an offset.
 */
function timestampIn(text: string, zone: string): string {
  const local = (sql: string): string => (zone === 'UTC' ? sql : instantIn(sql, quoted(zone)));
  return bind(text, t => {
    const full = `regexp_replace(${t}, '^(.{10}[T ].{5})(Z|[+-])', '\\1:00\\2')`;
    const read = `timezone('UTC', TRY_CAST(${full} AS TIMESTAMPTZ))`;
    const placed = zone === 'UTC' ? read : `CASE WHEN regexp_matches(${t}, '.{10}[T ].*(Z|[+-])') THEN ${read} ELSE ${local(read)} END`;
    const any = `CASE WHEN regexp_full_match(${t}, '${isoTimestamp}') THEN ${placed} END`;
    return bind(`TRY_CAST(${t} AS TIMESTAMP)`, v => {
      const written = `CAST(${v} AS VARCHAR)`;
      const usual = `replace(${t}, 'T', ' ')`;
      return `CASE WHEN isfinite(${v}) AND ${v} > TIMESTAMP '0001-01-01' THEN CASE ${usual} WHEN ${written} || 'Z' THEN ${v} WHEN ${written} THEN ${local(v)} ELSE ${any} END ELSE ${any} END`;
    });
  });
}

function timestampAs(text: string, format: string, zone: string): string {
  const read = `try_strptime(${text}, ${quoted(format)})`;
  return /%[zZ]/.test(format) ? `timezone('UTC', ${read})` : instantIn(read, quoted(zone));
}

const durationUnits: readonly (readonly [unit: string, sql: (n: string) => string])[] = [
  ['y', n => `to_months(12 * ${n})`],
  ['mo', n => `to_months(${n})`],
  ['w', n => `to_microseconds(604800000000 * ${n})`],
  ['d', n => `to_microseconds(86400000000 * ${n})`],
  ['h', n => `to_microseconds(3600000000 * ${n})`],
  ['m', n => `to_microseconds(60000000 * ${n})`],
  ['s', n => `to_microseconds(1000000 * ${n})`],
  ['ms', n => `to_microseconds(1000 * ${n})`],
];

/** As the language writes durations: `30d`, `1mo`, `12h 15m`. */
const durationIn = (text: string): string =>
  bind(text, t => {
    const parts = durationUnits.map(([unit, sql]) =>
      sql(`coalesce(TRY_CAST(regexp_extract(${t}, '(^| )([0-9]{1,9})${unit}( |$)', 2) AS INTEGER), 0)`),
    );
    return `CASE WHEN regexp_full_match(${t}, '[0-9]{1,9}(y|mo|w|d|h|m|s|ms)( [0-9]{1,9}(y|mo|w|d|h|m|s|ms))*') THEN ${parts.join(' + ')} END`;
  });

/** The number without the signs between its thousands; null where they stand elsewhere than between groups of three digits. */
function ungrouped(raw: string, { thousands, decimal }: Options): string {
  if (thousands === undefined) return trimmed(raw);
  const plain = thousands === ' ' ? `translate(${trimmed(raw)}, chr(160) || chr(8239), '  ')` : trimmed(raw);
  const [group, point] = [thousands, decimal].map(sign => (sign === '.' ? '\\.' : sign));
  const grouped = quoted(`[+-]?[0-9]{1,3}(${group}[0-9]{3})+(${point}[0-9]*)?`);
  const sign = quoted(thousands);
  return bind(
    plain,
    t => `CASE WHEN NOT contains(${t}, ${sign}) THEN ${t} WHEN regexp_full_match(${t}, ${grouped}) THEN replace(${t}, ${sign}, '') END`,
  );
}

/** The engine's own reading decides quickly for the usual spelling; the others pass a pattern, for it reads more than numbers. */
function fromText(raw: string, type: PlanType, options: Options): string {
  const digits = ungrouped(raw, options);
  const number = (body: (t: string) => string): string =>
    options.decimal === ','
      ? bind(digits, d => bind(`replace(${d}, ',', '.')`, t => `CASE WHEN NOT contains(${d}, '.') THEN ${body(t)} END`))
      : bind(digits, body);
  switch (type) {
    case 'text':
      return raw;
    case 'bool':
      return `CASE lower(${trimmed(raw)}) ${['true', 't', 'yes', '1'].map(word => `WHEN '${word}' THEN TRUE`).join(' ')} ${['false', 'f', 'no', '0'].map(word => `WHEN '${word}' THEN FALSE`).join(' ')} END`;
    case 'int': {
      // As those write whole numbers who know floats alone; three zeros may be a group of digits.
      const zeros = `${options.decimal === ',' ? ',' : '\\.'}0{0,2}`;
      return bind(
        digits,
        t =>
          `CASE WHEN CAST(TRY_CAST(${t} AS BIGINT) AS VARCHAR) = ${t} OR regexp_full_match(${t}, '[+-]?[0-9]+') THEN TRY_CAST(${t} AS BIGINT) WHEN regexp_full_match(${t}, '[+-]?[0-9]+${zeros}') THEN TRY_CAST(regexp_replace(${t}, '${zeros}$', '') AS BIGINT) END`,
      );
    }
    case 'float':
      return number(t => bind(`TRY_CAST(${t} AS DOUBLE)`, x => `CASE WHEN isfinite(${x}) AND NOT contains(${t}, '_') THEN ${x} END`));
    case 'date':
      if (options.dateFormat !== null) return `CAST(try_strptime(${trimmed(raw)}, ${quoted(options.dateFormat)}) AS DATE)`;
      return bind(trimmed(raw), t =>
        bind(`TRY_CAST(${t} AS DATE)`, d => `CASE WHEN CAST(${d} AS VARCHAR) = ${t} AND length(${t}) = 10 THEN ${d} END`),
      );
    case 'timestamp':
      return options.timestampFormat === null
        ? timestampIn(trimmed(raw), options.zone)
        : timestampAs(trimmed(raw), options.timestampFormat, options.zone);
    case 'duration':
      return durationIn(trimmed(raw));
    default: {
      const scale = type.decimal[1];
      const places = scale ? `(\\.[0-9]{0,${scale}}0*)?` : '(\\.0*)?';
      const only = scale ? `|\\.[0-9]{0,${scale}}0*` : '';
      return number(t => `CASE WHEN regexp_full_match(${t}, '[+-]?([0-9]+${places}${only})') THEN TRY_CAST(${t} AS ${typeName(type)}) END`);
    }
  }
}

const isNumeric = (stored: string): boolean => /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/.test(stored);
const isFloating = (stored: string): boolean => /^(FLOAT|DOUBLE)/.test(stored);
const isTimeType = (stored: string): boolean => /^(DATE|TIMESTAMP)/.test(stored);

/** A number that the other type holds as it is: the engine's own cast would round. */
const unchanged = (raw: string, stored: string, to: string): string =>
  bind(`TRY_CAST(${raw} AS ${to})`, x => `CASE WHEN CAST(${x} AS ${stored}) = ${raw} THEN ${x} END`);

/** Lists, whose names begin like those of their elements. */
const isList = (stored: string): boolean => stored.endsWith(']');

/** Null where the file's type cannot hold what is declared at all. */
function fromTyped(raw: string, stored: string, type: PlanType, options: Options): string | null {
  if (isList(stored)) return null;
  const asTimestamp = /WITH TIME ZONE/.test(stored)
    ? `timezone('UTC', ${raw})`
    : stored === 'DATE' || options.zone === 'UTC'
      ? `CAST(${raw} AS TIMESTAMP)`
      : instantIn(`CAST(${raw} AS TIMESTAMP)`, quoted(options.zone));
  switch (type) {
    case 'text':
      return stored === 'BOOLEAN'
        ? shown(raw, 'bool')
        : isFloating(stored)
          ? shown(`CAST(${raw} AS DOUBLE)`, 'float')
          : isNumeric(stored) || /^(UUID|ENUM)/.test(stored)
            ? `CAST(${raw} AS VARCHAR)`
            : isTimeType(stored)
              ? shown(asTimestamp, 'timestamp')
              : null;
    case 'bool':
      return stored === 'BOOLEAN' ? raw : isNumeric(stored) ? `CASE ${raw} WHEN 1 THEN TRUE WHEN 0 THEN FALSE END` : null;
    case 'int':
      if (stored === 'BOOLEAN') return `CAST(${raw} AS BIGINT)`;
      if (!isNumeric(stored)) return null;
      return /INT/.test(stored) ? `TRY_CAST(${raw} AS BIGINT)` : unchanged(raw, stored, 'BIGINT');
    case 'float':
      return isNumeric(stored) ? bind(`CAST(${raw} AS DOUBLE)`, x => `CASE WHEN isfinite(${x}) THEN ${x} END`) : null;
    case 'date':
      return isTimeType(stored)
        ? bind(asTimestamp, t => `CASE WHEN isfinite(${t}) AND ${t} = date_trunc('day', ${t}) THEN CAST(${t} AS DATE) END`)
        : null;
    case 'timestamp':
      return isTimeType(stored) ? bind(asTimestamp, t => `CASE WHEN isfinite(${t}) THEN ${t} END`) : null;
    case 'duration':
      return stored === 'INTERVAL' ? raw : null;
    default:
      return isNumeric(stored) ? unchanged(raw, stored, typeName(type)) : null;
  }
}

const isTextOfJson = (raw: string): string => `starts_with(${raw}, '"')`;

/** A value of JSON as people write it: a text without its quotes, everything else as it stands. */
const plainJson = (raw: string): string => `CASE WHEN ${isTextOfJson(raw)} THEN json_extract_string(${raw}, '$') ELSE ${raw} END`;

/** Numbers of JSON are floats of 64 bits beyond whole numbers, which hold 15 digits of a decimal; more digits need a text. */
function decimalOfJson(raw: string, type: Extract<PlanType, object>): string {
  const [precision, scale] = type.decimal;
  const digits = Math.min(precision, 15);
  const near = `TRY_CAST(TRY_CAST(${raw} AS DOUBLE) AS DECIMAL(${Math.max(digits, scale)},${scale}))`;
  const fits = bind(near, x => `CASE WHEN CAST(${x} AS DOUBLE) = CAST(${raw} AS DOUBLE) AND abs(${x}) < ${10 ** (digits - scale)} THEN ${x} END`);
  return `TRY_CAST(${fits} AS ${typeName(type)})`;
}

/** Objects and lists are no values. Whole numbers may be written with a zero fraction, as those do who know floats alone. */
function fromJson(raw: string, type: PlanType, options: Options): string {
  const text = fromText(plainJson(raw), type, options);
  const fraction = `regexp_matches(${raw}, '^-?[0-9].*[.eE]')`;
  const number = ((): string | null => {
    switch (type) {
      case 'int':
        return unchanged(`CAST(${raw} AS DOUBLE)`, 'DOUBLE', 'BIGINT');
      case 'text':
        return bind(`CAST(${raw} AS DOUBLE)`, x => `CASE WHEN isfinite(${x}) THEN ${shown(x, 'float')} END`);
      case 'bool':
        return `CASE CAST(${raw} AS DOUBLE) WHEN 1 THEN TRUE WHEN 0 THEN FALSE END`;
      default:
        return typeof type === 'object' ? decimalOfJson(raw, type) : null;
    }
  })();
  const single = number === null ? text : `CASE WHEN ${fraction} THEN ${number} ELSE ${text} END`;
  return `CASE WHEN NOT regexp_matches(${raw}, '^[{\\[]') THEN ${single} END`;
}

/** The cell as people write it, for the quarantine. */
export const writtenCell = (raw: string, stored: Stored): string => (stored === 'json' ? plainJson(raw) : `CAST(${raw} AS VARCHAR)`);

/** The typed cell before ranges, levels and patterns; null where the file's type can never hold the declared one. */
export const typedCell = (raw: string, stored: Stored, type: PlanType, options: Options): string | null =>
  stored === 'text'
    ? fromText(raw, type, options)
    : stored === 'json'
      ? bind(raw, r => fromJson(r, type, options))
      : stored.type === 'VARCHAR'
        ? fromText(raw, type, options)
        : fromTyped(raw, stored.type, type, options);

/** A reading that is right wherever `accepts` holds; both are SQL, the second over the name of the first's result. */
export interface QuickCell {
  readonly read: string;
  readonly accepts: (read: string) => string;
}

/**
 * The engine's own reading of a text, for cells that are spelled as most are. Where it is accepted `typedCell` gives the same; null where
 * there is no quicker way.
 */
export function quickCell(raw: string, type: PlanType, options: Options): QuickCell | null {
  const as = (engineType: string): string => `TRY_CAST(${raw} AS ${engineType})`;
  const written = (read: string): string => `CAST(${read} AS VARCHAR) = ${raw}`;
  switch (type) {
    case 'int':
      return { read: as('BIGINT'), accepts: written };
    case 'float':
      return options.decimal === ',' ? null : { read: as('DOUBLE'), accepts: x => `isfinite(${x}) AND NOT contains(${raw}, '_')` };
    case 'bool':
      return {
        read: `CASE ${raw} WHEN '1' THEN TRUE WHEN '0' THEN FALSE WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END`,
        accepts: x => `${x} IS NOT NULL`,
      };
    case 'date':
      return options.dateFormat === null ? { read: as('DATE'), accepts: d => `length(${raw}) = 10 AND ${written(d)}` } : null;
    case 'timestamp':
      return options.timestampFormat === null && options.zone === 'UTC'
        ? { read: as('TIMESTAMP'), accepts: t => `isfinite(${t}) AND ${t} > TIMESTAMP '0001-01-01' AND ${written(t)}` }
        : null;
    case 'text':
    case 'duration':
      return null;
    default:
      return options.decimal === ',' ? null : { read: as(typeName(type)), accepts: written };
  }
}

interface Rule {
  readonly holds: string;
  readonly reason: string;
}

const bound = (value: number, type: PlanType): string =>
  type === 'date' ? new Date(value / 1000).toISOString().slice(0, 10) : type === 'timestamp' ? new Date(value / 1000).toISOString() : String(value);

function rules(value: string, column: ScanColumn): Rule[] {
  const { type, min, max, levels, pattern } = column;
  const measured = type === 'date' || type === 'timestamp' ? micros({ sql: value, type }) : `CAST(${value} AS DOUBLE)`;
  const found: Rule[] = [];
  if (min !== null || max !== null) {
    const ends = [...(min === null ? [] : [`${measured} >= ${float(min)}`]), ...(max === null ? [] : [`${measured} <= ${float(max)}`])];
    const range = `${min === null ? '' : bound(min, type)}..${max === null ? '' : bound(max, type)}`;
    found.push({ holds: ends.join(' AND '), reason: `is not in ${range}` });
  }
  if (levels) {
    const some = levels.slice(0, 4).map(level => `"${level}"`);
    found.push({
      holds: levels.length ? `${value} IN (${list(levels.map(quoted))})` : 'FALSE',
      reason: `is not one of ${some.join(', ')}${levels.length > 4 ? ', …' : ''}`,
    });
  }
  if (pattern !== null) found.push({ holds: `regexp_matches(${value}, ${quoted(pattern)})`, reason: `does not match "${pattern}"` });
  return found;
}

const nouns: Readonly<Record<string, string>> = {
  bool: 'is not true or false',
  int: 'is not a whole number of 64 bits',
  float: 'is not a finite number',
  date: 'is not a date',
  timestamp: 'is not a point in time',
  duration: 'is not a duration',
  text: 'is not text',
};

const notOfType = (type: PlanType): string =>
  typeof type === 'object'
    ? `is not a number of at most ${type.decimal[0]} digits, ${type.decimal[1]} after the point`
    : (nouns[type] ?? 'does not fit');

/** The typed value under all constraints of the column; null for null and for what does not fit. */
export function cell(typed: string, column: ScanColumn): string {
  const found = rules('', column);
  return found.length === 0
    ? typed
    : bind(
        typed,
        value =>
          `CASE WHEN ${rules(value, column)
            .map(rule => `(${rule.holds})`)
            .join(' AND ')} THEN ${value} END`,
      );
}

/** Why a cell that is there does not fit, in words that follow the column's name; null where it does. */
export function reason(raw: string, stored: Stored, typed: string, column: ScanColumn): string {
  const nested = stored === 'json' ? `WHEN starts_with(${raw}, '{') THEN 'is an object' WHEN starts_with(${raw}, '[') THEN 'is a list'` : '';
  return bind(typed, value => {
    const broken = rules(value, column).map(rule => `WHEN NOT (${rule.holds}) THEN ${quoted(rule.reason)}`);
    return `CASE WHEN ${raw} IS NULL THEN NULL ${nested} WHEN ${value} IS NULL THEN ${quoted(notOfType(column.type))} ${broken.join(' ')} END`;
  });
}
