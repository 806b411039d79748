/** Observations in time, divided as if time did not matter: training rows then lie after test rows. */
import type { ProblemFix } from '../../model/problem.ts';
import type { SplitModel, TaskModel } from '../../model/typed.ts';
import { durationLiteral, longestMicros } from '../../text/duration.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { isTimed, traceTo } from './reads.ts';
import { labelReach } from './splitBounds.ts';
import { rewrite, splitAt } from './splitFix.ts';

const day = (micros: number): string => new Date(micros / 1000).toISOString().slice(0, 10);

/** With a grid of cutoffs the bounds are plain: 60% of the cutoffs train, 20% validate, 20% test, and gaps as long as the label needs. */
function byTime(task: TaskModel, split: SplitModel, textOf: (place: Place) => string): ProblemFix[] {
  if (task.cutoffs.kind !== 'grid') return [];
  const { instants } = task.cutoffs;
  const reach = labelReach(task);
  const at = (index: number): number | null => instants[index] ?? null;
  const testFrom = at(Math.floor(instants.length * 0.8));
  const latest = (before: number): number | null => instants.filter(instant => instant + longestMicros(reach) <= before).at(-1) ?? null;
  const validateTo = testFrom === null ? null : latest(testFrom);
  const validateFrom = at(Math.floor(instants.length * 0.6));
  const trainTo = validateFrom === null ? null : latest(validateFrom);
  if (testFrom === null || validateTo === null || validateFrom === null || trainTo === null || validateFrom > validateTo) return [];
  const bounds: (readonly [string, string])[] = [
    ['train', `..${day(trainTo)}`],
    ['validate', `${day(validateFrom)}..${day(validateTo)}`],
    ['test', `${day(testFrom)}..`],
    ['gap', durationLiteral(reach)],
  ];
  const kept = new Set(['group', 'folds']);
  return rewrite('Split by time, with a gap as long as the label needs', split, textOf, 'time', settings => [
    ...bounds,
    ...settings.filter(([name]) => kept.has(name)),
  ]);
}

export default {
  name: 'random-split-over-time',
  code: 'CUP3035',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'The model trains on days that come after the ones it is tested on, so it is asked about a past whose future it knows.',
  check: (program, file) =>
    gather(program.declarations(file), ({ model }) => {
      if (model.kind !== 'split' || model.method.kind === 'time') return [];
      const task = program.task(file, model.task);
      const relation = task && program.relation(task.place.file, task.relation);
      // A table may have lost its event time on the way; its rows are known at some time all the same.
      const lost = task && !isTimed(task) ? (relation?.known?.term.reason ?? null) : null;
      if (!task || (!isTimed(task) && !lost)) return [];
      const cutoffs = task.cutoffs.kind === 'none' ? null : task.cutoffs.place;
      return [
        {
          rule: 'random-split-over-time',
          place: model.methodPlace,
          message: `${lost ? `Rows of \`${task.relation}\` happen` : `\`${task.name}\` predicts`} at points in time, but ${model.name === task.name ? 'its split' : `\`${model.name}\``} divides the rows ${model.method.kind === 'random' ? 'at random' : 'by group'}.`,
          label: 'training rows will lie after test rows',
          help: `split ${model.name === task.name ? model.name : `${model.name} for ${task.name}`} by time { train: ..D1, validate: D2..D3, test: D4.., gap: ${durationLiteral(labelReach(task))} }`,
          related: cutoffs ? [{ place: cutoffs, message: `\`${task.name}\` is predicted at these times` }] : traceTo(lost, model.methodPlace),
          fixes: [],
        },
      ];
    }),
  fixes(program, { place }, textOf) {
    const split = splitAt(program, place);
    const task = split && program.task(place.file, split.task);
    return split && task ? byTime(task, split, textOf) : [];
  },
} satisfies Rule;
