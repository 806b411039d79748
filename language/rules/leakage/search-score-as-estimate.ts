/** A claim about the rows that a search has already picked its winner by: the best of many figures is no estimate. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { choicesOnJudged, claimsFigure, judgedOn, relatedOf, testedModels } from './choices.ts';
import { comparedIn } from './compared.ts';

const rule = 'search-score-as-estimate';

/** Of models that claims compare with: the better their figure by luck, the less the difference says. */
function compared(program: Program, file: string, evaluation: EvaluationModel): Problem[] {
  const { model, partitionPlace } = evaluation;
  return comparedIn(evaluation).flatMap(({ model: other, home, place }) => {
    const choices = choicesOnJudged(program, home, evaluation, other).filter(({ what }) => what !== 'threshold');
    if (choices.length === 0) return [];
    return [
      {
        rule,
        place,
        message: `\`${model}\` is compared with \`${other}\` on \`${judgedOn(program, file, evaluation)}\`, the rows by which \`${other}\` is chosen.`,
        label: 'the best figure of a search',
        help: `evaluate ${model} on test`,
        related: relatedOf(choices),
        fixes: [{ title: 'Evaluate on test', safe: false, edits: [{ place: partitionPlace, text: 'test' }] }],
      },
    ];
  });
}

function problem(program: Program, file: string, evaluation: EvaluationModel, tested: ReadonlySet<string>): Problem[] {
  const choices = choicesOnJudged(program, file, evaluation);
  if (!choices.some(({ what }) => what !== 'threshold') || !claimsFigure(evaluation)) return compared(program, file, evaluation);
  const { model, partitionPlace } = evaluation;
  const on = judgedOn(program, file, evaluation);
  return [
    {
      rule,
      place: partitionPlace,
      message: `The claims about \`${model}\` rest on \`${on}\`, the rows by which it is chosen.`,
      label: 'the best figure of a search',
      help: `evaluate ${model} on test`,
      related: relatedOf(choices),
      fixes: tested.has(model) ? [] : [{ title: 'Evaluate on test', safe: false, edits: [{ place: partitionPlace, text: 'test' }] }],
    },
  ];
}

export default {
  name: rule,
  code: 'CUP3006',
  group: 'leakage',
  severity: 'error',
  type: 'L1.1',
  verdict: 'leaks',
  why: 'The winner of a search is partly the luckiest on the rows that were searched, so its figure there is better than it will be on new cases.',
  check: (program, file) => {
    const tested = testedModels(program, file);
    return gather(program.evaluations(file), evaluation => problem(program, file, evaluation, tested));
  },
} satisfies Rule;
