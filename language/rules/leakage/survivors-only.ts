/** Observations in the past of entities whose table has no past: those that have left it since are missing. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { TaskModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { isTimed, tasks } from './reads.ts';

function problem(program: Program, task: TaskModel): Problem[] {
  const relation = isTimed(task) ? program.relation(task.place.file, task.relation) : null;
  if (!relation || relation.open || relation.event || relation.known) return [];
  return [
    {
      rule: 'survivors-only',
      place: task.relationPlace,
      message: `\`${task.relation}\` has no times, so all its rows are assumed to have been there at every cutoff, and none to have left since.`,
      label: 'who has been deleted?',
      help: 'Declare when a row came, with `@time @known(+0d)` at the column that says it, and keep the rows of those who left.',
      related: [{ place: relation.place, message: `\`${relation.name}\` is declared here` }],
      fixes: [],
    },
  ];
}

export default {
  name: 'survivors-only',
  code: 'CUP3068',
  group: 'leakage',
  severity: 'info',
  type: 'L3.3',
  verdict: 'assumed',
  why: 'A table as it stands today lacks those who left, and leaving is often the outcome: the past looks kinder than it was.',
  check: (program, file) => gather(tasks(program, file), task => problem(program, task)),
} satisfies Rule;
