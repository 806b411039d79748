/** Instants, dates and durations: calendar months clamped to the month's end, whole microseconds, parts in a zone. */
import { addMonths, instantOf, wallTime } from '../../language/text/calendar.ts';
import { type DurationValue, microsPerDay } from '../../language/text/duration.ts';

/** Months by the UTC calendar, clamped to the month's end; then exact time. */
export const addDuration = (instant: number, d: DurationValue): number => addMonths(instant, d.months) + d.micros;

export const plus = (a: DurationValue, b: DurationValue): DurationValue => ({ months: a.months + b.months, micros: a.micros + b.micros });

export const negative = (d: DurationValue): DurationValue => ({ months: 0 - d.months, micros: 0 - d.micros });

export const dayStart = (date: number, zone: string): number => instantOf(date, zone);

export const dayEnd = (date: number, zone: string): number => instantOf(date + microsPerDay, zone) - 1;

export const dateIn = (wall: number): number => Math.floor(wall / microsPerDay) * microsPerDay;

export const wall = wallTime;

function isoWeek(date: Date): number {
  // The Thursday of the same week decides the year that the week belongs to.
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 3 - ((date.getUTCDay() + 6) % 7));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday.getTime() - first) / (7 * 86_400_000));
}

/** A part of what the calendar and the clock show; `wallMicros` as `wallTime` gives it. */
export function calendarPart(part: string, wallMicros: number): number {
  const date = new Date(Math.floor(wallMicros / 1000));
  const weekday = ((date.getUTCDay() + 6) % 7) + 1;
  switch (part) {
    case 'year':
      return date.getUTCFullYear();
    case 'quarter':
      return Math.floor(date.getUTCMonth() / 3) + 1;
    case 'month':
      return date.getUTCMonth() + 1;
    case 'week':
      return isoWeek(date);
    case 'day':
      return date.getUTCDate();
    case 'day_of_year':
      return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
    case 'weekday':
      return weekday;
    case 'hour':
      return date.getUTCHours();
    case 'minute':
      return date.getUTCMinutes();
    default:
      throw new Error(`There is no calendar part ${part}.`);
  }
}

export function timeText(micros: number, type: 'date' | 'timestamp'): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  if (type === 'date') return iso.slice(0, 10);
  const fraction = (((micros % 1_000_000) + 1_000_000) % 1_000_000).toString().padStart(6, '0').replace(/0+$/, '');
  return `${iso.slice(0, 19)}${fraction ? `.${fraction}` : ''}Z`;
}
