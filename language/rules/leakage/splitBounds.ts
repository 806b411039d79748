/** How far labels reach past their cutoff, and over which edges of a split by time they do. */
import { addDuration, durationLe, zeroDuration } from '../../model/factOps.ts';
import type { SplitModel, TaskModel, TimeBounds } from '../../model/typed.ts';
import { addMonths } from '../../text/calendar.ts';
import { type DurationValue, shortestMicros } from '../../text/duration.ts';

/** Horizon and delay of the task's label: how long after a cutoff its label is decided and known. */
export const labelReach = ({ label }: TaskModel): DurationValue => (label ? addDuration(label.horizon, label.delay) : zeroDuration);

export interface Boundary {
  readonly earlier: 'train' | 'validate';
  readonly later: 'validate' | 'test';
  /** Where the later partition begins. */
  readonly start: number;
}

/** The instant that lies the duration later, as the engine counts: months by the calendar of UTC. */
export const laterBy = (instant: number, { months, micros }: DurationValue): number => addMonths(instant, months) + micros;

/** Where the later partition begins: at its own bound, else at the first cutoff that the earlier one leaves to it. */
function startOf(before: TimeBounds, next: TimeBounds, instants: readonly number[] | null): number | null {
  if (next.from !== null) return next.from;
  const end = before.to;
  if (end === null || (next.to !== null && next.to <= end)) return null;
  return instants ? (instants.find(instant => instant >= end) ?? null) : end;
}

/** The greatest cutoff that can stay in the earlier partition, by its bound and by what the gap drops; null when none can. */
function latestOf({ from, to }: TimeBounds, start: number, gap: DurationValue, instants: readonly number[] | null): number | null {
  // Bounds are half-open: the last instant of the partition lies one microsecond before its end.
  if (!instants) return Math.min(to === null ? Number.POSITIVE_INFINITY : to - 1, start - shortestMicros(gap));
  return instants.filter(i => (from === null || i >= from) && (to === null || i < to) && laterBy(i, gap) <= start).at(-1) ?? null;
}

/** The edges between neighbouring partitions over which a label of the earlier one can reach. */
export function crossings(task: TaskModel, split: SplitModel): Boundary[] {
  if (split.method.kind !== 'time') return [];
  const { train, validate, test, gap } = split.method;
  const reach = labelReach(task);
  if (durationLe(reach, zeroDuration)) return [];
  const instants = task.cutoffs.kind === 'grid' ? task.cutoffs.instants : null;
  const edge = (earlier: Boundary['earlier'], before: TimeBounds, later: Boundary['later'], next: TimeBounds): Boundary[] => {
    const start = startOf(before, next, instants);
    const latest = start === null || durationLe(reach, gap) ? null : latestOf(before, start, gap, instants);
    return start !== null && latest !== null && laterBy(latest, reach) > start ? [{ earlier, later, start }] : [];
  };
  return validate ? [...edge('train', train, 'validate', validate), ...edge('validate', validate, 'test', test)] : edge('train', train, 'test', test);
}
