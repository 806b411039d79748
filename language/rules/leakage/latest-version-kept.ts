/** Rows or values that later rows decide: the latest version kept, a value of the next row, a rank in another order than that of time. */
import type { TableModel } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { blockedReads } from './blocked.ts';
import { lastOf, madeFrom, ownerOf, tableAt, timeOf } from './named.ts';

/** How copies of a row are dropped, at the step that keeps one row of several. */
function copiesHelp(table: TableModel | null, at: Place): string {
  const made = table?.steps.find(
    ({ step }) => step.kind === 'dedupe' && step.place.span.start <= at.span.start && at.span.end <= step.place.span.end,
  );
  if (made?.step.kind !== 'dedupe') return '';
  const { result, step } = made;
  if (result.event) return step.keep === 'latest' ? ' Where the rows are copies of one another, write `keep earliest`.' : '';
  return ' Where the rows are copies of one another, name every column: then it is the same which of them stays.';
}

export default {
  name: 'latest-version-kept',
  code: 'CUP3058',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'Rows that came later, or that refer to test rows, have decided what stays, so training sees what it could not have seen.',
  check: (program, file) =>
    blockedReads(program, file, 'latest-version-kept', {
      label: block => (block.isAmongAll ? 'decided by rows of all partitions' : 'decided by rows that come later'),
      help: block => {
        if (block.isAmongAll)
          return `The task has no cutoffs, so rows of the test partition decide too. Choose among the rows of each entity: group by \`${block.isAmongAll}\` as well.`;
        const from = madeFrom(program, block);
        const [last, owner, time] = [lastOf(from), from && ownerOf(from), timeOf(from)];
        const codes = [...(last ? [`\`${last}\``] : []), ...(owner && time ? [`\`history by ${owner} at ${time}\``] : [])];
        const copies = copiesHelp(tableAt(program, block.reason.place), block.reason.place);
        return `Keep all versions and read the one that held${codes.length ? `: ${codes.join(', or ')}` : ' at the cutoff'}.${copies}`;
      },
      message: (what, subject, block) =>
        `${what} rests on \`${subject}\`, where ${block.isAmongAll ? 'rows of others decide' : 'later rows decide'} what stays.`,
    }),
} satisfies Rule;
