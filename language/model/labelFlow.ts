/**
 * How values relate to the task's label: a feature is derived from it when the cells it reads meet the cells that the observation's own
 * label reads. Reading the label's column strictly before the cutoff does not meet it.
 */
import { momentOf } from './cutoffs.ts';
import { lineageMeeting, sourceKey, termGreater, withLabel } from './factOps.ts';
import type { Facts } from './facts.ts';
import type { RelationModel, TaskModel, TypedExpr } from './typed.ts';
import { mapParts } from './walk.ts';

/** The source whose row may happen at the cutoff, where the cutoff is a time of the entity's row: a day as a cutoff ends after its rows happen. */
function sourceAtCutoff({ cutoffs }: TaskModel, relation: RelationModel): string | null {
  if (cutoffs.kind !== 'column') return null;
  const moment = momentOf(cutoffs);
  if (moment && relation.event && termGreater(moment, relation.event.shape)) return null;
  const event = relation.columns.find(({ name }) => name === relation.event?.column);
  const [read] = event?.facts.lineage ?? [];
  return read ? sourceKey(read) : null;
}

/** The expression with the label fact of each part that the task's label is reached by. What a part reads the whole reads too. */
export function withLabelFlow(expr: TypedExpr, task: TaskModel, relation: RelationModel): TypedExpr {
  const { label } = task;
  if (!label) return expr;
  const atCutoff = sourceAtCutoff(task, relation);
  const { lineage } = label.value.facts;
  const meets = (facts: Facts): boolean => lineageMeeting(facts.lineage, lineage, atCutoff) !== null;
  if (!meets(expr.facts)) return expr;
  const marked = (facts: Facts): Facts => (meets(facts) ? withLabel(facts, 'derived') : facts);
  return mapParts(expr, part => {
    const facts = marked(part.facts);
    return facts === part.facts ? part : { ...part, facts };
  });
}
