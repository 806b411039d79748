/**
 * How values relate to the task's label: a feature is derived from it when the cells it reads meet the cells that the observation's own
 * label reads. Reading the label's column strictly before the cutoff does not meet it.
 */
import { joinLabelFlow, lineageMeeting } from './factOps.ts';
import type { Facts } from './facts.ts';
import type { LabelModel, TypedExpr } from './typed.ts';
import { mapParts } from './walk.ts';

function marked(facts: Facts, label: LabelModel): Facts {
  const flow = lineageMeeting(facts.lineage, label.value.facts.lineage) ? joinLabelFlow(facts.label, 'derived') : facts.label;
  return flow === facts.label ? facts : { ...facts, label: flow };
}

/** The expression with the label fact of each part that the task's label is reached by. */
export function withLabelFlow(expr: TypedExpr, label: LabelModel | null): TypedExpr {
  if (!label) return expr;
  return mapParts(expr, part => {
    const facts = marked(part.facts, label);
    return facts === part.facts ? part : { ...part, facts };
  });
}
