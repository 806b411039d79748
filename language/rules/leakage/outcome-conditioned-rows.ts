/** Which observations there are, or are judged, decided by what the label is computed from or by what is filled in only after the outcome. */
import { conjuncts } from '../../model/copies.ts';
import { lineageMeeting, sameCell } from '../../model/factOps.ts';
import type { Lineage, Reason } from '../../model/facts.ts';
import { isLateColumn } from '../../model/labelFlow.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, RelationModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { smallest } from '../walk.ts';
import { judgeAll, partsAlone } from './judgedRows.ts';
import { lateObservation } from './lateRows.ts';
import { faultOf, isTimed, observed, tasks, traceTo } from './reads.ts';

interface Chosen {
  readonly place: Place;
  /** `loans.repaid` */
  readonly by: string;
  readonly isLabel: boolean;
  readonly reason: Reason;
}

const named = ({ source, column }: Lineage): string => `${source}.${column}`;

const inLabel = ({ label }: TaskModel, read: Lineage): boolean =>
  read.rows !== 'chosen' && (label?.value.facts.lineage.some(l => l.rows !== 'chosen' && sameCell(l, read)) ?? false);

/** `ended == null`: at a cutoff a cell that is known later reads as null, so this asks for those whose outcome is still to come. */
function isStillOpen(part: TypedExpr, relation: RelationModel | null): boolean {
  const of = part.kind === 'call' && part.fn === 'is_null' ? part.args[0] : undefined;
  return of?.kind === 'column' && relation !== null && isLateColumn(of.name, relation);
}

/** A condition, where it reads what the observation's own label reads. */
function byCondition(where: TypedExpr | null, task: TaskModel, relation: RelationModel | null): Chosen | null {
  if (!where || !task.label) return null;
  const ofLabel = task.label.value.facts.lineage;
  const meets = ({ facts }: { readonly facts: { readonly lineage: readonly Lineage[] } }) => lineageMeeting(facts.lineage, ofLabel);
  const asked = isTimed(task) ? conjuncts(where).filter(part => !isStillOpen(part, relation)) : [where];
  for (const condition of asked) {
    const part = smallest(condition, expr => meets(expr) !== null);
    const read = part && meets(part)?.[0];
    if (part && read) return { place: part.place, by: named(read), isLabel: true, reason: read.reason };
  }
  return null;
}

/** The rows of the task's table, where a table kept or joined them by the label's columns before those were known. */
function byTable(task: TaskModel, relation: RelationModel): Chosen | null {
  // Rows that a table holds twice are told of as that, by whatever the copies were chosen.
  if (relation.copied || (isTimed(task) && !lateObservation(task, relation))) return null;
  const read = relation.exists.lineage.find(lineage => !lineage.isDrawn && inLabel(task, lineage));
  return read ? { place: task.relationPlace, by: named(read), isLabel: true, reason: read.reason } : null;
}

/** How the outcome chooses the observations of the task; null where it does not. */
export function chosenByOutcome(program: Program, task: TaskModel): Chosen | null {
  const after = observed(program, task, 'after-outcome');
  if (after) return { place: after.place, by: after.block.subject, isLabel: false, reason: after.block.reason };
  const relation = program.relation(task.place.file, task.relation);
  return byCondition(task.where, task, relation) ?? (relation && byTable(task, relation));
}

/** Functions that may have a value although an argument is null. */
const absorbing: ReadonlySet<string> = new Set(['coalesce', 'if', 'and', 'or', 'is_null']);

const isNullWith = (expr: TypedExpr, column: string): boolean =>
  expr.kind === 'column' ? expr.name === column : expr.kind === 'call' && !absorbing.has(expr.fn) && expr.args.some(part => isNullWith(part, column));

/** The column that is asked to be there, `x != null`, where without it there is no label. */
function askedForLabel(part: TypedExpr, { label }: TaskModel): TypedExpr | null {
  const test = part.kind === 'call' && part.fn === 'not' ? part.args[0] : undefined;
  const column = test?.kind === 'call' && test.fn === 'is_null' ? test.args[0] : undefined;
  return column?.kind === 'column' && label && isNullWith(label.value, column.name) ? column : null;
}

