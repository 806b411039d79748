/** Rows left out of the test alone: the figure is then about easier or other cases than the model will meet. */
import type { Problem } from '../../model/problem.ts';
import type { EvaluationModel } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';

const rowsOf = ({ model, partition, split }: EvaluationModel): string => `${model}\0${partition}\0${split}`;

function problem({ model, partition, partitionPlace, where }: EvaluationModel): Problem[] {
  if (!where) return [];
  const isHere = where.place.decl === partitionPlace.decl && where.place.file === partitionPlace.file;
  const clause = { ...partitionPlace, span: { start: partitionPlace.span.end, end: where.place.span.end } };
  return [
    {
      rule: 'filtered-test',
      place: where.place,
      message: `\`${model}\` is judged on a part of \`${partition}\` alone.`,
      label: 'rows are left out only where it is judged',
      help: `Judge it on all rows, and show the part beside them: \`evaluate ${model} on ${partition} { …, by … { … } }\`.`,
      related: [{ place: partitionPlace, message: `no evaluation of \`${model}\` takes all of \`${partition}\`` }],
      fixes: isHere ? [{ title: `Judge all rows of \`${partition}\``, safe: false, edits: [{ place: clause, text: '' }] }] : [],
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
  check: (program, file) => {
    const all = program.evaluations(file);
    const whole = new Set(all.filter(({ where }) => !where).map(rowsOf));
    return all.filter(evaluation => !whole.has(rowsOf(evaluation))).flatMap(problem);
  },
} satisfies Rule;
