/** A label that is taken as settled before the columns that it reads are known. */
import { addDuration, durationLe } from '../../model/factOps.ts';
import type { Problem } from '../../model/problem.ts';
import type { LabelModel, TaskModel } from '../../model/typed.ts';
import { durationLiteral, durationWords, spelled } from '../../text/duration.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { windows } from '../walk.ts';
import { isTimed, tasks, traceTo } from './reads.ts';

/** Whether the observation's own cells come too late for every observation, so that nothing but nulls is left. */
const isOnlyNull = ({ cutoffs }: TaskModel, { value, delay, lag }: LabelModel): boolean =>
  cutoffs.kind === 'column' && windows(value).length === 0 && durationLe(addDuration(delay, { months: 0, micros: 1 }), lag.after);

function problem(task: TaskModel): Problem[] {
  const { label } = task;
  if (!label?.delayPlace || !isTimed(task) || durationLe(label.lag.after, label.delay)) return [];
  const { delayPlace, lag, delay } = label;
  const needed = durationLiteral(lag.after);
  const written = durationWords(delay);
  return [
    {
      rule: 'delay-shorter-than-known',
      place: delayPlace,
      message: isOnlyNull(task, label)
        ? `The delay of \`${label.name}\` is ${written}, and what it reads is known only ${durationWords(lag.after)} after its event: the label is null for every observation.`
        : `The delay of \`${label.name}\` is ${written}, and a part of what it reads is known only ${durationWords(lag.after)} after its event.`,
      label: `the label needs ${spelled(needed)}`,
      help: `delay: ${needed}`,
      related: [{ place: label.place, message: `the label \`${label.name}\`` }, ...traceTo(lag.reason, delayPlace)],
      fixes: [{ title: `Lengthen the delay to ${spelled(needed)}`, safe: false, edits: [{ place: delayPlace, text: needed }] }],
    },
  ];
}

export default {
  name: 'delay-shorter-than-known',
  code: 'CUP3070',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'Whatever becomes known after the delay is missing from the label, so the latest cases count as if nothing had happened.',
  check: (program, file) => gather(tasks(program, file), problem),
} satisfies Rule;
