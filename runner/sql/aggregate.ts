/**
 * Aggregates as SQL. None depends on the order of rows or on the number of threads: numbers are summed as whole numbers (floats as
 * multiples of 2^-scale), and what needs all values at once collects them and sums whole numbers again.
 */
import type { PlanExpr, PlanType } from '../../language/plan/plan.ts';
import { bind, bindAll, cast, finite, float, microsPerDay, typeName } from './write.ts';

export interface AggregateForm {
  readonly aggregate: string;
  readonly value: PlanExpr | null;
  readonly parameters: Readonly<Record<string, number>>;
  readonly type: PlanType;
  readonly scale: number;
}

export interface AggregateParts {
  /** Null for `count(T)`. */
  readonly value: string | null;
  /** A condition that keeps only true, or null. */
  readonly where: string | null;
  /** The row's place by event, known time and tie; equal where all these are. Only `first` and `last` ask. */
  readonly rank: string;
  /** A timestamp. Only `slope` asks. */
  readonly event: string;
}

/** Terms of sums over deviations are at most 1 and are added as multiples of 2^-60. */
const unit = 2 ** 60;

const whole = (sql: string): string => `CAST(round((${sql}) * ${float(unit)}) AS HUGEINT)`;
const total = (items: string, variable: string, term: string): string =>
  `(CAST(list_sum(list_transform(${items}, lambda ${variable}: ${whole(term)})) AS DOUBLE) / ${float(unit)})`;

const power2 = (scale: number): string => float(2 ** scale);

/** A number as a whole number of `1 / denominator`. */
export function exact(sql: string, type: PlanType, scale: number): { readonly whole: string; readonly denominator: number } {
  if (type === 'float') return { whole: `CAST(round(${sql} * ${power2(scale)}) AS HUGEINT)`, denominator: 2 ** scale };
  if (typeof type !== 'object') return { whole: `CAST(${sql} AS HUGEINT)`, denominator: 1 };
  const digits = type.decimal[1];
  return { whole: `CAST(${sql} * CAST('1${'0'.repeat(digits)}' AS DECIMAL(${digits + 1}, 0)) AS HUGEINT)`, denominator: 10 ** digits };
}

/** From the list of whole numbers: their distances from the whole part of their mean, which loses no digit. */
const centred = (items: string, body: (centred: string) => string): string =>
  bind(items, list =>
    bind(`list_sum(${list}) // len(${list})`, mean => bind(`list_transform(${list}, lambda "~x": CAST("~x" - ${mean} AS DOUBLE))`, body)),
  );

const largest = (items: string): string => `list_max(list_transform(${items}, lambda "~a": abs("~a")))`;

/** The square root of the sum of squares over n - 1, of values scaled to at most 1. */
function deviation(items: string, denominator: number): string {
  return bind(items, list => {
    const root = centred(list, d =>
      bind(largest(d), size => {
        const squares = `(${total(d, '"~s"', `("~s" / ${size}) * ("~s" / ${size})`)} - pow(${total(d, '"~m"', `"~m" / ${size}`)}, 2) / len(${d}))`;
        return `CASE WHEN ${size} = 0 THEN 0.0 ELSE ${size} * sqrt(greatest(${squares}, 0) / (len(${d}) - 1)) / ${float(denominator)} END`;
      }),
    );
    return `CASE WHEN len(${list}) > 1 THEN ${root} END`;
  });
}

/** Least squares of the value over days. */
function slope(pairs: string, denominator: number): string {
  return bind(pairs, list =>
    bindAll([`list_transform(${list}, lambda "~p": "~p".t)`, `list_transform(${list}, lambda "~q": "~q".y)`], ([times = '', values = '']) =>
      centred(times, t =>
        centred(values, y =>
          bindAll([largest(t), largest(y)], ([wide = '', high = '']) => {
            const scaled = `list_transform(list_zip(${t}, ${y}), lambda "~z": {'t': "~z"[1] / ${wide}, 'y': CASE WHEN ${high} = 0 THEN 0.0 ELSE "~z"[2] / ${high} END})`;
            return bind(scaled, points => {
              const meanless = `(${total(points, '"~b"', '"~b".t * "~b".y')} - ${total(points, '"~c"', '"~c".t')} * ${total(points, '"~d"', '"~d".y')} / len(${points}))`;
              const spread = `(${total(points, '"~e"', '"~e".t * "~e".t')} - pow(${total(points, '"~f"', '"~f".t')}, 2) / len(${points}))`;
              return `CASE WHEN ${wide} > 0 THEN ${meanless} / ${spread} * (${high} / ${wide}) * ${float(microsPerDay / denominator)} END`;
            });
          }),
        ),
      ),
    ),
  );
}

