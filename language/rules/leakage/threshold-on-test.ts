/** A threshold that does best on the rows it is judged on: the figures at it are then partly luck. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, ModelModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { choicesOnJudged, claimsFigure, judgedOn, relatedOf, testedModels } from './choices.ts';

function onTest({ name, definition }: ModelModel): Problem[] {
  const threshold = definition.kind === 'algorithm' ? definition.training.threshold : null;
  if (!threshold || threshold.kind === 'value' || threshold.on !== 'test') return [];
  const written =
    threshold.kind === 'cost' ? `cost(fp: ${threshold.falsePositive}, fn: ${threshold.falseNegative})` : `${threshold.direction} ${threshold.metric}`;
  return [
    {
      rule: 'threshold-on-test',
      place: threshold.onPlace,
      message: `The threshold of \`${name}\` is the one that does best on the test rows.`,
      label: 'a threshold chosen on the test rows',
      help: `threshold: ${written} on validate`,
      related: [],
      fixes: [{ title: 'Choose on `validate`', safe: false, edits: [{ place: threshold.onPlace, text: 'validate' }] }],
    },
  ];
}

/** Claims about decisions on the rows of validate or of folds that the threshold was chosen on; other choices on them are a search. */
function onJudged(program: Program, file: string, evaluation: EvaluationModel, tested: ReadonlySet<string>): Problem[] {
  const choices = choicesOnJudged(program, file, evaluation);
  if (choices.length === 0 || choices.some(({ what }) => what !== 'threshold') || !claimsFigure(evaluation)) return [];
  const { model, partitionPlace } = evaluation;
  const on = judgedOn(program, file, evaluation);
  return [
    {
      rule: 'threshold-on-test',
      place: partitionPlace,
      message: `\`${model}\` is judged on \`${on}\`, the rows on which its threshold does best.`,
      label: 'these rows chose the threshold',
      help: `evaluate ${model} on test`,
      related: relatedOf(choices),
      fixes: tested.has(model) ? [] : [{ title: 'Evaluate on test', safe: false, edits: [{ place: partitionPlace, text: 'test' }] }],
    },
  ];
}

export default {
  name: 'threshold-on-test',
  code: 'CUP3005',
  group: 'leakage',
  severity: 'error',
  type: 'L1',
  verdict: 'leaks',
  why: 'The best threshold for these rows is partly their luck, and on new cases the decisions are worse than the figures say.',
  check: (program, file) => {
    const tested = testedModels(program, file);
    return [
      ...gather(program.declarations(file), ({ model }) => (model.kind === 'model' ? onTest(model) : [])),
      ...gather(program.evaluations(file), evaluation => onJudged(program, file, evaluation, tested)),
    ];
  },
} satisfies Rule;
