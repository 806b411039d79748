/** A value of the row before, where rows of all entities stand in one order. */
import type { Rule } from '../rule.ts';
import { blockedReads } from './blocked.ts';
import { ownerOf, tableAt, timeOf } from './named.ts';

export default {
  name: 'lag-across-entities',
  code: 'CUP3043',
  group: 'leakage',
  severity: 'warning',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'The row before may be of somebody else, perhaps a test row, and then is no history of the one that is predicted for.',
  check: (program, file) =>
    blockedReads(program, file, 'lag-across-entities', {
      label: 'of whoever came before',
      help: ({ reason }) => {
        const relation = tableAt(program, reason.place)?.relation ?? null;
        const [owner, time] = [relation && ownerOf(relation), timeOf(relation)];
        return `Sort within the entity${owner && time ? `: \`sort by ${owner}, ${time}\`` : ''}. The first key makes groups, the others order the rows of each.`;
      },
      message: (what, subject) => `${what} reads \`${subject}\`, which is taken from the row before, whoever that belongs to.`,
    }),
} satisfies Rule;
