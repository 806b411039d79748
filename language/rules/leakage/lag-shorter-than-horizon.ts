/** A window over the label's own column that reads outcomes before the task says they are known. */
import { addDuration, durationLe, negateDuration, sameCell, zeroDuration } from '../../model/factOps.ts';
import type { Lineage } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { FeatureRead, Program } from '../../model/program.ts';
import type { LabelModel, RelationModel, TypedExpr, TypedWindow } from '../../model/typed.ts';
import { durationLiteral, durationWords, longestMicros, spelled } from '../../text/duration.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { everyPart } from '../walk.ts';
import { features, isTimed } from './reads.ts';

const columnsIn = (expr: TypedExpr | null): TypedExpr[] => (expr === null ? [] : everyPart(expr).filter(part => part.kind === 'column'));

/** The columns of the window's rows that the label reads too, in the order of the text. */
const ofLabel = (columns: readonly TypedExpr[], label: readonly Lineage[]): { readonly column: TypedExpr; readonly read: Lineage }[] =>
  columns.flatMap(column => column.facts.lineage.flatMap(read => (label.some(l => sameCell(l, read)) ? { column, read } : [])));

/** Whether it is declared to be known no earlier after its event than the label is after its cutoff, by a moment of its own, or only after the outcome. */
function isAsLate({ facts }: Pick<TypedExpr, 'facts'>, { event }: RelationModel, delay: LabelModel['delay']): boolean {
  if (!event || facts.blocks.some(({ rule, verdict }) => rule === 'after-outcome' && verdict === 'leaks')) return true;
  // A time of another root is known when it has come, and no delay is needed to say so.
  return facts.known.some(term => term.root !== event.shape.root || durationLe(addDuration(event.shape.plus, delay), term.plus));
}

/** Whether the label waits for another cell of its own row: this one is what that is compared with, and as early as it is declared. */
function waitsForAnother({ value, delay }: LabelModel, read: Lineage, observed: RelationModel | null): boolean {
  if (!observed?.event) return false;
  return everyPart(value).some(
    part =>
      (part.kind === 'column' || part.kind === 'entity') &&
      part.facts.lineage.length > 0 &&
      part.facts.lineage.every(l => l.region === 'own' && !sameCell(l, read)) &&
      isAsLate(part, observed, delay),
  );
}

/**
 * Whether the column is declared to be known no earlier after its event than the label is after its cutoff, or only after all of the window,
 * or the window ends so long before the cutoff. A lag without a written delay settles nothing: it may be shorter than outcomes take.
 */
function isSettled(column: TypedExpr, relation: RelationModel, window: TypedWindow, { delay, delayPlace }: LabelModel, isBeside: boolean): boolean {
  if (delayPlace && durationLe(delay, negateDuration(window.to))) return true;
  const { event } = relation;
  const own = column.kind === 'column' ? relation.columns.find(c => c.name === column.name) : null;
  if (!event || !own || own.facts.blocks.some(block => block.verdict === 'leaks')) return true;
  if (own.facts.blocks.length > 0) return false;
  if (isBeside || isAsLate(own, relation, delay)) return true;
  if (window.from === null) return false;
  // Of a window that lies within the declared time, nothing is read. Counted back from the 31st, a month ends sooner than it does counted on.
  const end = addDuration(event.shape.plus, { months: 0, micros: longestMicros(negateDuration(window.from)) });
  return own.facts.known.some(term => durationLe(end, term.plus));
}

function problems(program: Program, { feature, task, windows }: FeatureRead): Problem[] {
  const { label } = task;
  if (!label || !isTimed(task)) return [];
  const { delayPlace, delay } = label;
  const own = label.value.facts.lineage.filter(({ region, rows }) => region === 'own' && !rows);
  if (own.length === 0) return [];
  const observed = program.relation(task.place.file, task.relation);
  return windows.flatMap(({ window, aggregate }) => {
    const relation = window.direction === 'past' ? program.relation(window.reader, window.table, window.file) : null;
    if (!relation) return [];
    const found = ofLabel([...columnsIn(aggregate.value), ...columnsIn(window.where)], own).find(
      ({ column, read }) => !isSettled(column, relation, window, label, waitsForAnother(label, read, observed)),
    );
    if (!found) return [];
    const { framePlace } = window;
    const needed = delayPlace ? durationLiteral(delay) : null;
    const end = { start: framePlace.span.end, end: framePlace.span.end };
    const isWritten = window.from !== null && durationLe(zeroDuration, window.to);
    const what = `\`${feature.name}\` reads \`${found.read.source}.${found.read.column}\` of rows right up to the cutoff`;
    return [
      {
        rule: 'lag-shorter-than-horizon',
        place: found.column.place,
        message: needed
          ? `${what}, and \`${label.name}\` says that it is known ${durationWords(delay)} after.`
          : `${what}, and nothing says when such an outcome is known.`,
        label: 'outcomes that are still open',
        help: `Declare when it is known, \`@known(+${needed ?? '90d'})\` or \`@known\` with the column that says it, and windows wait for it.`,
        related: [
          ...(delayPlace ? [{ place: delayPlace, message: `the label is known ${durationWords(delay)} after the cutoff` }] : []),
          { place: found.read.reason.place, message: found.read.reason.message },
          { place: label.place, message: `the label of \`${task.name}\`` },
        ],
        fixes:
          needed && isWritten
            ? [
                {
                  title: `End the window ${spelled(needed)} before the cutoff`,
                  safe: false,
                  edits: [{ place: { ...framePlace, span: end }, text: ` lag ${needed}` }],
                },
              ]
            : [],
      },
    ];
  });
}

export default {
  name: 'lag-shorter-than-horizon',
  code: 'CUP3039',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'Outcomes that nobody knew yet are in the feature, those of the test period in the training rows among them.',
  check: (program, file) => gather(features(program, file), read => problems(program, read)),
} satisfies Rule;
