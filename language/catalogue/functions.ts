/**
 * Row functions: pure, one value per row. A function whose input may lie outside its domain gives null there, in every engine.
 * Operators are `operators.ts`; aggregates of the same name (`min`, `max`) are `aggregates.ts`.
 */
import type { FunctionEntry, TypeClass } from './entry.ts';

type Parameter = FunctionEntry['parameters'][number];
type Extra = Partial<Pick<FunctionEntry, 'unit' | 'nulls' | 'keepsIdentity' | 'range' | 'key'>>;

/** Where what a function means is written down, other than here. */
const sources: readonly (readonly [source: string, names: string])[] = [
  ['IEEE 754-2019', 'abs floor ceil sign min max clip ratio'],
  ['IEEE 754-2019, roundTiesToAway', 'round'],
  ['IEEE 754-2019, 9.2, additional mathematical operations', 'sqrt exp ln log log1p log10 power'],
  ['NumPy digitize', 'bucket'],
  ['RFC 1321, MD5', 'hash'],
  ['ISO/IEC 9075-2, cast specification', 'text int float'],
  ['BIPM, The International System of Units, 2019', 'convert days hours minutes seconds'],
  ['The Unicode Standard, case mappings', 'lower upper'],
  ['The Unicode Standard: characters are code points', 'length substring split_part'],
  ['ISO/IEC 9075-2, string value functions', 'trim contains starts_with ends_with replace concat'],
  ['ISO 8601-1:2019', 'year quarter month week day day_of_year weekday is_weekend hour minute date'],
];

const sourceOf: ReadonlyMap<string, string> = new Map(sources.flatMap(([source, names]) => names.split(' ').map(name => [name, source] as const)));

/** `x`, `digits?`, `...rest`, each with its class after a colon. */
function parameter(text: string): Parameter {
  const [written = '', accepts = 'any'] = text.split(':');
  const name = written.replace('...', '').replace('?', '');
  return {
    name,
    accepts: accepts as TypeClass,
    ...(written.endsWith('?') ? { optional: true } : {}),
    ...(written.startsWith('...') ? { variadic: true } : {}),
  };
}

function define(
  name: string,
  parameters: readonly string[],
  result: FunctionEntry['result'],
  doc: string,
  example: string,
  extra: Extra = {},
): FunctionEntry {
  const list = parameters.map(parameter);
  const shown = list.map(p => (p.variadic ? `${p.name}, …` : p.optional ? `[${p.name}]` : p.name));
  return {
    family: 'function',
    name,
    parameters: list,
    result,
    unit: 'none',
    nulls: 'propagates',
    key: name,
    signature: `${name}(${shown.join(', ')}) → ${result === 'same' ? (list[0]?.name ?? 'x') : result}`,
    doc,
    source: sourceOf.get(name) ?? '',
    example,
    ...extra,
  };
}

