/**
 * Values as text, the same in every engine. `canonical` is what is hashed for identities, splits and folds (times are microseconds, null
 * is U+0000); `shown` is what `text(x)` gives and people read (times are ISO 8601, null stays null).
 */
import type { PlanType } from '../../language/plan/plan.ts';
import { bind, cast } from './write.ts';

/**
 * The shortest text that reads back as the same float, in JavaScript's form. The engine finds the same digits but writes `1.0`, `1e+16`
 * and `1e-05` where JavaScript writes `1`, `10000000000000000` and `0.00001`.
 */
const floatText = (x: string): string =>
  bind(`CAST(${x} AS VARCHAR)`, t =>
    bind(`CAST(split_part(${t}, 'e', 2) AS INTEGER)`, power =>
      bind(`replace(replace(split_part(${t}, 'e', 1), '.', ''), '-', '')`, digits => {
        const sign = `CASE WHEN ${t}[1] = '-' THEN '-' ELSE '' END`;
        const large = `${sign} || rpad(${digits}, ${power} + 1, '0')`;
        const small = `${sign} || '0.' || repeat('0', -${power} - 1) || ${digits}`;
        const written = `split_part(${t}, 'e', 1) || 'e' || CASE WHEN ${power} > 0 THEN '+' ELSE '' END || ${power}`;
        return `CASE WHEN ${power} BETWEEN 16 AND 20 THEN ${large} WHEN ${power} BETWEEN -6 AND -5 THEN ${small} ELSE ${written} END`;
      }),
    ),
  );

const text = (x: string): string =>
  bind(
    x,
    v =>
      `CASE WHEN ${v} = 0 THEN '0' WHEN contains(CAST(${v} AS VARCHAR), 'e') THEN ${floatText(v)} ELSE regexp_replace(CAST(${v} AS VARCHAR), '\\.0$', '') END`,
  );

/** Months and microseconds of a duration. */
const durationText = (x: string): string =>
  bind(x, d =>
    bind(
      `CAST(datepart('year', ${d}) * 12 + datepart('month', ${d}) AS INTEGER)`,
      months => `CAST(${months} AS VARCHAR) || 'mo' || CAST(epoch_us(${d} - to_months(${months})) AS VARCHAR)`,
    ),
  );

function plain(sql: string, type: PlanType): string {
  switch (type) {
    case 'text':
      return sql;
    case 'float':
      return text(sql);
    case 'duration':
      return durationText(sql);
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

export function canonical(sql: string, type: PlanType): string {
  const present = type === 'date' || type === 'timestamp' ? `CAST(epoch_us(${cast(sql, type, 'timestamp')}) AS VARCHAR)` : plain(sql, type);
  return `coalesce(${present}, chr(0))`;
}

export function shown(sql: string, type: PlanType): string {
  if (type === 'date') return `strftime(${sql}, '%Y-%m-%d')`;
  if (type !== 'timestamp') return plain(sql, type);
  return bind(sql, t => `strftime(${t}, '%Y-%m-%dT%H:%M:%S') || rtrim(rtrim(strftime(${t}, '.%f'), '0'), '.') || 'Z'`);
}
