/** Rows whose being there is settled later than they are read: by a filter, a join or a union over something known later. */
import type { JoinRule, Term } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { TaskModel } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { type WindowRead, windows } from '../walk.ts';
import { blockedReads } from './blocked.ts';
import { lateInWindow, lateObservation } from './lateRows.ts';
import { lastOf, partnerOf, tableAt, timeOf } from './named.ts';
import { chosenByOutcome } from './outcome-conditioned-rows.ts';
import { features, isTimed, tasks, traceTo } from './reads.ts';

const help =
  'Choose rows by what is known with them, read the late value in a condition of the window (`where …`), or end the window that much earlier: `last 30d lag 7d`.';

/** What a help on a join by hand is written with. */
interface Names {
  /** `join changes on … as of placed_at` */
  readonly asOf: string;
  /** `last(plan of changes)` */
  readonly last: string | null;
  /** The time of the row that joins, and the known time of those that are joined. */
  readonly moment: string | null;
  readonly known: string | null;
}

/** Of the table in which the join or its condition stands. */
function namesAt(program: Program, place: Place): Names {
  const table = tableAt(program, place);
  const partner = partnerOf(program, table);
  const moment = timeOf(table?.relation ?? null);
  const column = partner?.known?.column ?? null;
  return {
    asOf: `join ${partner ? `${writtenName(partner.name)} on ` : ''}… as of ${moment ?? '…'}`,
    last: lastOf(partner),
    moment,
    known: column === null ? null : writtenName(column),
  };
}

/** Rows of a history that a table joined by hand are told of as what they are. */
const ofHistory: Readonly<Record<JoinRule, { readonly label: string; readonly help: (names: Names) => string; readonly what: string }>> = {
  'not-point-in-time': {
    label: 'later rows are among these',
    help: ({ asOf, last }) => `Take the row that held at a moment, \`${asOf}\`, or read the rows in \`features\`${last ? `: \`${last}\`` : ''}.`,
    what: 'the join takes rows of every time, later ones too',
  },
  'event-time-not-known-time': {
    label: 'rows that had not arrived',
    help: ({ asOf, known, moment }) =>
      `Compare the time at which the rows are known${known && moment ? `, \`where ${known} < ${moment}\`` : ''}, or write \`${asOf}\`, which does.`,
    what: 'the condition goes by when things happened, and that is known only later',
  },
  'window-includes-cutoff': {
    label: 'the row of this very moment too',
    help: ({ asOf }) => `Write \`<\`, or \`${asOf}\`, which ends before the moment.`,
    what: 'the condition lets in what happens at the very moment',
  },
};

const joinRules = Object.keys(ofHistory) as readonly JoinRule[];

const problem = (program: Program, place: Place, message: string, { joined, reason }: Pick<Term, 'joined' | 'reason'>): Problem => ({
  rule: joined ?? 'rows-known-late',
  place,
  message: joined ? `${message.replace(/\.$/, '')}: ${ofHistory[joined].what}.` : message,
  label: joined ? ofHistory[joined].label : 'not settled by then',
  help: joined ? ofHistory[joined].help(namesAt(program, reason.place)) : help,
  related: traceTo(reason, place),
  fixes: [],
});

function lateRows(program: Program, file: string): Problem[] {
  const found: Problem[] = [];
  const told = new Set<string>();
  const once = (table: string, term: Term, place: Place, message: string): void => {
    const key = `${table} ${term.root} ${term.plus.months} ${term.plus.micros}`;
    if (!told.has(key)) found.push(problem(program, place, message, term));
    told.add(key);
  };
  for (const task of tasks(program, file)) {
    const relation = isTimed(task) ? program.relation(task.place.file, task.relation) : null;
    const term = relation && lateObservation(task, relation);
    if (term && !chosenByOutcome(program, task))
      once(task.relation, term, task.relationPlace, `Rows of \`${task.relation}\` are settled only after \`${task.name}\` predicts for them.`);
  }
  const inWindows = (reads: readonly WindowRead[], task: TaskModel, reader: 'feature' | 'label', what: string): void => {
    for (const read of reads) {
      const { window } = read;
      const relation = program.relation(window.reader, window.table, window.file);
      const term = relation && lateInWindow(relation, read, program.relation(task.place.file, task.relation), reader);
      if (term) once(window.table, term, window.place, `${what} reads rows of \`${window.table}\` before it is settled which there are.`);
    }
  };
  for (const task of tasks(program, file)) {
    if (task.label && isTimed(task)) inWindows(windows(task.label.value), task, 'label', `The label \`${task.label.name}\``);
  }
  for (const { feature, task, windows: read } of features(program, file)) {
    // A window to the future is told of as that.
    if (isTimed(task) && !read.some(({ window }) => window.direction === 'future')) {
      inWindows(read, task, 'feature', `\`${feature.name}\``);
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
      label: 'not settled by then',
      help,
      message: (what, subject) => `${what} rests on rows of \`${subject}\` whose partner is chosen by something known later.`,
    }),
    ...joinRules.flatMap(rule =>
      blockedReads(program, file, rule, {
        label: ofHistory[rule].label,
        help: block => ofHistory[rule].help(namesAt(program, block.reason.place)),
        message: (what, subject) => `${what} rests on \`${subject}\`, which adds up rows joined by hand: ${ofHistory[rule].what}.`,
      }),
    ),
    ...lateRows(program, file),
  ],
} satisfies Rule;
