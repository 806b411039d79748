/** Observations weighed by something that is learned only later. */
import { momentOf } from '../../model/cutoffs.ts';
import { lineageMeeting, termLe } from '../../model/factOps.ts';
import type { Reason } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { ColumnModel, RelationModel, TaskModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { isTimed, tasks, traceTo } from './reads.ts';

/** Why the weight is not settled when a prediction is due; null where it is. */
function unsettled({ facts }: ColumnModel, relation: RelationModel, task: TaskModel): { what: string; reason: Reason } | null {
  const block = facts.blocks.find(({ verdict, rule }) => verdict === 'leaks' && (rule !== 'current-state' || isTimed(task)));
  if (block)
    return { what: block.rule === 'after-outcome' ? 'is filled in only after the outcome' : 'was not so at the cutoff', reason: block.reason };
  const shared = lineageMeeting(facts.lineage, task.label?.value.facts.lineage ?? [])?.[0];
  if (shared) return { what: `is what the label \`${task.label?.name ?? ''}\` is computed from`, reason: shared.reason };
  const cutoff = momentOf(task.cutoffs);
  const late = isTimed(task)
    ? facts.known.find(term => !(relation.known && termLe(term, relation.known.term)) && !(cutoff && termLe(term, cutoff)))
    : undefined;
  return late ? { what: 'is known only later than its row', reason: late.reason } : null;
}

function problem(program: Program, task: TaskModel): Problem[] {
  const relation = program.relation(task.place.file, task.relation);
  const weight = relation?.columns.find(column => column.name === task.weight);
  const found = relation && weight ? unsettled(weight, relation, task) : null;
  if (!found || !weight) return [];
  const place = task.relationPlace;
  return [
    {
      rule: 'weight-from-outcome',
      place,
      message: `\`${task.name}\` weighs its observations by \`${weight.name}\`, which ${found.what}.`,
      label: 'weighed by what comes later',
      help: `Weigh by what is known when a prediction is due, or leave \`@weight\` off \`${weight.name}\`.`,
      related: traceTo(found.reason, place),
      fixes: [],
    },
  ];
}

export default {
  name: 'weight-from-outcome',
  code: 'CUP3066',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'The weight tells the model which cases will matter, and the scores count those cases most.',
  check: (program, file) => gather(tasks(program, file), task => problem(program, task)),
} satisfies Rule;
