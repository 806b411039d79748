/** A column that holds today's value, read at a cutoff in the past. */
import type { Problem } from '../../model/problem.ts';
import { gather } from '../../text/gather.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { blocked, type Fault, faultOf, isTimed, observed, splitGroups, tasks, traceTo } from './reads.ts';

/** `, as in \`last(tier of customers_changes)\``: of the column at fault, in a table that is still to come. */
function changes(subject: string): string {
  const at = subject.indexOf('.');
  const [source, column] = [subject.slice(0, at), subject.slice(at + 1)];
  return at < 0 ? '' : `, as in \`last(${writtenName(column)} of ${writtenName(`${source}_changes`)})\``;
}

const problem = (what: string, fault: Fault | null): Problem[] => {
  if (!fault) return [];
  return [
    {
      rule: 'current-state',
      place: fault.place,
      message: `${what} reads \`${fault.block.subject}\`, which holds today's value, not the value at the cutoff.`,
      label: "today's value",
      help: `Use a table of changes with a time of its own${changes(fault.block.subject)}, or declare the column \`immutable\` if it never changes.`,
      related: traceTo(fault.block.reason, fault.place),
      fixes: [],
    },
  ];
};

export default {
  name: 'current-state',
  code: 'CUP3033',
  group: 'leakage',
  severity: 'warning',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'The value may have changed after the cutoff, even because of the outcome, so the past looks more predictable than it was.',
  check: (program, file) => [
    ...blocked(program, file, 'current-state').flatMap(({ feature, task }) =>
      isTimed(task) ? problem(`\`${feature.name}\``, faultOf(feature.value, 'current-state')) : [],
    ),
    ...gather(tasks(program, file), task =>
      isTimed(task)
        ? [
            ...(task.label ? problem(`The label \`${task.label.name}\``, faultOf(task.label.value, 'current-state')) : []),
            ...problem(`The choice of observations of \`${task.name}\``, observed(program, task, 'current-state')),
          ]
        : [],
    ),
    ...gather(splitGroups(program, file), ({ name, group, task }) =>
      isTimed(task) ? problem(`The split \`${name}\``, faultOf(group, 'current-state')) : [],
    ),
    ...gather(program.evaluations(file), ({ model: name, modelFile, where }) => {
      const model = program.model(modelFile, name);
      const task = model && program.task(model.files.task, model.task);
      return where && task && isTimed(task) ? problem(`The choice of rows that \`${name}\` is judged on`, faultOf(where, 'current-state')) : [];
    }),
  ],
} satisfies Rule;
