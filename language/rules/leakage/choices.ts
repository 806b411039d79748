/** What of a model is chosen by figures and on which rows, with the choices of the models that it is made of. */
import { isSame } from '../../model/environment.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, ModelModel, SplitModel, TaskModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import { type Choice, choicesIn } from '../choice.ts';
import { canShare } from './anotherSplit.ts';

/** `the threshold of `m` is chosen on these rows`. */
function wordsOf(choice: Choice): string {
  const { of } = choice;
  switch (choice.what) {
    case 'model':
      return `\`${of}\` is chosen by \`${choice.by}\` on these rows`;
    case 'settings':
      return `the settings of \`${of}\` are chosen by \`${choice.by}\` on these rows`;
    case 'rounds':
      return `the training of \`${of}\` stops by these rows`;
    case 'threshold':
      return `the threshold of \`${of}\` is chosen on these rows`;
    case 'calibration':
      return `\`${of}\` is calibrated on these rows`;
    case 'stack':
      return `\`${of}\` learns from scores of these rows`;
  }
}

/** The model of that name and all models it is made of, itself first. */
export function madeOf(program: Program, file: string, name: string): readonly ModelModel[] {
  const found = new Map<string, ModelModel>();
  const visit = (from: string, model: string): void => {
    const typed = program.model(from, model);
    // Two files may each have a model of that name.
    const key = typed ? `${typed.place.file}\0${typed.place.decl}` : '';
    if (!typed || found.has(key)) return;
    found.set(key, typed);
    const { definition } = typed;
    if (definition.kind === 'best') for (const candidate of definition.candidates) visit(typed.place.file, candidate);
    if (definition.kind === 'ensemble') for (const member of definition.members) visit(typed.place.file, member);
  };
  visit(file, name);
  return [...found.values()];
}

/** Metrics of the decision at the threshold; all others go by the score alone. */
const atThreshold: ReadonlySet<string> = new Set(['f1', 'accuracy', 'precision', 'recall', 'mcc']);

const figures = ({ metrics, segments }: EvaluationModel): readonly string[] => [
  ...metrics.map(({ metric }) => metric),
  ...segments.flatMap(({ metrics: inner }) => inner),
];

/** Whether the rows that it is made on are judged: those of the partition itself, or of another split's as far as bounds of time tell. */
function isOnJudged(choice: Choice, { partition }: EvaluationModel, judged: SplitModel, trained: SplitModel, task: TaskModel): boolean {
  if (choice.what === 'calibration' || choice.what === 'stack') return false;
  if (isSame(judged, trained)) {
    if (partition !== 'validate' && partition !== 'folds') return false;
    return choice.on === partition || (partition === 'folds' && choice.on === 'validate');
  }
  // Rows of train are the business of `evaluate-on-train`, and so are all rows that no bounds keep apart.
  if (choice.on !== 'validate' || judged.method.kind !== 'time' || trained.method.kind !== 'time') return false;
  return canShare(task, { split: trained, partition: 'validate' }, { split: judged, partition });
}

/** The choices that made use of the very rows that are judged, as far as they move what is reported of them; of the evaluated model, or `of` another. */
export function choicesOnJudged(program: Program, file: string, evaluation: EvaluationModel, of = evaluation.model): Choice[] {
  const model = program.model(file, of);
  const trained = model && program.split(model.files.split, model.split);
  const judged = program.split(evaluation.splitFile, evaluation.split);
  const task = model && program.task(model.files.task, model.task);
  if (!trained || !judged || !task) return [];
  const decides = figures(evaluation).some(metric => atThreshold.has(metric));
  return gather(madeOf(program, file, of), choicesIn).filter(
    choice => isOnJudged(choice, evaluation, judged, trained, task) && (choice.what !== 'threshold' || decides),
  );
}

/** The judged rows as they are written: `test`, `spring.test`. */
export function judgedOn(program: Program, file: string, { model, partition, split, splitFile }: EvaluationModel): string {
  const own = program.model(file, model);
  return own?.split === split && own.files.split === splitFile ? partition : `${split}.${partition}`;
}

/** Whether the evaluation claims a figure, rather than showing it. */
export const claimsFigure = ({ claims }: EvaluationModel): boolean =>
  claims.some(({ left, right }) => left.kind !== 'drift' && right.kind !== 'drift');

/** The models that are judged on test rows by which nothing about them is chosen, or are a part of one that is, by their names in the file. */
export const testedModels = (program: Program, file: string): ReadonlySet<string> =>
  new Set(
    program
      .evaluations(file)
      .filter(evaluation => evaluation.partition === 'test' && choicesOnJudged(program, file, evaluation).length === 0)
      .flatMap(({ model }) => madeOf(program, file, model))
      .filter(made => {
        const named = program.model(file, made.name);
        return named !== null && isSame(named, made);
      })
      .map(({ name }) => name),
  );

export const relatedOf = (choices: readonly Choice[]): Problem['related'] =>
  choices.map(choice => ({ place: choice.place, message: wordsOf(choice) }));