const numbers: readonly FunctionEntry[] = [
  define('abs', ['x:number'], 'same', 'The number without its sign.', 'abs(balance)', { keepsIdentity: true, unit: 'keep' }),
  define(
    'round',
    ['x:number', 'digits?:int'],
    'same',
    'Rounded to `digits` places after the point (0 when absent), halves away from zero.',
    'round(fare, 1)',
    { keepsIdentity: true, unit: 'keep' },
  ),
  define('floor', ['x:number'], 'same', 'The greatest whole number that is not greater.', 'floor(age)', { keepsIdentity: true, unit: 'keep' }),
  define('ceil', ['x:number'], 'same', 'The smallest whole number that is not smaller.', 'ceil(hours)', { keepsIdentity: true, unit: 'keep' }),
  define('sign', ['x:number'], 'int', '-1, 0 or 1.', 'sign(balance)', { unit: 'drop', range: [-1, 1] }),
  define('sqrt', ['x:number'], 'float', 'Square root; null for negative numbers. Units take the root too.', 'sqrt(area)', {
    keepsIdentity: true,
    unit: 'keep',
    nulls: 'domain',
    range: [0, null],
  }),
  define('exp', ['x:number'], 'float', 'e to the power of x; null where the result is too large for a float.', 'exp(score)', {
    keepsIdentity: true,
    unit: 'drop',
    nulls: 'domain',
    range: [0, null],
  }),
  define('ln', ['x:number'], 'float', 'Natural logarithm; null for 0 and negative numbers.', 'ln(income)', {
    keepsIdentity: true,
    unit: 'drop',
    nulls: 'domain',
  }),
  define('log', ['x:number'], 'float', 'Natural logarithm, the same as `ln`; null for 0 and negative numbers.', 'log(income)', {
    keepsIdentity: true,
    unit: 'drop',
    nulls: 'domain',
    key: 'ln',
  }),
  define('log1p', ['x:number'], 'float', 'Natural logarithm of 1 + x, exact for small x; null for -1 and less.', 'fare |> log1p', {
    keepsIdentity: true,
    unit: 'drop',
    nulls: 'domain',
  }),
  define('log10', ['x:number'], 'float', 'Logarithm to base 10; null for 0 and negative numbers.', 'log10(income)', {
    keepsIdentity: true,
    unit: 'drop',
    nulls: 'domain',
  }),
  define('power', ['x:number', 'exponent:number'], 'float', 'x to the power of the exponent; null outside the domain.', 'power(age, 2)', {
    keepsIdentity: true,
    unit: 'drop',
    nulls: 'domain',
  }),
  define('min', ['a:orderable', '...b:same'], 'same', 'The smallest of the values of one row; null when one is null.', 'min(due, paid)', {
    keepsIdentity: true,
    unit: 'keep',
    key: 'least',
  }),
  define('max', ['a:orderable', '...b:same'], 'same', 'The greatest of the values of one row; null when one is null.', 'max(due, paid)', {
    keepsIdentity: true,
    unit: 'keep',
    key: 'greatest',
  }),
  define(
    'clip',
    ['x:number', 'low:same', 'high:same'],
    'same',
    'The number, moved to the nearer end where it lies outside low..high.',
    'clip(age, 0, 100)',
    { keepsIdentity: true, unit: 'keep' },
  ),
  define('ratio', ['a:number', 'b:number'], 'float', 'a divided by b; null where b is 0.', 'ratio(returned, ordered)', {
    unit: 'quotient',
    nulls: 'domain',
    key: 'div',
  }),
  define(
    'bucket',
    ['x:number', 'edges:list'],
    'int',
    'How many of the rising edges are not greater than x: 0 below the first.',
    'bucket(age, [18, 40, 65])',
    { unit: 'drop', range: [0, null] },
  ),
  define('hash', ['x:any'], 'int', 'The first 52 bits of the MD5 of the value as text: the same number everywhere.', 'hash(city) % 16', {
    unit: 'drop',
    keepsIdentity: true,
    range: [0, 4503599627370495],
  }),
];

const conversions: readonly FunctionEntry[] = [
  define('text', ['x:any'], 'text', 'The value as text.', 'text(pclass)', { keepsIdentity: true, key: 'to_text' }),
  define(
    'int',
    ['x:any'],
    'int',
    'The whole part of a number, 1 for true and 0 for false, or the number that a text spells; null where it spells none.',
    'int(survived)',
    {
      unit: 'keep',
      nulls: 'domain',
      keepsIdentity: true,
      key: 'to_int',
    },
  ),
  define(
    'float',
    ['x:any'],
    'float',
    'The number as a float, 1 for true and 0 for false, or the number that a text spells; null where it spells none.',
    'float(code)',
    {
      unit: 'keep',
      nulls: 'domain',
      keepsIdentity: true,
      key: 'to_float',
    },
  ),
  define(
    'convert',
    ['x:number', 'unit:text'],
    'float',
    'The number in another unit, by the parameter that holds the factor (`param rate: float unit "EUR/USD" = 0.92`); weeks, days, hours, minutes and seconds need none.',
    'convert(price, "EUR")',
    { unit: 'written', keepsIdentity: true, key: 'mul' },
  ),
];

