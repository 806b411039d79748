/** The label itself, or a plain copy of it, among the features. */
import { cellKey } from '../../model/factOps.ts';
import type { FeatureRead } from '../../model/program.ts';
import type { TypedExpr } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';
import { dropFeature, features } from './reads.ts';

/** The source column that an expression is a plain copy of. */
function copied(expr: TypedExpr): string | null {
  if (expr.kind === 'transform') return expr.inputs.length === 1 && expr.inputs[0] ? copied(expr.inputs[0]) : null;
  const { lineage } = expr.facts;
  const only = expr.kind === 'column' && lineage.length === 1 ? lineage[0] : undefined;
  return only?.region === 'own' ? cellKey(only) : null;
}

/** Whether the feature is the label: the same expression's column, under whatever name. Label-derived features are another rule's. */
export function isLabel({ feature, task }: FeatureRead): boolean {
  const value = task.label && copied(feature.value);
  return value !== null && task.label !== null && copied(task.label.value) === value;
}

export default {
  name: 'label-as-feature',
  code: 'CUP3024',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'The model would be handed the answer that it is asked for; in use there is no answer to hand over.',
  check: (program, file) =>
    features(program, file)
      .filter(isLabel)
      .map(({ feature, task, set }) => ({
        rule: 'label-as-feature',
        place: feature.value.place,
        message: `\`${feature.name}\` is the label of \`${task.name}\`.`,
        label: 'what is to be predicted',
        help: `Leave \`${feature.name}\` out of \`${set.name}\`.`,
        related: task.label ? [{ place: task.label.place, message: `\`${task.label.name}\` is the label of \`${task.name}\`` }] : [],
        fixes: [],
      })),
  // By its own name the label is found where names are looked up, which knows nothing of the feature around it.
  fixes: (program, { place: { file, decl, span } }) => {
    const set = program.declarations(file).find(declared => declared.decl === decl)?.model;
    const feature = set?.kind === 'features' ? set.features.find(({ place }) => place.span.start <= span.start && span.end <= place.span.end) : null;
    return feature ? [dropFeature(feature)] : [];
  },
} satisfies Rule;
