/** Functions of other languages that are no functions here, and how the same is said. */

const byHelp: readonly (readonly [help: string, names: string])[] = [
  ['Null is replaced with `x ?? 0`.', 'coalesce ifnull if_null nvl zeroifnull'],
  ['A test for null is `x == null`; in a check, `complete(x) >= 98%` says how many rows have a value.', 'isnull is_null is_na missing null_rate'],
  ['A test for a value is `x != null`; in a check, `complete(x) >= 98%` says how many rows have one.', 'notnull not_null notna exists'],
  ['Time between two moments is `days(a, b)`, `hours(a, b)` or `minutes(a, b)`.', 'datediff date_diff timediff timestampdiff difftime age_in_days'],
  ['A duration is added as it is: `t + 30d`, `t - 1mo`.', 'dateadd date_add date_sub timedelta interval'],
  [
    'A program has no present: in a task and its features, `cutoff` is the moment of the prediction.',
    'now today current_date current_timestamp getdate sysdate',
  ],
  ['A choice is written `if c then a else b`.', 'iff iif ifelse if_else case case_when decode'],
  ['Rows are counted where a condition holds: `count(orders where amount > 10)`.', 'countif count_if countifs sumif sum_if count_where'],
  [
    'A value is turned into another type with `int(x)`, `float(x)`, `text(x)` or `date(t)`.',
    'cast to_number to_int to_float to_date astype try_cast',
  ],
  ['Chance has no place in a feature: rows are divided by `split`, and drawn by `| sample 10%`.', 'rand random uniform'],
];

const helps: ReadonlyMap<string, string> = new Map(byHelp.flatMap(([help, names]) => names.split(' ').map(name => [name, help] as const)));

/** How to write what this function is elsewhere; null for any other name. */
export const foreignFunctionHelp = (name: string): string | null => helps.get(name.toLowerCase()) ?? null;
