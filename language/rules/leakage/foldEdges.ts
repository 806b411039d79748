/** Folds by time cut between any two cutoffs, purged by the gap alone: who uses them, and whether labels reach over their edges. */
import { isSame } from '../../model/environment.ts';
import { durationLe, zeroDuration } from '../../model/factOps.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { FeatureModel, ModelModel, SplitModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import { type Choice, choicesIn } from '../choice.ts';
import { readsBeside, smallest } from '../walk.ts';
import { crossings, foldCutoffs, labelReach, laterBy } from './splitBounds.ts';

type Use = Problem['related'][number];

const words: Readonly<Record<Choice['what'], (model: string) => string>> = {
  model: name => `\`${name}\` is chosen on folds`,
  settings: name => `the settings of \`${name}\` are chosen on folds`,
  rounds: name => `the training of \`${name}\` stops by folds`,
  threshold: name => `the threshold of \`${name}\` is chosen on folds`,
  calibration: name => `\`${name}\` is calibrated on folds`,
  stack: name => `\`${name}\` learns from scores on folds`,
};

/** What a model decides on folds of the training rows. */
const usesOf = (model: ModelModel): Use[] =>
  choicesIn(model).flatMap(({ what, of, on, place }) => (on === 'folds' ? [{ place, message: words[what](of) }] : []));

const isOf = ({ split, files }: ModelModel, { name, place }: SplitModel): boolean => split === name && files.split === place.file;

/** The models of the split that the file declares or judges. */
function modelsOf(program: Program, file: string, split: SplitModel): readonly ModelModel[] {
  const declared = gather(program.declarations(file), ({ model }) => (model.kind === 'model' ? [model] : []));
  const judged = gather(program.evaluations(file), ({ model }) => program.model(file, model) ?? []);
  return [...declared, ...judged.filter(model => !declared.some(own => isSame(own, model)))].filter(model => isOf(model, split));
}

interface Read {
  readonly feature: FeatureModel;
  /** Where the file reads it: null in the feature itself. */
  readonly by: Place | null;
}

/** The features of the task that the file declares, and those that its models of the split learn from. */
function readsOf(program: Program, file: string, { split, task }: Pick<FoldEdge, 'split' | 'task'>): readonly Read[] {
  const own = gather(program.reads(file), ({ feature, task: of }) => (isSame(of, task) ? [{ feature, by: null }] : []));
  const models = modelsOf(program, file, split).filter(({ files }) => files.features !== file);
  const elsewhere = models.flatMap(({ features, files, place }) =>
    (program.features(files.features, features)?.features ?? []).map(feature => ({ feature, by: place })),
  );
  return [...own, ...elsewhere];
}

/** What the file's features of the task are in which `holds` is true somewhere: the place in the file, and what is said there. */
export const featuresWith = (
  program: Program,
  file: string,
  edge: Pick<FoldEdge, 'split' | 'task'>,
  holds: (part: TypedExpr) => boolean,
  words: (name: string) => string,
): Use[] =>
  readsOf(program, file, edge).flatMap(({ feature, by }) => {
    const said = smallest(feature.value, holds);
    return said ? [{ place: by ?? said.place, message: words(feature.name) }] : [];
  });

const predicts = (expr: TypedExpr): boolean => readsBeside(expr).hasPrediction;

const judgedOnFolds = (program: Program, file: string, split: SplitModel): Use[] =>
  program
    .evaluations(file)
    .filter(of => of.partition === 'folds' && of.split === split.name && of.splitFile === split.place.file)
    .map(({ model, partitionPlace }) => ({ place: partitionPlace, message: `\`${model}\` is judged on folds` }));

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
  /** In the file: of the split where that declares it, else of the first use. */
  readonly place: Place;
  readonly isDeclaredHere: boolean;
  /** Beside what stands at the place. */
  readonly uses: readonly Use[];
}

/** The splits that the file declares, and those that its models and evaluations and the tasks of its features have. */
function splitsOf(program: Program, file: string): readonly SplitModel[] {
  const found = gather(program.declarations(file), ({ model }): (SplitModel | null)[] => {
    if (model.kind === 'split') return [model];
    return model.kind === 'model' ? [program.split(model.files.split, model.split)] : [];
  });
  for (const { split, splitFile } of program.evaluations(file)) found.push(program.split(splitFile, split));
  for (const { hasPrediction, task } of program.reads(file)) {
    if (hasPrediction) found.push(...program.splits(file, task.name, task.place.file));
  }
  const distinct = new Map<string, SplitModel>();
  for (const split of found) if (split) distinct.set(`${split.place.file}\0${split.place.decl}`, split);
  return [...distinct.values()];
}

function edgeOf(program: Program, file: string, split: SplitModel): FoldEdge | null {
  const task = split.method.kind === 'time' ? program.task(split.place.file, split.task) : null;
  if (split.method.kind !== 'time' || !task || !reachesOver(task, split) || crossings(task, split).length > 0) return null;
  const isDeclaredHere = split.place.file === file;
  const cuts: Use = { place: split.place, message: `\`${split.name}\` cuts ${split.folds} folds` };
  const uses = [
    ...(isDeclaredHere && split.folds !== null ? [cuts] : []),
    ...modelsOf(program, file, split)
      .filter(({ place }) => place.file === file)
      .flatMap(usesOf),
    ...(isDeclaredHere ? [] : judgedOnFolds(program, file, split)),
    ...featuresWith(program, file, { split, task }, predicts, name => `\`${name}\` is what a model says out of fold`),
  ];
  const [first, ...others] = isDeclaredHere ? uses : uses.filter(({ place }) => place.file === file);
  if (!first) return null;
  const method = split.method.gapPlace ?? split.methodPlace;
  return isDeclaredHere
    ? { split, task, place: method, isDeclaredHere, uses }
    : {
        split,
        task,
        place: first.place,
        isDeclaredHere,
        uses: [...others, { place: method, message: `\`${split.name}\` leaves no gap of that length` }],
      };
}

/** The splits of the file, or of what stands in it, whose folds are cut where labels reach over; edges of partitions have a rule of their own. */
export const foldEdges = (program: Program, file: string): FoldEdge[] => splitsOf(program, file).flatMap(split => edgeOf(program, file, split) ?? []);
