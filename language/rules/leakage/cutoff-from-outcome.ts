/** Cutoffs that are not known when they come: whoever predicts then must know the outcome, or learns of the moment only later. */
import { addDuration, lastInstant, termGreater, termLe } from '../../model/factOps.ts';
import type { Term } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { RelationModel, TaskModel } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';
import { tasks, traceTo } from './reads.ts';

type ColumnCutoffs = Extract<TaskModel['cutoffs'], { kind: 'column' }>;

/** What the cutoff is known at that is not provably at or before itself. An observation waits for its row, so the row's time may be open. */
function unknownThen({ value, shape }: ColumnCutoffs, task: TaskModel, relation: RelationModel): Term | null {
  // A day as a cutoff includes the day.
  const cutoff = shape && value.type.kind === 'date' ? { ...shape, plus: addDuration(shape.plus, lastInstant) } : shape;
  const row = relation.known?.term ?? null;
  return (
    task.cutoffFacts.known.find(term => {
      if (cutoff && termLe(term, cutoff)) return false;
      return (cutoff && termGreater(term, cutoff)) || !row || !termLe(term, row);
    }) ?? null
  );
}

function problem(task: TaskModel, relation: RelationModel): Problem[] {
  const { cutoffs } = task;
  if (cutoffs.kind !== 'column') return [];
  const after = task.cutoffFacts.blocks.find(block => block.rule === 'after-outcome');
  const late = after ? null : unknownThen(cutoffs, task, relation);
  if (!after && !late) return [];
  const place = cutoffs.assumed ? cutoffs.place : cutoffs.value.place;
  return [
    {
      rule: 'cutoff-from-outcome',
      place,
      message: after
        ? `\`${task.name}\` predicts at a time that is filled in only after the outcome.`
        : `\`${task.name}\` predicts at a time that is not known by then.`,
      label: after ? 'there is none before the outcome' : 'known later than itself',
      help: `Predict at a time of \`${relation.name}\` that is known when it comes, or at fixed ones: \`at every month from 2024-01-01 to 2024-12-01\`.`,
      related: traceTo((after ?? late)?.reason ?? null, place),
      fixes: [],
    },
  ];
}

export default {
  name: 'cutoff-from-outcome',
  code: 'CUP3060',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'Nobody can predict at that moment, for it is learned only later; and that there is one may already tell the outcome.',
  check: (program, file) =>
    tasks(program, file).flatMap(task => {
      const relation = program.relation(file, task.relation);
      return relation ? problem(task, relation) : [];
    }),
} satisfies Rule;
