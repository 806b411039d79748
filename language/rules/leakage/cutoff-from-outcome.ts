/** Cutoffs that are not known when they come: whoever predicts then must know the outcome, or learns of the moment only later. */
import { momentOf } from '../../model/cutoffs.ts';
import { termGreater, termLe } from '../../model/factOps.ts';
import type { Block, Reason, Term } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { RelationModel, TaskModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { tasks, traceTo } from './reads.ts';

type ColumnCutoffs = Extract<TaskModel['cutoffs'], { kind: 'column' }>;

/** What the cutoff is known at that is not provably at or before itself. An observation waits for its row, so the row's time may be open. */
function unknownThen(cutoffs: ColumnCutoffs, task: TaskModel, relation: RelationModel): Term | null {
  const cutoff = momentOf(cutoffs);
  const row = relation.known?.term ?? null;
  return (
    task.cutoffFacts.known.find(term => {
      if (cutoff && termLe(term, cutoff)) return false;
      return (cutoff && termGreater(term, cutoff)) || !row || !termLe(term, row);
    }) ?? null
  );
}

interface Found {
  readonly message: string;
  readonly label: string;
  readonly reason: Reason;
}

/** A cell that masking cannot repair cannot say when to predict. */
function ofBlock({ rule, subject, reason }: Block, task: TaskModel): Found {
  return rule === 'after-outcome'
    ? { message: `\`${task.name}\` predicts at a time that is filled in only after the outcome.`, label: 'there is none before the outcome', reason }
    : {
        message: `\`${task.name}\` predicts at a time that rests on \`${subject}\`, which is not known by then.`,
        label: 'known later than itself',
        reason,
      };
}

function ofTerm(term: Term, cutoffs: ColumnCutoffs, task: TaskModel, relation: RelationModel): Found {
  const row = relation.known?.term;
  const cutoff = momentOf(cutoffs);
  const isEmpty = cutoff && row && termGreater(row, cutoff) && termLe(term, row);
  return {
    message: isEmpty
      ? `\`${task.name}\` has no observations: rows of \`${relation.name}\` are known only after the time at which it predicts for them.`
      : `\`${task.name}\` predicts at a time that is not known by then.`,
    label: isEmpty ? 'the row is not there yet' : 'known later than itself',
    reason: term.reason,
  };
}

function problem(task: TaskModel, relation: RelationModel): Problem[] {
  const { cutoffs } = task;
  if (cutoffs.kind !== 'column') return [];
  const block = task.cutoffFacts.blocks.find(({ verdict }) => verdict === 'leaks');
  const late = block ? null : unknownThen(cutoffs, task, relation);
  const found = block ? ofBlock(block, task) : late ? ofTerm(late, cutoffs, task, relation) : null;
  if (!found) return [];
  const place = cutoffs.assumed ? cutoffs.place : cutoffs.value.place;
  return [
    {
      rule: 'cutoff-from-outcome',
      place,
      message: found.message,
      label: found.label,
      help: `Predict at a time of \`${relation.name}\` that is known when it comes, or at fixed ones: \`at every month from 2024-01-01 to 2024-12-01\`.`,
      related: traceTo(found.reason, place),
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
    gather(tasks(program, file), task => {
      const relation = program.relation(task.place.file, task.relation);
      return relation ? problem(task, relation) : [];
    }),
} satisfies Rule;
