/** Folds by time cut between any two cutoffs, purged by the gap alone: who uses them, and whether labels reach over their edges. */
import { durationLe, zeroDuration } from '../../model/factOps.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { ModelModel, SplitModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import { everyPart, smallest } from '../walk.ts';
import { crossings, foldCutoffs, labelReach, laterBy } from './splitBounds.ts';

type Use = Problem['related'][number];

/** What a model decides on folds of the training rows. */
function usesOf({ name, place, definition }: ModelModel): Use[] {
  if (definition.kind === 'best') return definition.on === 'folds' ? [{ place: definition.onPlace, message: `\`${name}\` is chosen on folds` }] : [];
  if (definition.kind === 'ensemble') return definition.final ? [{ place, message: `\`${name}\` learns from scores on folds` }] : [];
  const { earlyStop, training } = definition;
  const { tune, threshold, calibrate } = training;
  const found: Use[] = [];
  if (tune?.on === 'folds') found.push({ place: tune.onPlace, message: `the settings of \`${name}\` are chosen on folds` });
  if (earlyStop?.on === 'folds') found.push({ place: earlyStop.place, message: `the training of \`${name}\` stops by folds` });
  if (threshold && threshold.kind !== 'value' && threshold.on === 'folds')
    found.push({ place: threshold.onPlace, message: `the threshold of \`${name}\` is chosen on folds` });
  if (calibrate) found.push({ place, message: `\`${name}\` is calibrated on folds` });
  return found;
}

/** Features that another model gives, which are out of fold on training rows. */
const predicted = (program: Program, file: string, task: TaskModel): Use[] =>
  program.reads(file).flatMap(({ feature, task: of }) => {
    const said = of.name === task.name ? smallest(feature.value, hasPrediction) : null;
    return said ? [{ place: said.place, message: `\`${feature.name}\` is what a model says out of fold` }] : [];
  });

const hasPrediction = (expr: TypedExpr): boolean => everyPart(expr).some(part => part.kind === 'prediction');

/** Whether a cutoff that the gap leaves to a fold's training rows has its label decided after one that is held out. */
function reachesOver(task: TaskModel, split: SplitModel): boolean {
  if (split.method.kind !== 'time') return false;
  const { gap } = split.method;
  const reach = labelReach(task);
  if (durationLe(reach, zeroDuration) || durationLe(reach, gap)) return false;
  if (task.cutoffs.kind !== 'grid') return task.cutoffs.kind === 'column';
  const pool = foldCutoffs(task, split);
  let next = 0;
  for (const [i, instant] of pool.entries()) {
    const purged = laterBy(instant, gap);
    next = Math.max(next, i + 1);
    while (next < pool.length && (pool[next] ?? 0) < purged) next++;
    const held = pool[next];
    if (held !== undefined && laterBy(instant, reach) > held) return true;
  }
  return false;
}

export interface FoldEdge {
  readonly split: SplitModel;
  readonly task: TaskModel;
  readonly uses: readonly [Use, ...Use[]];
}

/** The splits of the file whose folds are cut where labels reach over; edges of partitions have a rule of their own. */
export function foldEdges(program: Program, file: string): FoldEdge[] {
  const models = program.declarations(file).flatMap(({ model }) => (model.kind === 'model' ? [model] : []));
  return program.declarations(file).flatMap(({ model: split }) => {
    if (split.kind !== 'split' || split.method.kind !== 'time') return [];
    const task = program.task(file, split.task);
    if (!task || !reachesOver(task, split) || crossings(task, split).length > 0) return [];
    const [first, ...others] = [
      ...(split.folds === null ? [] : [{ place: split.place, message: `\`${split.name}\` cuts ${split.folds} folds` }]),
      ...models.filter(model => model.task === task.name && model.split === split.name).flatMap(usesOf),
      ...predicted(program, file, task),
    ];
    return first ? [{ split, task, uses: [first, ...others] }] : [];
  });
}
