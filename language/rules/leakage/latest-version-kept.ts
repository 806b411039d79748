/** Rows or values that later rows decide: the latest version kept, a value of the next row, a rank among all. */
import type { Rule } from '../rule.ts';
import { blockedReads } from './blocked.ts';
import { lastOf, madeFrom, ownerOf, tableAt, timeOf } from './named.ts';

export default {
  name: 'latest-version-kept',
  code: 'CUP3058',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'Rows that came later have decided what stays, so the past is seen as it turned out.',
  check: (program, file) =>
    blockedReads(program, file, 'latest-version-kept', {
      label: 'decided by rows that come later',
      help: block => {
        const from = madeFrom(program, block);
        const [last, owner, time] = [lastOf(from), from && ownerOf(from), timeOf(from)];
        const codes = [...(last ? [`\`${last}\``] : []), ...(owner && time ? [`\`history by ${owner} at ${time}\``] : [])];
        const isLatest = tableAt(program, block.reason.place)?.steps.some(({ step }) => step.kind === 'dedupe' && step.keep === 'latest');
        const copies = isLatest ? ' Where the rows are copies of one another, write `keep earliest`.' : '';
        return `Keep all versions and read the one that held${codes.length ? `: ${codes.join(', or ')}` : ' at the cutoff'}.${copies}`;
      },
      message: (what, subject) => `${what} rests on \`${subject}\`, where later rows decide what stays.`,
    }),
} satisfies Rule;