/** Rows without a label are left out by `label != null`: the column at this place is the one. */
const asksForLabel = (task: TaskModel, at: Place): boolean =>
  task.where !== null && conjuncts(task.where).some(part => askedForLabel(part, task)?.place.span.start === at.span.start);

function problem(task: TaskModel, { place, by, isLabel, reason }: Chosen): Problem {
  if (task.label && asksForLabel(task, place)) {
    return {
      rule: 'outcome-conditioned-rows',
      place,
      message: `\`${task.name}\` keeps the rows whose label is known, by \`${by}\`: no row could be predicted before its outcome.`,
      label: 'null until the outcome is known',
      help: 'Leave this condition out: rows without a label are not learned from or judged anyway, and are counted.',
      related: [...traceTo(reason, place), { place: task.label.place, message: `the label of \`${task.name}\`` }],
      fixes: [],
    };
  }
  return {
    rule: 'outcome-conditioned-rows',
    place,
    message: isLabel
      ? `The observations of \`${task.name}\` are chosen by \`${by}\`, which its label \`${task.label?.name ?? ''}\` is computed from.`
      : `The observations of \`${task.name}\` are chosen by \`${by}\`, which is filled in only after the outcome.`,
    label: 'chosen by what comes later',
    help: `Choose the rows of \`${task.name}\` by what is known when a prediction is due.`,
    related: [...traceTo(reason, place), ...(isLabel && task.label ? [{ place: task.label.place, message: `the label of \`${task.name}\`` }] : [])],
    fixes: [],
  };
}

/** How the outcome chooses which rows are judged; those without a label are not judged anyway. */
function chosenToJudge(program: Program, where: TypedExpr, task: TaskModel): Chosen | null {
  const relation = program.relation(task.place.file, task.relation);
  for (const condition of conjuncts(where)) {
    if (askedForLabel(condition, task)) continue;
    const after = faultOf(condition, 'after-outcome');
    if (after) return { place: after.place, by: after.block.subject, isLabel: false, reason: after.block.reason };
    const found = byCondition(condition, task, relation);
    if (found) return found;
  }
  return null;
}

/** How the outcome chooses what an evaluation judges; null where it does not. */
export function judgedByOutcome(
  program: Program,
  { model: name, modelFile, where }: EvaluationModel,
): (Chosen & { readonly task: TaskModel }) | null {
  const model = program.model(modelFile, name);
  const task = model && program.task(model.files.task, model.task);
  const chosen = where && task && chosenToJudge(program, where, task);
  return chosen ? { ...chosen, task } : null;
}

function judged(program: Program, evaluation: EvaluationModel, isAlone: boolean): Problem[] {
  const chosen = judgedByOutcome(program, evaluation);
  if (!chosen) return [];
  const { model: name, partition } = evaluation;
  const { by, isLabel, place, reason, task } = chosen;
  return [
    {
      rule: 'outcome-conditioned-rows',
      place,
      message: `\`${name}\` is judged on rows chosen by \`${by}\`, which ${isLabel ? `the label \`${task.label?.name ?? ''}\` is computed from` : 'is filled in only after the outcome'}.`,
      label: 'chosen by what comes later',
      help: `Judge all rows, and show the part beside them: \`evaluate ${name} on ${partition} { …, by … { … } }\`.`,
      related: [...traceTo(reason, place), ...(isLabel && task.label ? [{ place: task.label.place, message: `the label of \`${task.name}\`` }] : [])],
      fixes: isAlone ? judgeAll(evaluation) : [],
    },
  ];
}

export default {
  name: 'outcome-conditioned-rows',
  code: 'CUP3029',
  group: 'leakage',
  severity: 'error',
  type: 'L3.3',
  verdict: 'leaks',
  why: 'Nobody can make that choice when a prediction is due, so the model is trained and judged on cases picked by how they ended.',
  check: (program, file) => {
    const alone = new Set(partsAlone(program, file));
    return [
      ...gather(tasks(program, file), task => {
        const chosen = chosenByOutcome(program, task);
        return chosen ? [problem(task, chosen)] : [];
      }),
      ...program.evaluations(file).flatMap(evaluation => judged(program, evaluation, alone.has(evaluation))),
    ];
  },
} satisfies Rule;
