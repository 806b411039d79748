/** Durations as text and as bounds. Months are kept apart from exact time: a month has 28 to 31 days. */

/** A span of time: calendar months and exact microseconds, never mixed by the literal syntax. */
export interface DurationValue {
  readonly months: number;
  readonly micros: number;
}

export const microsPerDay = 86_400_000_000;

const units: readonly (readonly [string, number])[] = [
  ['d', microsPerDay],
  ['h', 3_600_000_000],
  ['m', 60_000_000],
  ['s', 1_000_000],
  ['ms', 1_000],
];

/** As written in programs: `30d`, `1mo`, `12h`; `0d` for nothing. */
export function durationText({ months, micros }: DurationValue): string {
  const pieces: string[] = [];
  if (months) pieces.push(months % 12 === 0 ? `${months / 12}y` : `${months}mo`);
  let rest = Math.abs(micros);
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    if (count) pieces.push(`${micros < 0 ? '-' : ''}${count}${name}`);
    rest -= count * size;
  }
  return pieces.length ? pieces.join(' ') : '0d';
}

const words: Readonly<Record<string, string>> = { y: 'year', mo: 'month', d: 'day', h: 'hour', m: 'minute', s: 'second', ms: 'millisecond' };

/** A duration of a program as sentences have it: `30 days`, `1 day 12 hours`, `1 month`. */
export const spelled = (text: string): string =>
  text.replaceAll(/(\d+)([a-z]+)/g, (_, count: string, unit: string) => `${count} ${words[unit] ?? unit}${count === '1' ? '' : 's'}`);

export const durationWords = (duration: DurationValue): string => spelled(durationText(duration));

/** One literal that is at least as long: programs write a duration in one unit, so months with days become days. */
export function durationLiteral(duration: DurationValue): string {
  const { months, micros } = duration;
  if (months && micros) return `${Math.ceil(longestMicros(duration) / microsPerDay)}d`;
  const unit = units.find(([, size]) => micros % size === 0);
  return months || !unit ? durationText(duration) : `${micros / unit[1]}${unit[0]}`;
}

/** An upper bound of how long a duration can be, in microseconds: exact for one month (31 days) and one year (366 days). */
export function longestMicros({ months, micros }: DurationValue): number {
  const years = Math.trunc(months / 12);
  return micros + microsPerDay * (years * 366 + (months - years * 12) * 31);
}

/** A lower bound of how short a duration can be, in microseconds: exact for one month (28 days) and for whole years. */
export function shortestMicros({ months, micros }: DurationValue): number {
  const years = Math.trunc(months / 12);
  const rest = months - years * 12;
  return micros + microsPerDay * (years * 365 + rest * 28 + Math.max(0, Math.floor(rest / 2)) * 2);
}
