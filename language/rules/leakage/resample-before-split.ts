/** Rows that a table holds more than once, ahead of the split: copies of test rows are among the training rows, and test rows count twice. */

import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { tasks, traceTo } from './reads.ts';

export default {
  name: 'resample-before-split',
  code: 'CUP3014',
  group: 'leakage',
  severity: 'error',
  type: 'L1.2',
  verdict: 'leaks',
  why: 'The model meets in the test what it has learned by heart, and the test rows are no longer drawn as in life.',
  check: (program, file) =>
    gather(tasks(program, file), task => {
      const reason = program.relation(task.place.file, task.relation)?.copied;
      if (!reason) return [];
      return [
        {
          rule: 'resample-before-split',
          place: task.relationPlace,
          message: `\`${task.name}\` predicts for rows of \`${task.relation}\`, which holds some of them more than once.`,
          label: 'copies ahead of the split',
          help: 'Balance the training rows alone: `balance: oversample` in the model, or `rows |> smote(k: 5)` in `features`.',
          related: traceTo(reason, task.relationPlace),
          fixes: [],
        },
      ];
    }),
} satisfies Rule;
