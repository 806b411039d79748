/** A model whose only figures are of the rows that it was chosen by: there is no estimate of how it does on new cases. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';
import { choicesOnJudged, claimsFigure, judgedOn, relatedOf, testedModels } from './choices.ts';

function problem(program: Program, file: string, all: readonly EvaluationModel[]): Problem[] {
  const [first, ...others] = all;
  if (!first) return [];
  const choices = all.map(evaluation => choicesOnJudged(program, file, evaluation));
  // An evaluation on rows that nothing was chosen by is an estimate; a claim on others is told of by itself.
  if (choices.some(found => found.length === 0) || all.some(claimsFigure)) return [];
  const { model, partitionPlace } = first;
  const on = judgedOn(program, file, first);
  return [
    {
      rule: 'no-test-partition',
      place: partitionPlace,
      message: `\`${model}\` is judged only on \`${on}\`, the rows by which it is chosen.`,
      label: 'no row here is new to it',
      help: `evaluate ${model} on test`,
      related: [
        ...relatedOf(choices[0] ?? []),
        ...others.map(other => ({ place: other.partitionPlace, message: `it is chosen on \`${judgedOn(program, file, other)}\` too` })),
      ],
      fixes: [{ title: 'Evaluate on test', safe: false, edits: [{ place: partitionPlace, text: 'test' }] }],
    },
  ];
}

export default {
  name: 'no-test-partition',
  code: 'CUP3002',
  group: 'leakage',
  severity: 'warning',
  type: 'L1.1',
  verdict: 'leaks',
  why: 'Without rows that no choice has seen, nobody knows how the model does on new cases.',
  check: (program, file) => {
    const tested = testedModels(program, file);
    const byModel = new Map<string, EvaluationModel[]>();
    for (const evaluation of program.evaluations(file)) byModel.set(evaluation.model, [...(byModel.get(evaluation.model) ?? []), evaluation]);
    return [...byModel].flatMap(([model, all]) => (tested.has(model) ? [] : problem(program, file, all)));
  },
} satisfies Rule;
