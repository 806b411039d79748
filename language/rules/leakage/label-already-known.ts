/** A label that is settled before the cutoff: there is nothing left to predict. */
import { momentOf } from '../../model/cutoffs.ts';
import { durationLe, type Shifted, termLe, zeroDuration } from '../../model/factOps.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { RelationModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { parts, windows } from '../walk.ts';
import { isTimed, tasks } from './reads.ts';

/** Columns of the observation's own row, outside of windows. */
const ownColumns = (expr: TypedExpr): TypedExpr[] =>
  expr.kind === 'aggregate' ? [] : expr.kind === 'column' || expr.kind === 'path' ? [expr] : parts(expr).flatMap(ownColumns);

/** Whether the cell is declared to be known with its row, or by the cutoff, for every observation. What is only assumed proves nothing. */
function isKnownThen(expr: TypedExpr, relation: RelationModel, cutoff: Shifted | null): boolean {
  if (expr.kind !== 'column' || expr.facts.blocks.length > 0) return false;
  return expr.facts.known.every(term => (relation.known && termLe(term, relation.known.term)) || (cutoff && termLe(term, cutoff)));
}

function problem(program: Program, task: TaskModel): Problem[] {
  const { label } = task;
  const relation = program.relation(task.place.file, task.relation);
  if (!label || !relation || !isTimed(task) || !durationLe(label.delay, zeroDuration)) return [];
  const read = windows(label.value);
  if (read.some(({ window }) => window.direction === 'future')) return [];
  const own = ownColumns(label.value);
  if (read.length + own.length === 0 || !own.every(column => isKnownThen(column, relation, momentOf(task.cutoffs)))) return [];
  const place = label.value.place;
  const [window] = read;
  return [
    {
      rule: 'label-already-known',
      place,
      message: window
        ? `\`${label.name}\` reads only rows of \`${window.window.table}\` from before the cutoff.`
        : `\`${label.name}\` is known with its row, when \`${task.name}\` predicts.`,
      label: 'known by the cutoff',
      help: window
        ? 'Let the label look ahead: `count(orders next 60d)`.'
        : `Say when the value is known, \`@known(+90d)\` on its column or \`delay: 90d\` in the task.`,
      related: [
        { place: task.cutoffs.kind === 'none' ? task.place : task.cutoffs.place, message: `\`${task.name}\` predicts at these times` },
        ...(window ? [] : own.flatMap(({ facts }) => facts.lineage.map(({ reason }) => ({ place: reason.place, message: reason.message })))),
      ],
      fixes: [],
    },
  ];
}

export default {
  name: 'label-already-known',
  code: 'CUP3067',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'Whoever predicts could simply look the answer up, so a good score says nothing about what is still to come.',
  check: (program, file) => gather(tasks(program, file), task => problem(program, task)),
} satisfies Rule;
