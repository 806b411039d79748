/** Rows dropped, or values cut off, by a figure over all rows: those of the test partition and of later days have a say in it. */
import type { Rule } from '../rule.ts';
import { blockedReads } from './blocked.ts';
import { measured } from './named.ts';

export default {
  name: 'outlier-rule-from-all-rows',
  code: 'CUP3012',
  group: 'leakage',
  severity: 'error',
  type: 'L1.2',
  verdict: 'leaks',
  why: 'Test rows help to decide which rows are unusual, and the hardest of them are gone before the model is judged.',
  check: (program, file) =>
    blockedReads(program, file, 'outlier-rule-from-all-rows', {
      label: 'cut off by a figure of all rows',
      help: block => {
        const value = measured(program, block);
        const [written, learned] = value ? [`, \`where ${value} < 500\`,`, `\`${value} |> winsorize\``] : ['', '`winsorize`'];
        return `Write the limit down${written} or cut values off in \`features\`, where the limits are learned on train: ${learned}.`;
      },
      message: (what, subject) => `${what} rests on rows or values that are cut off by \`${subject}\`, a figure of all rows.`,
    }),
} satisfies Rule;
