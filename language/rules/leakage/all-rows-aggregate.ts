/** A figure over all rows of a table, those after the cutoff and of the test partition too, that reaches a feature, a label or a choice. */
import type { Rule } from '../rule.ts';
import { blockedReads } from './blocked.ts';
import { windowed } from './named.ts';

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
      label: 'later rows are in it',
      help: block => {
        const code = windowed(program, block);
        return `Aggregate in \`features\`, over a window that ends at the cutoff${code ? `: \`${code}\`` : ''}.`;
      },
      message: (what, subject) => `${what} rests on \`${subject}\`, which a \`group by\` computes over all rows.`,
    }),
} satisfies Rule;
