/**
 * Aggregates: one value from the rows of a window, a group or a whole table. All skip nulls; their answer never depends on the order
 * of the file (`first` and `last` order by event time, known time and key).
 */
import type { AggregateEntry, SettingEntry } from './entry.ts';

type Extra = Partial<Pick<AggregateEntry, 'unit' | 'empty' | 'rowsOnly' | 'parameters' | 'signature'>>;

/** Where what an aggregate means is written down, other than here. */
const sources: Readonly<Record<string, string>> = {
  count: 'ISO/IEC 9075-2, COUNT',
  sum: 'ISO/IEC 9075-2, SUM; in fixed point',
  avg: 'ISO/IEC 9075-2, AVG; in fixed point',
  min: 'ISO/IEC 9075-2, MIN',
  max: 'ISO/IEC 9075-2, MAX',
  std: 'ISO 3534-1:2006, sample standard deviation',
  median: 'Hyndman and Fan, The American Statistician 50(4), 1996, type 7',
  quantile: 'Hyndman and Fan, The American Statistician 50(4), 1996, type 7',
  first: 'ISO/IEC 9075-2, FIRST_VALUE over an order without ties',
  last: 'ISO/IEC 9075-2, LAST_VALUE over an order without ties',
  any: 'ISO/IEC 9075-2, ANY',
  all: 'ISO/IEC 9075-2, EVERY',
  distinct: 'ISO/IEC 9075-2, COUNT(DISTINCT)',
  mode: 'SciPy mode: the smallest of equals',
  rate: 'ISO 3534-1:2006, relative frequency',
  slope: 'Legendre, Nouvelles méthodes, 1805: least squares',
  entropy: 'Shannon, Bell System Technical Journal 27(3), 1948, section 6; in nats',
};

function define(
  name: string,
  accepts: AggregateEntry['accepts'],
  result: AggregateEntry['result'],
  doc: string,
  example: string,
  extra: Extra = {},
): AggregateEntry {
  return {
    family: 'aggregate',
    name,
    accepts,
    result,
    unit: 'none',
    empty: 'null',
    parameters: [],
    signature: `${name}(x of T [last d [lag l]] [where c]) → ${result === 'same' ? 'x' : result}`,
    doc,
    source: sources[name] ?? '',
    example,
    ...extra,
  };
}

const q: SettingEntry = { name: 'q', type: 'share', min: 0, max: 1, doc: 'The share of values at or below the result: 0.5 or 50% is the median.' };

export const aggregates: readonly AggregateEntry[] = [
  define(
    'count',
    'any',
    'int',
    'How many rows; of an expression, how many values that are not null. 0 over no rows.',
    'count(orders last 30d where status == "paid")',
    {
      unit: 'drop',
      empty: 'zero',
      signature: 'count(T [last d [lag l]] [where c]) → int, count(x of T …) → int',
    },
  ),
  define('sum', 'number', 'same', 'The sum of the values; null over no rows.', 'sum(amount of orders last 90d) ?? 0', { unit: 'keep' }),
  define('avg', 'number', 'float', 'The mean of the values.', 'avg(amount of orders last 90d)', { unit: 'keep' }),
  define('min', 'orderable', 'same', 'The smallest value, or the earliest time.', 'min(placed_at of orders)', { unit: 'keep' }),
  define('max', 'orderable', 'same', 'The greatest value, or the latest time.', 'max(placed_at of orders)', { unit: 'keep' }),
  define(
    'std',
    'number',
    'float',
    'The standard deviation of a sample (divided by n − 1); null for fewer than two values.',
    'std(amount of orders last 90d)',
    { unit: 'keep' },
  ),
  define('median', 'number', 'float', 'The middle value, interpolated between two.', 'median(amount of orders last 90d)', { unit: 'keep' }),
  define(
    'quantile',
    'number',
    'float',
    'The value that a share `q` of the values do not exceed, interpolated linearly (type 7).',
    'quantile(amount of orders last 90d, q: 0.9)',
    {
      unit: 'keep',
      parameters: [q],
      signature: 'quantile(x of T …, q: share) → float',
    },
  ),
  define('first', 'any', 'same', 'The value of the earliest row by event time, then known time, then key.', 'first(plan of plan_changes)', {
    unit: 'keep',
  }),
  define('last', 'any', 'same', 'The value of the latest row by event time, then known time, then key.', 'last(plan of plan_changes)', {
    unit: 'keep',
  }),
  define('any', 'bool', 'bool', 'Whether the condition holds for at least one row; false over no rows.', 'any(returned of orders last 180d)', {
    empty: 'false',
  }),
  define(
    'all',
    'bool',
    'bool',
    'Whether the condition holds for every row where it is known; true over no rows.',
    'all(status == "paid" of orders last 180d)',
    { empty: 'true' },
  ),
  define('distinct', 'any', 'int', 'How many different values. 0 over no rows.', 'distinct(product of orders last 90d)', {
    unit: 'drop',
    empty: 'zero',
  }),
  define('mode', 'any', 'same', 'The most frequent value; the smallest of equally frequent ones.', 'mode(kind of tickets last 90d)', {
    unit: 'keep',
  }),
  define(
    'rate',
    'bool',
    'float',
    'The share of rows on which the condition is true, among those where it is known.',
    'rate(returned of orders last 180d)',
    { unit: 'drop' },
  ),
  define(
    'slope',
    'number',
    'float',
    'The slope per day of the straight line through the values over event time (least squares).',
    'slope(amount of orders last 90d)',
    { unit: 'per-day' },
  ),
  define(
    'entropy',
    'any',
    'float',
    'How evenly the values are spread over their levels, in nats: 0 when all are equal.',
    'entropy(product of orders last 90d)',
    { unit: 'drop' },
  ),
];
