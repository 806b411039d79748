/** Values of literals: numbers, percentages, durations, dates, timestamps and texts, each with what is wrong when it has none. */
import { type DurationValue, microsPerDay } from '../text/duration.ts';
import type { Span } from '../text/place.ts';

/** What is wrong with a literal, and its repair; the span counts from the literal's start. */
export interface Malformed {
  readonly message: string;
  readonly help: string | null;
  readonly replacement: string | null;
  readonly span: Span | null;
}

type Read<V> = { readonly value: V; readonly malformed: Malformed | null };

const bad = (message: string, help: string | null = null, replacement: string | null = null, span: Span | null = null): Malformed => ({
  message,
  help,
  replacement,
  span,
});

const SECOND = 1_000_000;
const DAY = microsPerDay;

const unitValues: Readonly<Record<string, DurationValue>> = {
  us: { months: 0, micros: 1 },
  ms: { months: 0, micros: 1000 },
  s: { months: 0, micros: SECOND },
  m: { months: 0, micros: 60 * SECOND },
  h: { months: 0, micros: 3600 * SECOND },
  d: { months: 0, micros: DAY },
  w: { months: 0, micros: 7 * DAY },
  mo: { months: 1, micros: 0 },
  y: { months: 12, micros: 0 },
};

/** Spellings that people bring along. */
const unitSpellings: Readonly<Record<string, string>> = {
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  day: 'd',
  days: 'd',
  D: 'd',
  wk: 'w',
  week: 'w',
  weeks: 'w',
  M: 'mo',
  mon: 'mo',
  month: 'mo',
  months: 'mo',
  yr: 'y',
  year: 'y',
  years: 'y',
  Y: 'y',
};

const units = '`ms`, `s`, `m`, `h`, `d`, `w`, `mo` or `y`';

export function numberValue(raw: string): number {
  return Number(raw.includes('_') ? raw.replaceAll('_', '') : raw);
}

/** The unit that a word behind a number means, or null: `days` is `d`. */
export const unitMeant = (word: string): string | null =>
  Object.hasOwn(unitValues, word) ? word : Object.hasOwn(unitSpellings, word) ? (unitSpellings[word] ?? null) : null;

/** Reads a number with letters glued to it. `3x` is the number 3. */
export function numberWord(raw: string): { readonly number: number } | { readonly duration: DurationValue } | { readonly malformed: Malformed } {
  const parts = /^([\d_]*(?:\.[\d_]+)?)(.*)$/s.exec(raw);
  const amount = parts?.[1] ?? '0';
  const unit = parts?.[2] ?? '';
  if (unit === 'x') return { number: numberValue(amount) };
  const value = unitValues[unit];
  if (value) return scaled(raw, amount, unit, value);
  const meant = unitSpellings[unit];
  if (meant) return { malformed: bad(`\`${raw}\` is not a duration`, `Write \`${amount}${meant}\`.`, `${amount}${meant}`) };
  if (/^(?:\d+[a-z]+){2,}$/.test(raw))
    return { malformed: bad(`\`${raw}\` joins several durations`, 'Write it in one unit: `90m` for an hour and a half.') };
  if (/^[eE]$/.test(unit)) return { malformed: bad(`The number \`${raw}\` has no exponent`, 'Write `1e-3` or `0.001`.') };
  if (/^[kKMG]$/.test(unit)) return { malformed: bad(`\`${raw}\` is not a number`, 'Write all digits: `20_000`.') };
  return { malformed: bad(`\`${raw}\` is neither a number nor a duration`, `Durations end in ${units}; a name begins with a letter.`) };
}

function scaled(raw: string, amount: string, unit: string, value: DurationValue): { duration: DurationValue } | { malformed: Malformed } {
  const n = numberValue(amount);
  if (value.months > 0 && !Number.isInteger(n * value.months)) {
    return { malformed: bad(`\`${raw}\` is not a whole number of months`, 'Write it in days, or in whole months.') };
  }
  const duration = { months: n * value.months, micros: Math.round(n * value.micros) };
  if (duration.months > 120_000 || duration.micros > 3_660_000 * DAY) {
    return { malformed: bad(`The duration \`${amount}${unit}\` is longer than 10,000 years`, null) };
  }
  return { duration };
}

