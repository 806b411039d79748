/** Accuracy alone: where one class is rare, whoever never finds it scores high. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, MetricExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';

/** Whether a figure of another model is part of it: that says what is gained over it. */
function compares(metric: MetricExpr, judged: EvaluationModel): boolean {
  switch (metric.kind) {
    case 'metric':
      return metric.model !== judged.model || metric.home !== judged.modelFile;
    case 'bound':
      return compares(metric.of, judged);
    case 'arithmetic':
      return compares(metric.left, judged) || compares(metric.right, judged);
    case 'drift':
    case 'number':
      return false;
  }
}

const isWithin = (inner: Place, outer: Place): boolean =>
  inner.decl === outer.decl && inner.span.start >= outer.span.start && inner.span.end <= outer.span.end;

function problem(program: Program, file: string, evaluation: EvaluationModel): Problem[] {
  const { model, metrics, claims } = evaluation;
  const [first, ...others] = metrics;
  if (first?.metric !== 'accuracy' || others.length > 0) return [];
  if (claims.some(({ left, right }) => compares(left, evaluation) || compares(right, evaluation))) return [];
  const judged = program.model(file, model);
  const task = judged && program.task(judged.files.task, judged.task);
  const label = task?.label;
  if (label?.kind !== 'binary' && label?.kind !== 'classes') return [];
  return [
    {
      rule: 'metric-mismatch',
      place: first.place,
      message: `\`accuracy\` is all that is asked of \`${model}\`.`,
      label: 'high where one class is rare, whatever the model finds',
      help: 'auc, accuracy',
      related: [{ place: label.place, message: `only its rows tell how rare each class of \`${label.name}\` is` }],
      fixes: [],
    },
  ];
}

export default {
  name: 'metric-mismatch',
  code: 'CUP3049',
  group: 'validity',
  severity: 'info',
  type: null,
  verdict: 'needs data',
  why: 'If one case in a hundred is positive, a model that never says so is right 99 times in 100.',
  check: (program, file) => gather(program.evaluations(file), evaluation => problem(program, file, evaluation)),
  fixes: (program, { place }, textOf) => {
    const evaluation = program.evaluations(place.file).find(({ metrics }) => metrics[0]?.place === place);
    if (!evaluation) return [];
    // A claim is asked for whole, though the metric may stand at its end.
    const { start } = evaluation.claims.find(claim => isWithin(place, claim.place))?.place.span ?? place.span;
    const isSpread = /\n[ \t]*$/.test(textOf({ ...place, span: { start: 0, end: start } }));
    const edit = { place: { ...place, span: { start, end: start } }, text: isSpread ? 'auc\n  ' : 'auc, ' };
    return [{ title: 'Ask for `auc` too', safe: false, edits: [edit] }];
  },
} satisfies Rule;
