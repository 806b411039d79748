/** How far labels reach past their cutoff, and which cutoffs can fall in a partition of a split by time. */
import type { SplitModel, TaskModel, TimeBounds } from '../../model/typed.ts';
import { type DurationValue, longestMicros } from '../../text/duration.ts';

/** Horizon and delay of the task's label: how long after a cutoff its label is decided and known. */
export function labelReach(task: TaskModel): { duration: DurationValue; longest: number } {
  const horizon = task.label?.horizon ?? { months: 0, micros: 0 };
  const delay = task.label?.delay ?? { months: 0, micros: 0 };
  const duration = { months: horizon.months + delay.months, micros: horizon.micros + delay.micros };
  return { duration, longest: longestMicros(duration) };
}

export interface Boundary {
  readonly earlier: 'train' | 'validate';
  readonly later: 'validate' | 'test';
  /** The greatest cutoff that can fall in the earlier partition, or null when none can or it has no bound. */
  readonly latest: number | null;
  /** The start of the next partition, or null when it was not written. */
  readonly start: number | null;
}

/** The edges between neighbouring partitions of a split by time. `gap` counts as its shortest: what it surely drops. */
export function boundaries(task: TaskModel, split: SplitModel): Boundary[] {
  if (split.method.kind !== 'time') return [];
  const { train, validate, test, gap } = split.method;
  const named: { name: 'train' | 'validate' | 'test'; bounds: TimeBounds }[] = [
    { name: 'train', bounds: train },
    ...(validate ? [{ name: 'validate' as const, bounds: validate }] : []),
    { name: 'test', bounds: test },
  ];
  const grid = task.cutoffs.kind === 'grid' ? task.cutoffs.instants : null;
  return named.slice(1).flatMap(({ name: later, bounds: next }, index) => {
    const before = named[index];
    if (!before || before.name === 'test' || later === 'train') return [];
    const start = next.from;
    const shortestGap = gap.micros + gap.months * 28 * 86_400_000_000;
    // Bounds are half-open: the last instant of the partition lies one microsecond before its end.
    const ends = [before.bounds.to === null ? null : before.bounds.to - 1, start === null ? null : start - shortestGap].filter(end => end !== null);
    const end = ends.length ? Math.min(...ends) : null;
    const latest =
      end === null
        ? null
        : grid
          ? (grid.filter(instant => instant <= end && (before.bounds.from === null || instant >= before.bounds.from)).at(-1) ?? null)
          : end;
    return [{ earlier: before.name, later, latest, start }];
  });
}
