/** Several observations of one entity, such as all pictures of a patient, on both sides of the split. */

import type { Program } from '../../model/program.ts';
import type { SplitModel, TaskModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { type Ignored, ignoredGroups, ignoredRefs, sharedBy } from './dependence.ts';
import { isTimed } from './reads.ts';
import { groupBy, splitAt } from './splitFix.ts';

/** A declared group that is ignored too is the same cause, and told of as such. */
function ignoredIn(program: Program, split: SplitModel, task: TaskModel): Ignored | null {
  if (isTimed(task) || program.relation(task.place.file, task.relation)?.known) return null;
  const shared = sharedBy(program, task);
  return ignoredGroups(shared, split) ? null : ignoredRefs(shared, split);
}

export default {
  name: 'entity-on-both-sides',
  code: 'CUP3044',
  group: 'leakage',
  severity: 'error',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'The model recognises those whose other rows it has seen, which it cannot do with anybody new.',
  check: (program, file) =>
    gather(program.declarations(file), ({ model: split }) => {
      const task = split.kind === 'split' ? program.task(file, split.task) : null;
      const ignored = split.kind === 'split' && task ? ignoredIn(program, split, task) : null;
      if (split.kind !== 'split' || !task || !ignored) return [];
      const [first, ...others] = ignored.shared;
      const table = program.relation(task.place.file, task.relation)?.columns.find(({ name }) => name === first.column)?.type;
      return [
        {
          rule: 'entity-on-both-sides',
          place: split.method.kind === 'group' ? split.method.group.place : split.methodPlace,
          message: `Rows of \`${task.relation}\` that share a \`${first.text}\` lie on both sides of the split \`${split.name}\`.`,
          label: `does not keep a \`${first.text}\` together`,
          help: `split ${split.name}${split.name === task.name ? '' : ` for ${task.name}`} by group { group: ${first.text}, … }`,
          related: [
            { place: first.place, message: `several rows may refer to one row of \`${table?.kind === 'ref' ? table.table : first.text}\`` },
            ...others.map(other => ({ place: other.place, message: `and to one \`${other.text}\`` })),
          ],
          fixes: [],
        },
      ];
    }),
  fixes: (program, { place }, textOf) => {
    const split = splitAt(program, place);
    const task = split && program.task(place.file, split.task);
    const ignored = task && ignoredIn(program, split, task);
    return ignored ? ignored.shared.flatMap(({ text }) => groupBy(text, split, textOf)) : [];
  },
} satisfies Rule;
