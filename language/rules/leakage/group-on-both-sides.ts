/** Rows that are declared to depend on each other, on both sides of a split that draws without regard to it. */
import type { Program } from '../../model/program.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { ignoredGroups, sharedBy } from './dependence.ts';
import { isTimed } from './reads.ts';
import { groupBy, splitAt } from './splitFix.ts';

const found = (program: Program, file: string) =>
  gather(program.declarations(file), ({ model }) => {
    const task = model.kind === 'split' ? program.task(file, model.task) : null;
    if (model.kind !== 'split' || !task || isTimed(task)) return [];
    const ignored = ignoredGroups(sharedBy(program, task), model);
    return ignored ? [{ split: model, task, ignored }] : [];
  });

export default {
  name: 'group-on-both-sides',
  code: 'CUP3046',
  group: 'leakage',
  severity: 'error',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'Rows of one group resemble each other, so the model recognises in the test what it has learned by heart, and meets only strangers later.',
  check: (program, file) =>
    found(program, file).map(({ split, task, ignored }) => {
      const [first, ...others] = ignored.shared;
      const what = first.kind === 'site' ? 'come from one' : 'belong to one';
      const place = split.method.kind === 'group' ? split.method.group.place : split.methodPlace;
      return {
        rule: 'group-on-both-sides',
        place,
        message: `Rows of \`${task.relation}\` that ${what} \`${first.text}\` lie on both sides of the split \`${split.name}\`.`,
        label: `does not keep a \`${first.text}\` together`,
        help: `split ${split.name}${split.name === task.name ? '' : ` for ${task.name}`} by group { group: ${first.text}, … }`,
        related: [
          { place: first.place, message: `\`${first.text}\` is declared as \`@${first.kind}\`` },
          ...others.map(other => ({ place: other.place, message: `and \`${other.text}\` as \`@${other.kind}\`` })),
        ],
        fixes: [],
      };
    }),
  fixes: (program, { place }, textOf) => {
    const split = splitAt(program, place);
    const task = split && program.task(place.file, split.task);
    const ignored = task && ignoredGroups(sharedBy(program, task), split);
    return ignored ? groupBy(ignored.shared[0].text, split, textOf) : [];
  },
} satisfies Rule;
