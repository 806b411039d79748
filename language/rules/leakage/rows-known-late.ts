/** Rows whose being there is settled later than they are read: by a filter, a join or a union over something known later. */
import type { Reason, Term } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { windows } from '../walk.ts';
import { blockedReads } from './blocked.ts';
import { lateInWindow, lateObservation } from './lateRows.ts';
import { chosenByOutcome } from './outcome-conditioned-rows.ts';
import { features, isTimed, tasks, traceTo } from './reads.ts';

const help =
  'Choose rows by what is known with them, read the late value in a condition (`where c`), or end the window that much earlier: `last 30d lag 7d`.';

const problem = (place: Place, message: string, reason: Reason): Problem => ({
  rule: 'rows-known-late',
  place,
  message,
  label: 'settled later than it is read',
  help,
  related: traceTo(reason, place),
  fixes: [],
});

function lateRows(program: Program, file: string): Problem[] {
  const found: Problem[] = [];
  const told = new Set<string>();
  const once = (table: string, term: Term, place: Place, message: string): void => {
    const key = `${table} ${term.root} ${term.plus.months} ${term.plus.micros}`;
    if (!told.has(key)) found.push(problem(place, message, term.reason));
    told.add(key);
  };
  for (const task of tasks(program, file)) {
    const relation = isTimed(task) ? program.relation(file, task.relation) : null;
    const term = relation && lateObservation(task, relation);
    if (term && !chosenByOutcome(program, file, task))
      once(
        task.relation,
        term,
        task.relationPlace,
        `Which rows of \`${task.relation}\` there are is settled later than \`${task.name}\` predicts for them.`,
      );
  }
  for (const { feature, task } of features(program, file)) {
    if (!isTimed(task)) continue;
    for (const { window } of windows(feature.value)) {
      const relation = window.direction === 'past' ? program.relation(file, window.table) : null;
      const term = relation && lateInWindow(relation, window, program.relation(file, task.relation));
      if (term)
        once(
          window.table,
          term,
          window.place,
          `\`${feature.name}\` goes over rows of \`${window.table}\` that are settled later than it reads them.`,
        );
    }
  }
  return found;
}

export default {
  name: 'rows-known-late',
  code: 'CUP3057',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'A row that is there, or missing, because of something that happened later tells what happened.',
  check: (program, file) => [
    ...blockedReads(program, file, 'rows-known-late', {
      label: 'settled later than it is read',
      help,
      message: (what, subject) => `${what} rests on rows of \`${subject}\` whose partner is chosen by something known later.`,
    }),
    ...lateRows(program, file),
  ],
} satisfies Rule;
