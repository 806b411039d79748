/** Instants and wall times in a zone, as `language/text/calendar.ts` defines them; the engine decides clock changes otherwise. */
import { bind, bindAll } from './write.ts';

/** What the clock of the zone shows at an instant (both TIMESTAMP). */
export const wallTime = (instant: string, zone: string): string => `timezone(${zone}, make_timestamptz(epoch_us(${instant})))`;

/**
 * The first instant at which the clock of the zone shows the wall time; one that the clocks skip is the moment of the jump, which lies at
 * a full hour. The offsets a day before and after are the only ones that can hold.
 */
export function instantIn(wall: string, zone: string): string {
  if (zone === `CAST('UTC' AS VARCHAR)` || zone === `'UTC'`) return wall;
  return bind(wall, w => {
    const offset = (days: string): string => bind(`${w} ${days}`, at => `epoch_us(${wallTime(at, zone)}) - epoch_us(${at})`);
    return bindAll([offset('- to_days(1)'), offset('+ to_days(1)')], ([before, after]) =>
      bindAll(
        [`${w} - to_microseconds(greatest(${before}, ${after}))`, `${w} - to_microseconds(least(${before}, ${after}))`],
        ([early = '', late = '']) =>
          `CASE WHEN ${wallTime(early, zone)} = ${w} THEN ${early} WHEN ${wallTime(late, zone)} = ${w} THEN ${late} ELSE date_trunc('hour', ${w}) - to_microseconds(${before}) END`,
      ),
    );
  });
}
