/** A time that a table states again, earlier than what it is made of is known. */
import type { Rule } from '../rule.ts';
import { blockedReads } from './blocked.ts';
import { madeFrom, timeOf } from './named.ts';

export default {
  name: 'time-shifted',
  code: 'CUP3059',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'Windows trust the stated time, so they read values before anybody could have known them.',
  check: (program, file) =>
    blockedReads(program, file, 'time-shifted', {
      label: 'stated earlier than it is known',
      help: block => {
        const time = timeOf(madeFrom(program, block));
        const code = time ? `: \`derive k = ${time} + 3d | time ${time} known k\`` : '';
        return `State a known time that is not earlier than what the rows are made of${code}.`;
      },
      message: (what, subject) => `${what} reads \`${subject}\`, which is stated to be known earlier than what it is made of.`,
    }),
} satisfies Rule;
