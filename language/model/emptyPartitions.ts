/** Partitions in time that hold no cutoff whatever the data: none lies within the bounds, or the gap before the next partition drops each. */
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
 * Reports each partition that stays empty. Train or test without a cutoff within its bounds is none: features can be computed without, and
 * nobody writes a validate but to choose on it.
 */
export function reportEmpty(env: Environment, task: TaskModel, { train, validate, test, gap }: ByTime): void {
  const all: readonly (readonly [name: string, bounds: TimeBounds])[] = [
    ['train', train],
    ...(validate ? [['validate', validate] as const] : []),
    ['test', test],
  ];
  if (task.cutoffs.kind === 'grid' && task.cutoffs.instants.length === 0) return;
  for (const [i, [name, bounds]] of all.entries()) {
    const within = cutoffsWithin(task, bounds);
    const isReversed = bounds.from !== null && bounds.to !== null && bounds.from >= bounds.to;
    if (within === null || isReversed) continue;
    const [next, { from: start, place } = bounds] = all[i + 1] ?? [];
    if (within.length === 0 && name !== 'validate') continue;
    if (within.length === 0) {
      env.report(
        problem('impossible-range', bounds.place, `No cutoff of \`${task.name}\` lies in \`${name}\`.`, {
          help: 'Widen its bounds, or let the cutoffs reach into them: `at every … from … to …`.',
          related: [{ place: task.cutoffs.kind === 'grid' ? task.cutoffs.place : task.place, message: 'the cutoffs' }],
        }),
      );
    } else if (next !== undefined && start !== null && within.every(at => addMonths(at, gap.months) + gap.micros > start)) {
      env.report(
        problem('impossible-range', bounds.place, `No cutoff stays in \`${name}\`: each lies within the gap before \`${next}\`.`, {
          help: `Begin \`${next}\` later, or \`${name}\` earlier.`,
          related: [{ place, message: `\`${next}\` begins here` }],
        }),
      );
    }
  }
}
