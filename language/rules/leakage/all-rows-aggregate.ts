/** A figure over all rows of a table, those after the cutoff and of the test partition too, that reaches a feature, a label or a choice. */
import type { Rule } from '../rule.ts';
import { blockedReads } from './blocked.ts';
import { groupedBy, windowed } from './named.ts';
import { isTimed } from './reads.ts';

export default {
  name: 'all-rows-aggregate',
  code: 'CUP3010',
  group: 'leakage',
  severity: 'error',
  type: 'L1.2',
  verdict: 'leaks',
  why: 'The figure holds rows that are not there yet when a prediction is due, and rows that the model is tested on.',
  check: (program, file) =>
    blockedReads(program, file, 'all-rows-aggregate', {
      label: task => (isTimed(task) ? 'later rows are in it' : 'rows of every partition are in it'),
      help: (block, task) => {
        const code = windowed(program, block, task);
        const written = code ? `: \`${code}\`` : '';
        if (isTimed(task)) return `Aggregate in \`features\`, over a window that ends at the cutoff${written}.`;
        if (code) return `Aggregate in \`features\`, over the rows that refer to the observed one${written}.`;
        const by = groupedBy(program, block);
        return `Leave it out. What training rows say of a group is learned in \`features\`: \`${by ?? 'x'} |> target_encode(folds: 5)\`.`;
      },
      message: (what, subject) => `${what} rests on \`${subject}\`, which a \`group by\` computes over all rows.`,
    }),
} satisfies Rule;
