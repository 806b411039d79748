/** Labels of an earlier partition that are decided only after the next partition has begun. */
import type { Problem, ProblemFix } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { SplitModel, TaskModel } from '../../model/typed.ts';
import { durationLiteral, durationWords, spelled } from '../../text/duration.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { crossings, instantText, labelReach } from './splitBounds.ts';

function problem(task: TaskModel, split: SplitModel): Problem[] {
  if (split.method.kind !== 'time' || !task.label) return [];
  const [crossing] = crossings(task, split);
  if (!crossing) return [];
  const { gapPlace } = split.method;
  const reach = labelReach(task);
  const needed = durationLiteral(reach);
  const decided = durationWords(reach);
  const place = gapPlace ?? split.methodPlace;
  return [
    {
      rule: 'gap-shorter-than-horizon',
      place,
      message: `Labels of \`${crossing.earlier}\` are decided up to ${decided} after their cutoff, which reaches past the start of \`${crossing.later}\` on ${instantText(crossing.start)}.`,
      label: gapPlace ? `the label needs ${spelled(needed)}` : `no gap between \`${crossing.earlier}\` and \`${crossing.later}\``,
      help: `gap: ${needed}`,
      related: [{ place: task.label.place, message: `\`${task.label.name}\` is known ${decided} after the cutoff` }],
      fixes: [],
    },
  ];
}

/** Widens the gap, or writes the missing one behind the test partition, in a line of its own where the partitions have theirs. */
function widened(task: TaskModel, split: SplitModel, textOf: (place: Place) => string): ProblemFix[] {
  const { method } = split;
  if (method.kind !== 'time') return [];
  const { train, test, validate, gapPlace } = method;
  const needed = durationLiteral(labelReach(task));
  if (gapPlace) return [{ title: `Widen the gap to ${spelled(needed)}`, safe: false, edits: [{ place: gapPlace, text: needed }] }];
  const end = { start: test.place.span.end, end: test.place.span.end };
  const isSpread = textOf({ ...test.place, span: { start: Math.min(train.place.span.start, test.place.span.start), end: end.end } }).includes('\n');
  const text = isSpread ? `\n  ${'gap:'.padEnd(validate ? 'validate: '.length : 'train: '.length)}${needed}` : `, gap: ${needed}`;
  return [{ title: `Add a gap of ${spelled(needed)}`, safe: false, edits: [{ place: { ...test.place, span: end }, text }] }];
}

/** The gap that the label needs, in the split that is declared at the place. */
export function gapFixes(program: Program, { file, decl }: Place, textOf: (place: Place) => string): ProblemFix[] {
  const model = program.declarations(file).find(entry => entry.decl === decl)?.model;
  const task = model?.kind === 'split' ? program.task(file, model.task) : null;
  return model?.kind === 'split' && task ? widened(task, model, textOf) : [];
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
    gather(program.declarations(file), ({ model }) => {
      if (model.kind !== 'split') return [];
      const task = program.task(file, model.task);
      return task ? problem(task, model) : [];
    }),
  fixes: (program, { place }, textOf) => gapFixes(program, place, textOf),
} satisfies Rule;