/** How often each value is there: a list of counts, or of values with counts. */
const histogram = (value: string, filter: string): string => `map_entries(histogram(${value})${filter})`;

const entropy = (entries: string): string =>
  bind(`list_transform(${entries}, lambda "~h": CAST("~h".value AS DOUBLE))`, counts =>
    bind(`list_sum(${counts})`, n => `(0.0 - ${total(counts, '"~n"', `("~n" / ${n}) * ln("~n" / ${n})`)})`),
  );

const mode = (entries: string): string =>
  bind(entries, all =>
    bind(
      `list_max(list_transform(${all}, lambda "~h": "~h".value))`,
      most => `list_min(list_transform(list_filter(${all}, lambda "~i": "~i".value = ${most}), lambda "~j": "~j".key))`,
    ),
  );

export function aggregate(form: AggregateForm, parts: AggregateParts): string {
  const { value, where } = parts;
  const type = form.value?.type ?? 'int';
  if (value === null) return `count(*)${where ? ` FILTER (WHERE ${where})` : ''}`;
  // Most aggregates of the engine skip nulls themselves; those that collect values do not.
  const kept = where ? ` FILTER (WHERE ${where})` : '';
  const filter = ` FILTER (WHERE ${where ? `${where} AND ` : ''}${value} IS NOT NULL)`;
  const some = `count(${value})${kept}`;
  const number = exact(value, type, form.scale);
  switch (form.aggregate) {
    case 'count':
      return some;
    case 'distinct':
      return `count(DISTINCT ${value})${kept}`;
    case 'any':
      return `coalesce(bool_or(${value})${kept}, FALSE)`;
    case 'all':
      return `coalesce(bool_and(${value})${kept}, TRUE)`;
    case 'sum':
      if (type === 'float') return `CAST(sum(${number.whole})${kept} AS DOUBLE) / ${float(number.denominator)}`;
      return `CAST(sum(${value})${kept} AS ${typeName(form.type)})`;
    case 'avg':
      return `CASE WHEN ${some} > 0 THEN CAST(sum(${number.whole})${kept} AS DOUBLE) / ${float(number.denominator)} / ${some} END`;
    case 'std':
      return deviation(`list(${number.whole})${filter}`, number.denominator);
    case 'min':
    case 'max':
      return cast(`${form.aggregate}(${value})${kept}`, type, form.type);
    case 'median':
      return finite(`quantile_cont(CAST(${value} AS DOUBLE), 0.5)${kept}`);
    case 'quantile':
      return finite(`quantile_cont(CAST(${value} AS DOUBLE), ${form.parameters['q'] ?? 0.5})${kept}`);
    case 'first':
    case 'last': {
      const place = form.aggregate === 'first' ? parts.rank : `-${parts.rank}`;
      return cast(`(min({'p': ${place}, 'v': ${value}})${filter}).v`, type, form.type);
    }
    case 'mode':
      return mode(histogram(value, filter));
    case 'rate':
      return `CASE WHEN ${some} > 0 THEN CAST(count(*) FILTER (WHERE ${where ? `${where} AND ` : ''}${value}) AS DOUBLE) / ${some} END`;
    case 'slope':
      return slope(
        `list({'t': epoch_us(${parts.event}), 'y': ${number.whole}}) FILTER (WHERE ${where ? `${where} AND ` : ''}${value} IS NOT NULL AND ${parts.event} IS NOT NULL)`,
        number.denominator,
      );
    case 'entropy':
      return entropy(histogram(value, filter));
    default:
      throw new Error(`There is no aggregate ${form.aggregate}.`);
  }
}
