/**
 * Instants, days and zones: where a day begins in a zone and how calendar steps move through it. Instants are microseconds since
 * 1970 UTC; a wall time is what a clock on the wall of the zone shows, written as if it were UTC.
 */
import { type DurationValue, microsPerDay } from './duration.ts';

const formats = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const cached = formats.get(zone);
  if (cached !== undefined) return cached;
  let format: Intl.DateTimeFormat | null = null;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    // The runtime knows no such zone; `isZone` says so to whoever asks.
  }
  formats.set(zone, format);
  return format;
}

export const isZone = (zone: string): boolean => zone === 'UTC' || formatOf(zone) !== null;

const floorTo = (value: number, size: number): number => Math.floor(value / size) * size;

/** What the clock of the zone shows at the instant. An unknown zone counts as UTC. */
export function wallTime(instant: number, zone: string): number {
  const format = zone === 'UTC' ? null : formatOf(zone);
  if (!format) return instant;
  const second = floorTo(instant, 1_000_000);
  const field: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(second / 1000)) field[type] = Number(value);
  const wall = Date.UTC(
    field['year'] ?? 1970,
    (field['month'] ?? 1) - 1,
    field['day'] ?? 1,
    field['hour'] ?? 0,
    field['minute'] ?? 0,
    field['second'] ?? 0,
  );
  return wall * 1000 + (instant - second);
}

/**
 * The first instant at which the clock of the zone shows `wall` or later: a time that the clocks skip becomes the moment of the jump,
 * a time that they show twice the first of the two.
 */
export function instantOf(wall: number, zone: string): number {
  if (zone === 'UTC' || !formatOf(zone)) return wall;
  const offsetAt = (instant: number): number => wallTime(instant, zone) - instant;
  // Offsets lie within a day of UTC, so those of the day before and after are the only ones that can hold here.
  const before = offsetAt(wall - microsPerDay);
  const after = offsetAt(wall + microsPerDay);
  const fits = [wall - Math.max(before, after), wall - Math.min(before, after)].filter(instant => wallTime(instant, zone) === wall);
  if (fits[0] !== undefined) return fits[0];
  // Skipped: search the jump between the last instant that shows less and the first that shows more.
  let low = wall - Math.max(before, after) - microsPerDay / 24;
  let high = wall - Math.min(before, after) + microsPerDay / 24;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallTime(middle, zone) < wall) low = middle;
    else high = middle;
  }
  return high;
}

const offsets = new Map<string, { readonly least: number; readonly most: number }>();

/** The least and the most by which clocks of the zone were ahead of UTC since 1970 and will be, in microseconds. */
export function offsetsOf(zone: string): { readonly least: number; readonly most: number } {
  const cached = offsets.get(zone);
  if (cached) return cached;
  const found: number[] = [];
  if (zone === 'UTC') found.push(0);
  else
    for (let month = 0; month < 70 * 12; month++) {
      const instant = Date.UTC(1970, month, 15) * 1000;
      found.push(wallTime(instant, zone) - instant);
    }
  const range = { least: Math.min(...found), most: Math.max(...found) };
  offsets.set(zone, range);
  return range;
}

/** The first instant of the day on which `instant` falls in the zone. */
export const startOfDay = (instant: number, zone: string): number => instantOf(floorTo(wallTime(instant, zone), microsPerDay), zone);

/** A wall time and calendar months later, clamped to the last day of the month. */
export function addMonths(wall: number, months: number): number {
  if (months === 0) return wall;
  const day = floorTo(wall, microsPerDay);
  const date = new Date(day / 1000);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0)).getUTCDate();
  return first * 1000 + (Math.min(date.getUTCDate(), last) - 1) * microsPerDay + (wall - day);
}

/** More steps than this are a mistake in the program, not a plan. */
export const mostSteps = 100_000;

/**
 * `from + k · step` for k = 0, 1, … while it lies before `end` (exclusive), in order; null for a step that does not move forward, or
 * beyond `mostSteps`. Months and whole days move by the calendar of the zone, so that midnight stays midnight when the clocks change;
 * shorter steps count exact time.
 */
export function grid(from: number, end: number, step: DurationValue, zone: string): number[] | null {
  if (step.months < 0 || step.micros < 0 || (step.months === 0 && step.micros === 0)) return null;
  const byCalendar = step.micros % microsPerDay === 0;
  const wall = wallTime(from, zone);
  const instants: number[] = [];
  for (let k = 0; ; k++) {
    const instant = byCalendar ? instantOf(addMonths(wall, k * step.months) + k * step.micros, zone) : from + k * step.micros;
    if (instant >= end) return instants;
    if (instants.length === mostSteps) return null;
    instants.push(instant);
  }
}
