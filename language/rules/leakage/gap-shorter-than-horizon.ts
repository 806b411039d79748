/** Labels of an earlier partition that are decided only after the next partition has begun. */
import type { Problem } from '../../model/problem.ts';
import type { SplitModel, TaskModel } from '../../model/typed.ts';
import { durationText } from '../../text/duration.ts';
import type { Rule } from '../rule.ts';
import { crossings, labelReach } from './splitBounds.ts';

const instant = (micros: number): string =>
  new Date(micros / 1000)
    .toISOString()
    .replace(/T00:00:00\.000Z$/, '')
    .replace(/\.\d+Z$/, 'Z');

function problem(task: TaskModel, split: SplitModel): Problem[] {
  if (split.method.kind !== 'time' || !task.label) return [];
  const [crossing] = crossings(task, split);
  if (!crossing) return [];
  const { gapPlace } = split.method;
  const needed = durationText(labelReach(task));
  const place = gapPlace ?? split.methodPlace;
  const last = split.method.test.place;
  return [
    {
      rule: 'gap-shorter-than-horizon',
      place,
      message: `Labels of \`${crossing.earlier}\` are decided up to ${needed} after their cutoff, which reaches past the start of \`${crossing.later}\` on ${instant(crossing.start)}.`,
      label: gapPlace ? `the label needs ${needed}` : `no gap between \`${crossing.earlier}\` and \`${crossing.later}\``,
      help: `gap: ${needed}`,
      related: [{ place: task.label.place, message: `\`${task.label.name}\` is known ${needed} after the cutoff` }],
      fixes: [
        gapPlace
          ? { title: `Widen the gap to ${needed}`, safe: false, edits: [{ place: gapPlace, text: needed }] }
          : {
              title: `Add a gap of ${needed}`,
              safe: false,
              edits: [{ place: { ...last, span: { start: last.span.end, end: last.span.end } }, text: `, gap: ${needed}` }],
            },
      ],
    },
  ];
}

export default {
  name: 'gap-shorter-than-horizon',
  code: 'CUP3040',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'What happened in the test period has already decided labels that the model was trained on.',
  check: (program, file) =>
    program.declarations(file).flatMap(({ model }) => {
      if (model.kind !== 'split') return [];
      const task = program.task(file, model.task);
      return task ? problem(task, model) : [];
    }),
} satisfies Rule;
