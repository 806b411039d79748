/** Rows left out of the test alone: the figure is then about easier or other cases than the model will meet. */
import type { Problem } from '../../model/problem.ts';
import type { EvaluationModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { judgeAll, partsAlone } from './judgedRows.ts';
import { judgedByOutcome } from './outcome-conditioned-rows.ts';

function problem(evaluation: EvaluationModel): Problem[] {
  const { model, partition, partitionPlace, where } = evaluation;
  if (!where) return [];
  return [
    {
      rule: 'filtered-test',
      place: where.place,
      message: `\`${model}\` is judged on a part of \`${partition}\` alone.`,
      label: 'rows are left out only where it is judged',
      help: `Judge it on all rows, and show the part beside them: \`evaluate ${model} on ${partition} { …, by … { … } }\`.`,
      related: [{ place: partitionPlace, message: `no evaluation of \`${model}\` takes all of \`${partition}\`` }],
      fixes: judgeAll(evaluation),
    },
  ];
}

export default {
  name: 'filtered-test',
  code: 'CUP3047',
  group: 'leakage',
  severity: 'warning',
  type: 'L3.3',
  verdict: 'leaks',
  why: 'The model will meet the rows that were left out too, and the figure says nothing about them.',
  // What a condition on the outcome leaves out is told as picked by it.
  check: (program, file) => gather(partsAlone(program, file), evaluation => (judgedByOutcome(program, evaluation) ? [] : problem(evaluation))),
} satisfies Rule;
