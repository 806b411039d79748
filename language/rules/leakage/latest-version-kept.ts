/** Rows or values that later rows decide: the latest version kept, a value of the next row, a rank in another order than that of time. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { TableModel } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { chosenAmongAll, readAlso } from './amongAll.ts';
import { blockedReads, capital } from './blocked.ts';
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

/** One problem for each choice among rows of all partitions: where it is read first. */
const amongAll = (program: Program, file: string): readonly Problem[] =>
  chosenAmongAll(program, file, false).map(cause => {
    const { place, what, table, link } = cause.first;
    return {
      rule: 'latest-version-kept',
      place,
      message: `${capital(what)} rests on \`${table}\`, where rows of others decide what stays.`,
      label: 'decided by rows of all partitions',
      help: `The task has no cutoffs, so rows of the test partition decide too. Choose among the rows of each entity${link === null ? '' : `: by \`${link}\` as well`}.`,
      related: readAlso(cause),
      fixes: [],
    };
  });

export default {
  name: 'latest-version-kept',
  code: 'CUP3058',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'Rows that came later, or that refer to test rows, have decided what stays, so training sees what it could not have seen.',
  check: (program, file) => [
    ...blockedReads(program, file, 'latest-version-kept', {
      label: 'decided by rows that come later',
      help: block => {
        const from = madeFrom(program, block);
        const [last, owner, time] = [lastOf(from), from && ownerOf(from), timeOf(from)];
        const codes = [...(last ? [`\`${last}\``] : []), ...(owner && time ? [`\`history by ${owner} at ${time}\``] : [])];
        const copies = copiesHelp(tableAt(program, block.reason.place), block.reason.place);
        return `Keep all versions and read the one that held${codes.length ? `: ${codes.join(', or ')}` : ' at the cutoff'}.${copies}`;
      },
      message: (what, subject) => `${what} rests on \`${subject}\`, where later rows decide what stays.`,
    }),
    ...amongAll(program, file),
  ],
} satisfies Rule;