/** Microseconds since 1970 UTC of a civil date; null when there is no such date. */
function dateMicros(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = month >= 1 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() * 1000 : null;
}

const pad = (text: string, width = 2): string => text.padStart(width, '0');

export function dateValue(raw: string): Read<{ iso: string; micros: number }> {
  // Of ten characters all digits are written, as they nearly always are.
  const [year = '', month = '', day = ''] = raw.length === 10 ? [raw.slice(0, 4), raw.slice(5, 7), raw.slice(8)] : raw.split('-');
  const iso = `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
  const micros = dateMicros(Number(year), Number(month), Number(day));
  const value = { iso, micros: micros ?? 0 };
  if (micros === null) return { value, malformed: bad(`There is no date \`${raw}\``, whyNoDate(Number(year), Number(month))) };
  if (iso !== raw) return { value, malformed: bad(`The date \`${raw}\` has a month or day of one digit`, `Write \`${iso}\`.`, iso) };
  return { value, malformed: null };
}

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

function whyNoDate(year: number, month: number): string {
  const name = monthNames[month - 1];
  if (name === undefined) return 'A date is year-month-day, with a month from 01 to 12: `2024-01-31`.';
  const last = dateMicros(year, month, 31) !== null ? 31 : dateMicros(year, month, 30) !== null ? 30 : dateMicros(year, month, 29) !== null ? 29 : 28;
  return `${name} ${year} ends on ${year}-${pad(String(month))}-${last}.`;
}

export function timestampValue(raw: string): Read<{ iso: string; micros: number }> {
  const parts = /^(\d{4}-\d{1,2}-\d{1,2})[Tt](\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?(\.\d+)?(?:([Zz])|([+-])(\d{2}):?(\d{2}))?$/.exec(raw);
  if (!parts)
    return {
      value: { iso: raw, micros: 0 },
      malformed: bad(`\`${raw}\` is not a time`, 'Write date, hour, minute and second: `2024-01-31T10:00:00Z`.'),
    };
  const [, date = '', hour = '0', minute, second = '0', fraction = '', , sign, zoneHour = '0', zoneMinute = '0'] = parts;
  const day = dateValue(date);
  if (day.malformed) return { value: { iso: raw, micros: 0 }, malformed: { ...day.malformed, replacement: null } };
  if (minute === undefined) {
    return {
      value: { iso: raw, micros: 0 },
      malformed: bad(`The time \`${raw}\` has no minutes`, `Write \`${date}T${pad(hour)}:00:00Z\`.`, `${date}T${pad(hour)}:00:00Z`),
    };
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return { value: { iso: raw, micros: 0 }, malformed: bad(`There is no time \`${raw}\``, 'Hours go to 23, minutes and seconds to 59.') };
  }
  const offset = (sign === '-' ? -1 : 1) * (Number(zoneHour) * 60 + Number(zoneMinute));
  const seconds = (Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second);
  const micros = day.value.micros + seconds * SECOND + Math.round(Number(`0${fraction}`) * SECOND);
  return { value: { iso: raw, micros }, malformed: null };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\', '0': '\0' };

/** The value of a text between quotes; escapes are `\n \t \r \" \\ \u{…}`. */
export function textValue(inside: string): Read<string> {
  if (!inside.includes('\\')) return { value: inside, malformed: null };
  let malformed: Malformed | null = null;
  const value = inside.replace(/\\(?:u\{([^}]*)\}|([\s\S]?))/g, (whole: string, code: string | undefined, letter: string | undefined, at: number) => {
    if (code !== undefined) {
      const point = /^[0-9a-fA-F]{1,6}$/.test(code) ? Number.parseInt(code, 16) : Number.NaN;
      if (point <= 0x10ffff) return String.fromCodePoint(point);
      malformed ??= bad(`\`${whole}\` names no character`, 'Write the code point in hexadecimal digits: `\\u{e9}` is é.', null, {
        start: at,
        end: at + whole.length,
      });
      return '';
    }
    const meant = escapes[letter ?? ''];
    if (meant !== undefined) return meant;
    malformed ??= bad(`\`${whole}\` has no meaning in a text`, `A backslash itself is written twice: \`\\${whole}\`.`, `\\${whole}`, {
      start: at,
      end: at + whole.length,
    });
    return whole;
  });
  return { value, malformed };
}
