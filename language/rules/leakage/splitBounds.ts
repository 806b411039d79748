/** How far labels reach past their cutoff, over which edges of a split by time they do, and within which bounds partitions lie. */
import { addDuration, durationLe, zeroDuration } from '../../model/factOps.ts';
import type { EvaluationModel, SplitModel, TaskModel, TimeBounds } from '../../model/typed.ts';
import { addMonths } from '../../text/calendar.ts';
import { type DurationValue, shortestMicros } from '../../text/duration.ts';

/** Horizon and delay of the task's label: how long after a cutoff its label is decided and known. */
export const labelReach = ({ label }: TaskModel): DurationValue => (label ? addDuration(label.horizon, label.delay) : zeroDuration);

/** `2024-06-01`, with the time of day where there is one. */
export const instantText = (micros: number): string =>
  new Date(micros / 1000)
    .toISOString()
    .replace(/T00:00:00\.000Z$/, '')
    .replace(/\.\d+Z$/, 'Z');

export interface Boundary {
  readonly earlier: 'train' | 'validate';
  readonly later: 'validate' | 'test';
  /** Where the later partition begins. */
  readonly start: number;
}

/** The instant that lies the duration later, as the engine counts: months by the calendar of UTC. */
export const laterBy = (instant: number, { months, micros }: DurationValue): number => addMonths(instant, months) + micros;

/**
 * Where the later partition can begin: at its own bound, else at the first cutoff that the earlier one leaves to it. Where a condition decides
 * who is observed, the first cutoffs can be nobody's, so that it may be any of them.
 */
function startsOf({ cutoffs, where }: TaskModel, before: TimeBounds, next: TimeBounds): readonly number[] {
  if (next.from !== null) return [next.from];
  const end = before.to;
  if (end === null || (next.to !== null && next.to <= end)) return [];
  if (cutoffs.kind !== 'grid') return [end];
  const later = cutoffs.instants.filter(instant => instant >= end && (next.to === null || instant < next.to));
  return where ? later : later.slice(0, 1);
}

const holds = ({ from, to }: Pick<TimeBounds, 'from' | 'to'>, instant: number): boolean =>
  (from === null || instant >= from) && (to === null || instant < to);

/** The greatest cutoff that can stay in the earlier partition, by its bound and by what the gap drops; null when none can. */
function latestOf(bounds: TimeBounds, start: number, gap: DurationValue, instants: readonly number[] | null): number | null {
  // Bounds are half-open: the last instant of the partition lies one microsecond before its end.
  if (!instants) return Math.min(bounds.to === null ? Number.POSITIVE_INFINITY : bounds.to - 1, start - shortestMicros(gap));
  return instants.filter(i => holds(bounds, i) && laterBy(i, gap) <= start).at(-1) ?? null;
}

/** The edges between neighbouring partitions over which a label of the earlier one can reach. */
export function crossings(task: TaskModel, split: SplitModel): Boundary[] {
  if (split.method.kind !== 'time') return [];
  const { train, validate, test, gap } = split.method;
  const reach = labelReach(task);
  if (durationLe(reach, zeroDuration)) return [];
  const instants = task.cutoffs.kind === 'grid' ? task.cutoffs.instants : null;
  const edge = (earlier: Boundary['earlier'], before: TimeBounds, later: Boundary['later'], next: TimeBounds): Boundary[] => {
    if (durationLe(reach, gap)) return [];
    const start = startsOf(task, before, next).find(start => {
      const latest = latestOf(before, start, gap, instants);
      return latest !== null && laterBy(latest, reach) > start;
    });
    return start === undefined ? [] : [{ earlier, later, start }];
  };
  return validate ? [...edge('train', train, 'validate', validate), ...edge('validate', validate, 'test', test)] : edge('train', train, 'test', test);
}

/** The cutoffs of a grid that can stay in the partitions of which folds are made: within their bounds, and not dropped by the gap. */
export function foldCutoffs(task: TaskModel, split: SplitModel): readonly number[] {
  if (split.method.kind !== 'time' || task.cutoffs.kind !== 'grid') return [];
  const { train, validate, test, gap } = split.method;
  const within = (bounds: TimeBounds, next: TimeBounds, instant: number): boolean => {
    const starts = startsOf(task, bounds, next);
    return holds(bounds, instant) && (starts.length === 0 || starts.some(start => laterBy(instant, gap) <= start));
  };
  return task.cutoffs.instants.filter(
    instant => within(train, validate ?? test, instant) || (split.folds !== null && validate !== null && within(validate, test, instant)),
  );
}

export type Span = Pick<TimeBounds, 'from' | 'to'>;

/** Between which instants the cutoffs of a partition lie, `[from, to)`; null where no bounds say so, or there is no such partition. */
export function spanOf({ method }: SplitModel, partition: EvaluationModel['partition']): Span | null {
  const bounds = method.kind === 'time' && partition !== 'folds' ? method[partition] : null;
  if (method.kind !== 'time' || !bounds || bounds.from !== null) return bounds;
  // Without a start of its own it has what those before it leave: all before their starts too.
  const before = partition === 'train' ? [] : partition === 'validate' ? [method.train] : [method.train, method.validate];
  let from: number | null = null;
  for (const earlier of before) {
    if (earlier?.to == null || (earlier.from !== null && (from === null || earlier.from > from))) continue;
    from = Math.max(from ?? earlier.to, earlier.to);
  }
  return { from, to: bounds.to };
}

/** The greatest cutoff that can stay in a partition that is learned from; null where none can. */
export function latestIn(task: TaskModel, { method }: SplitModel, partition: 'train' | 'validate'): number | null {
  const bounds = method.kind === 'time' ? method[partition] : null;
  if (method.kind !== 'time' || !bounds) return null;
  const instants = task.cutoffs.kind === 'grid' ? task.cutoffs.instants : null;
  const next = (partition === 'train' ? method.validate : null) ?? method.test;
  // Without a bound, the next one begins with its first row, which may come any time later.
  const starts = instants || next.from !== null ? startsOf(task, bounds, next) : [];
  const latest = (starts.length > 0 ? starts : [Number.POSITIVE_INFINITY]).flatMap(start => latestOf(bounds, start, method.gap, instants) ?? []);
  return latest.length > 0 ? Math.max(...latest) : null;
}

/** The cutoffs of a grid that lie in the span, in order; null where cutoffs are those of rows. */
export const gridIn = ({ cutoffs }: TaskModel, span: Span): readonly number[] | null =>
  cutoffs.kind === 'grid' ? cutoffs.instants.filter(i => holds(span, i)) : null;

/** The least cutoff that can be in the span; null where none can. */
export const firstIn = ({ cutoffs }: TaskModel, { from, to }: Span): number | null =>
  cutoffs.kind === 'grid' ? (cutoffs.instants.find(i => holds({ from, to }, i)) ?? null) : (from ?? Number.NEGATIVE_INFINITY);