const texts: readonly FunctionEntry[] = [
  define('lower', ['x:textual'], 'text', 'The text in small letters.', 'lower(city)', { keepsIdentity: true }),
  define('upper', ['x:textual'], 'text', 'The text in capital letters.', 'upper(code)', { keepsIdentity: true }),
  define('trim', ['x:textual'], 'text', 'The text without spaces at both ends.', 'trim(name)', { keepsIdentity: true }),
  define('length', ['x:textual'], 'int', 'How many characters (code points) the text has.', 'length(name)', { range: [0, null] }),
  define('contains', ['x:textual', 'part:textual'], 'bool', 'Whether the part occurs in the text.', 'contains(name, "Dr.")'),
  define('starts_with', ['x:textual', 'part:textual'], 'bool', 'Whether the text begins with the part.', 'starts_with(code, "A")'),
  define('ends_with', ['x:textual', 'part:textual'], 'bool', 'Whether the text ends with the part.', 'ends_with(email, ".org")'),
  define(
    'substring',
    ['x:textual', 'from:int', 'length?:int'],
    'text',
    'The characters from the given one on (the first is 1), at most `length` of them.',
    'substring(cabin, 1, 1)',
  ),
  define(
    'replace',
    ['x:textual', 'part:textual', 'by:textual'],
    'text',
    'The text with every occurrence of the part replaced.',
    'replace(phone, " ", "")',
    { keepsIdentity: true },
  ),
  define(
    'split_part',
    ['x:textual', 'separator:textual', 'index:int'],
    'text',
    'The piece of that index (the first is 1) between separators; empty when there are fewer.',
    'split_part(email, "@", 2)',
  ),
  define(
    'concat',
    ['a:textual', '...b:textual'],
    'text',
    'The texts, one after the other; null when one is null.',
    'concat(first_name, " ", last_name)',
    { keepsIdentity: true },
  ),
];

const between = (name: string, doc: string, example: string): FunctionEntry =>
  define(name, ['a:time', 'b:time'], 'float', `${doc} Negative when b is earlier than a.`, example, { unit: 'days' });

const ofCalendar = (name: string, result: 'int' | 'bool', range: readonly [number, number] | null, doc: string, example: string): FunctionEntry =>
  define(
    name,
    ['t:time', 'zone?:text'],
    result,
    `${doc} In UTC unless a \`zone\` is named.`,
    example,
    range ? { unit: 'drop', range } : { unit: result === 'int' ? 'drop' : 'none' },
  );

const times: readonly FunctionEntry[] = [
  between('days', 'Days from a to b, with their fraction.', 'days(signed_up, cutoff)'),
  between('hours', 'Hours from a to b, with their fraction.', 'hours(opened_at, closed_at)'),
  between('minutes', 'Minutes from a to b, with their fraction.', 'minutes(called_at, arrived_at)'),
  between('seconds', 'Seconds from a to b, with their fraction.', 'seconds(requested_at, answered_at)'),
  ofCalendar('year', 'int', null, 'The calendar year.', 'year(placed_at)'),
  ofCalendar('quarter', 'int', [1, 4], 'The quarter of the year, 1 to 4.', 'quarter(placed_at)'),
  ofCalendar('month', 'int', [1, 12], 'The month, 1 to 12.', 'month(placed_at)'),
  ofCalendar('week', 'int', [1, 53], 'The week of the year after ISO 8601, 1 to 53.', 'week(placed_at)'),
  ofCalendar('day', 'int', [1, 31], 'The day of the month, 1 to 31.', 'day(placed_at)'),
  ofCalendar('day_of_year', 'int', [1, 366], 'The day of the year, 1 to 366.', 'day_of_year(placed_at)'),
  ofCalendar('weekday', 'int', [1, 7], 'The day of the week: 1 is Monday, 7 is Sunday.', 'weekday(placed_at)'),
  ofCalendar('is_weekend', 'bool', null, 'Whether the day is a Saturday or a Sunday.', 'is_weekend(placed_at)'),
  ofCalendar('hour', 'int', [0, 23], 'The hour of the day, 0 to 23.', 'hour(sched_dep, zone: "America/New_York")'),
  ofCalendar('minute', 'int', [0, 59], 'The minute of the hour, 0 to 59.', 'minute(sched_dep)'),
  define('date', ['t:time', 'zone?:text'], 'date', 'The calendar day that the moment falls on. In UTC unless a `zone` is named.', 'date(placed_at)'),
];

export const functions: readonly FunctionEntry[] = [...numbers, ...conversions, ...texts, ...times];
