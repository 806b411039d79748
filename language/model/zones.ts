/**
 * Zones in which dates stand: those of a source in the zone of its file, a cutoff in that of its task. The day of one begins and ends at another
 * instant than that of the other, and where clocks change a day is no 24 hours.
 */
import { offsetsOf } from '../text/calendar.ts';
import type { Environment } from './environment.ts';
import { type Shifted, sameDuration, zeroDuration } from './factOps.ts';
import type { Facts } from './facts.ts';
import type { Type } from './types.ts';

/** The zones of the files that the value was read from; UTC where it was read from none. */
export function zonesOf({ lineage }: Facts, env: Environment): readonly string[] {
  const zones = new Set(lineage.map(({ home, source }) => env.declared(home, source)?.zone ?? 'UTC'));
  return zones.size > 0 ? [...zones] : ['UTC'];
}

/**
 * By how many microseconds the last instant of the day in `zone` may lie before the last instant that the shape says, in the zone that its root was
 * read in; 0 where it never does.
 */
export function endsEarlierBy(shape: Shifted, type: Type, read: readonly string[], zone: string): number {
  if (type.kind !== 'date') return 0;
  const isShifted = !sameDuration(shape.plus, zeroDuration);
  return Math.max(0, ...read.map(from => (from === zone && !isShifted ? 0 : offsetsOf(zone).most - offsetsOf(from).least)));
}
