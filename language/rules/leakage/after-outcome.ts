/** A column that is filled in only after the outcome, read where a prediction is made. */

import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { Rule } from '../rule.ts';
import { carries, dropFeature, faultOf, features, observed, tasks, traceTo } from './reads.ts';

/** Which observations there are: a choice that nobody can make when a prediction is due. */
const chosenBy = (program: Program, file: string): Problem[] =>
  tasks(program, file).flatMap(task => {
    const fault = observed(program, file, task, 'after-outcome');
    if (!fault) return [];
    return [
      {
        rule: 'after-outcome',
        place: fault.place,
        message: `The observations of \`${task.name}\` are chosen by \`${fault.block.subject}\`, which is filled in only after the outcome.`,
        label: 'chosen by what comes later',
        help: `Choose the rows of \`${task.name}\` by what is known when a prediction is due.`,
        related: traceTo(fault.block.reason, fault.place),
        fixes: [],
      },
    ];
  });

export default {
  name: 'after-outcome',
  code: 'CUP3026',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'The value is written down after the outcome is decided, so it gives the outcome away and will be empty when a prediction is due.',
  check: (program, file) => [
    ...chosenBy(program, file),
    ...features(program, file, carries('after-outcome')).flatMap(({ feature, set, task }) => {
      // A label that is filled in after the outcome, read as a feature, is the label first of all.
      const isLabel = (subject: string): boolean =>
        task.label?.value.facts.lineage.some(({ source, column }) => `${source}.${column}` === subject) ?? false;
      const fault = faultOf(feature.value, 'after-outcome', ({ subject }, { facts }) => facts.label !== 'derived' || !isLabel(subject));
      if (!fault) return [];
      return [
        {
          rule: 'after-outcome',
          place: fault.place,
          message: `\`${feature.name}\` reads \`${fault.block.subject}\`, which is filled in only after the outcome.`,
          label: 'not there yet when a prediction is made',
          help: `Leave \`${feature.name}\` out of \`${set.name}\`.`,
          related: traceTo(fault.block.reason, fault.place),
          fixes: [dropFeature(feature)],
        },
      ];
    }),
  ],
} satisfies Rule;
