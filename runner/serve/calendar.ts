/** Parts of what the calendar and the clock show, as the engine counts them. */

const week = 7 * 86_400_000;

export type CalendarPart = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'day_of_year' | 'weekday' | 'hour' | 'minute';

/** Of the ISO 8601 calendar: the Thursday of a week decides the year that it belongs to. */
function isoWeek(date: Date): number {
  const thursday = date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000;
  const first = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday - first) / week);
}

/** `wall`: microseconds, as a clock on the wall shows them, written as if it were UTC. */
export function calendarPart(part: CalendarPart, wall: number): number {
  const date = new Date(Math.floor(wall / 1000));
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
      return ((date.getUTCDay() + 6) % 7) + 1;
    case 'hour':
      return date.getUTCHours();
    case 'minute':
      return date.getUTCMinutes();
  }
}
