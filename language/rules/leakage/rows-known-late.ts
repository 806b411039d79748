/** Rows whose being there is settled later than they are read: by a filter, a join or a union over something known later. */
import { addDuration, durationLe, negateDuration, type Shifted, termLe } from '../../model/factOps.ts';
import type { Reason, Term } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { RelationModel, TaskModel, TypedWindow } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { windows } from '../walk.ts';
import { blockedReads } from './blocked.ts';
import { features, isTimed, tasks, traceTo } from './reads.ts';

/** What decides that a row is there, and where it stands in time: an absent row cannot read as null. */
const deciding = (relation: RelationModel): readonly Term[] => [...relation.exists.known, ...(relation.event?.facts.known ?? [])];

/** A term that is not provably known when the row is, or by these times. */
const lateTerm = (relation: RelationModel, isKnownBy: (term: Term) => boolean): Term | null =>
  deciding(relation).find(term => !(relation.known && termLe(term, relation.known.term)) && !isKnownBy(term)) ?? null;

/** Whether the window links rows by the only column that leads to the entity: their partner is then the entity's own row, which is there at its cutoff. */
function linksEntity(relation: RelationModel, { link }: TypedWindow, entity: RelationModel): boolean {
  const { key } = entity;
  const refs = relation.columns.filter(({ type }) => type.kind === 'ref');
  const [only, ...others] = refs.filter(
    ({ type }) => type.kind === 'ref' && entity.columns.some(c => c.name === key && c.type.kind === 'key' && type.table === entity.name),
  );
  return link.entity.kind === 'column' && link.entity.name === key && others.length === 0 && only?.name === link.row;
}

/** In a window that ends `lag` before the cutoff, a row that is settled so long after its event is settled in time. */
function lateInWindow(relation: RelationModel, window: TypedWindow, entity: RelationModel | null): Term | null {
  const event = relation.event?.shape;
  const lag = negateDuration(window.to);
  const own = entity?.known && linksEntity(relation, window, entity) ? entity.known.term : null;
  return lateTerm(relation, term => {
    if (event && term.root === event.root && durationLe(term.plus, addDuration(event.plus, lag))) return true;
    return own !== null && (term.root === own.root || term.root.endsWith(`/${own.root}`)) && durationLe(term.plus, own.plus);
  });
}

/** An observation is there from its row's known time on, or at its cutoff. */
function lateObservation(task: TaskModel, relation: RelationModel): Term | null {
  const cutoff: Shifted | null = task.cutoffs.kind === 'column' ? task.cutoffs.shape : null;
  return lateTerm(relation, term => cutoff !== null && termLe(term, cutoff));
}

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
    if (term)
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
