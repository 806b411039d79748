/**
 * Partitions in time that hold no cutoff whatever the data: none lies within the bounds, an earlier partition takes each, or the gap before
 * the next one drops each.
 */
import { addMonths } from '../text/calendar.ts';
import type { Environment } from './environment.ts';
import { problem } from './problem.ts';
import type { SplitModel, TaskModel, TimeBounds } from './typed.ts';

type ByTime = Extract<SplitModel['method'], { kind: 'time' }>;

/** The cutoffs that the bounds hold, or the first that they can hold; null where they say nothing of it. */
function cutoffsWithin({ cutoffs }: TaskModel, { from, to }: TimeBounds): readonly number[] | null {
  if (cutoffs.kind === 'grid') return cutoffs.instants.filter(at => (from === null || at >= from) && (to === null || at < to));
  return from === null ? null : [from];
}

/**
 * Whether all of `first` lies after all that it leaves to `second`, which comes behind it: without a start of its own that one has whatever
 * the first does not take.
 */
export const liesAfter = (first: TimeBounds, second: TimeBounds): boolean =>
  first.from !== null && second.to !== null && (first.from >= second.to || (second.from === null && (first.to === null || first.to >= second.to)));

/** Whether `first` leaves no cutoff to `second`, which comes behind it. */
const takesAll = (first: TimeBounds, second: TimeBounds): boolean =>
  first.from === null && first.to !== null && second.from === null && second.to !== null && first.to >= second.to;

type Named = readonly [name: string, bounds: TimeBounds];

/** Reports the partitions that nothing is left to. */
function reportTaken(env: Environment, all: readonly Named[]): boolean {
  let isTaken = false;
  for (const [i, [name, bounds]] of all.entries()) {
    const [earlier, taking] = all.slice(0, i).find(([, first]) => takesAll(first, bounds)) ?? [];
    if (!taking) continue;
    isTaken = true;
    env.report(
      problem('impossible-range', bounds.place, `No cutoff is left for \`${name}\`: \`${earlier}\` takes each of them.`, {
        help: `Let \`${name}\` begin after \`${earlier}\` has ended: \`2024-09-01..\`.`,
        related: [{ place: taking.place, message: `\`${earlier}\` ends no earlier` }],
      }),
    );
  }
  return isTaken;
}

/**
 * Reports each partition that stays empty. Train or test without a cutoff within its bounds is none: features can be computed without, and
 * nobody writes a validate but to choose on it. Partitions in the wrong order are a rule of their own.
 */
export function reportEmpty(env: Environment, task: TaskModel, { train, validate, test, gap }: ByTime): void {
  const all: readonly Named[] = [['train', train], ...(validate ? [['validate', validate] as const] : []), ['test', test]];
  if (reportTaken(env, all) || (task.cutoffs.kind === 'grid' && task.cutoffs.instants.length === 0)) return;
  for (const [i, [name, bounds]] of all.entries()) {
    const within = cutoffsWithin(task, bounds);
    const isReversed = bounds.from !== null && bounds.to !== null && bounds.from >= bounds.to;
    if (within === null || isReversed) continue;
    const [next, following] = all[i + 1] ?? [];
    if (within.length === 0 && name !== 'validate') continue;
    if (within.length === 0) {
      env.report(
        problem('impossible-range', bounds.place, `No cutoff of \`${task.name}\` lies in \`${name}\`.`, {
          help: 'Widen its bounds, or let the cutoffs reach into them: `at every … from … to …`.',
          related: [{ place: task.cutoffs.kind === 'grid' ? task.cutoffs.place : task.place, message: 'the cutoffs' }],
        }),
      );
      continue;
    }
    const start = following && !liesAfter(bounds, following) ? following.from : null;
    if (following && start !== null && within.every(at => addMonths(at, gap.months) + gap.micros > start)) {
      env.report(
        problem('impossible-range', bounds.place, `No cutoff stays in \`${name}\`: each lies within the gap before \`${next}\`.`, {
          help: `Begin \`${next}\` later, or \`${name}\` earlier.`,
          related: [{ place: following.place, message: `\`${next}\` begins here` }],
        }),
      );
    }
  }
}
