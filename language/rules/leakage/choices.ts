/** What of a model is chosen by figures and on which rows, with the choices of the models that it is made of. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, ModelModel } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';

export interface Choice {
  readonly what: 'model' | 'settings' | 'rounds' | 'threshold';
  /** The partition, or `folds`. */
  readonly on: string;
  readonly place: Place;
  /** `the threshold of `m` is chosen on these rows`. */
  readonly message: string;
}

/** What is decided about the model itself. */
function ownChoices({ name, definition }: ModelModel): Choice[] {
  if (definition.kind === 'best')
    return [{ what: 'model', on: definition.on, place: definition.onPlace, message: `\`${name}\` is chosen by \`${definition.by}\` on these rows` }];
  if (definition.kind === 'ensemble') return [];
  const { earlyStop, training } = definition;
  const { tune, threshold } = training;
  const found: Choice[] = [];
  if (tune)
    found.push({
      what: 'settings',
      on: tune.on,
      place: tune.onPlace,
      message: `the settings of \`${name}\` are chosen by \`${tune.metric}\` on these rows`,
    });
  if (earlyStop) found.push({ what: 'rounds', on: earlyStop.on, place: earlyStop.place, message: `the training of \`${name}\` stops by these rows` });
  if (threshold && threshold.kind !== 'value')
    found.push({ what: 'threshold', on: threshold.on, place: threshold.onPlace, message: `the threshold of \`${name}\` is chosen on these rows` });
  return found;
}

/** The model of that name and all models it is made of, itself first. */
export function madeOf(program: Program, file: string, name: string): readonly ModelModel[] {
  const found = new Map<string, ModelModel>();
  const visit = (from: string, model: string): void => {
    const typed = program.model(from, model);
    if (!typed || found.has(typed.name)) return;
    found.set(typed.name, typed);
    const { definition } = typed;
    if (definition.kind === 'best') for (const candidate of definition.candidates) visit(typed.place.file, candidate);
    if (definition.kind === 'ensemble') for (const member of definition.members) visit(typed.place.file, member);
  };
  visit(file, name);
  return [...found.values()];
}

export const choicesOf = (program: Program, file: string, name: string): Choice[] => madeOf(program, file, name).flatMap(ownChoices);

/** Metrics of the decision at the threshold; all others go by the score alone. */
const atThreshold: ReadonlySet<string> = new Set(['f1', 'accuracy', 'precision', 'recall', 'mcc']);

const figures = ({ metrics, segments }: EvaluationModel): readonly string[] => [
  ...metrics.map(({ metric }) => metric),
  ...segments.flatMap(({ metrics: inner }) => inner),
];

/** The choices that made use of the very rows that are judged, as far as they move what is reported of them. */
export function choicesOnJudged(program: Program, file: string, evaluation: EvaluationModel): Choice[] {
  const { partition, model, split } = evaluation;
  if (partition !== 'validate' && partition !== 'folds') return [];
  if (program.model(file, model)?.split !== split) return [];
  const decides = figures(evaluation).some(metric => atThreshold.has(metric));
  return choicesOf(program, file, model).filter(
    ({ what, on }) => (on === partition || (partition === 'folds' && on === 'validate')) && (what !== 'threshold' || decides),
  );
}

/** Whether the evaluation claims a figure, rather than showing it. */
export const claimsFigure = ({ claims }: EvaluationModel): boolean =>
  claims.some(({ left, right }) => left.kind !== 'drift' && right.kind !== 'drift');

/** The models that are judged on test rows, or are a part of one that is. */
export const testedModels = (program: Program, file: string): ReadonlySet<string> =>
  new Set(
    program
      .evaluations(file)
      .filter(({ partition }) => partition === 'test')
      .flatMap(({ model }) => madeOf(program, file, model).map(({ name }) => name)),
  );

export const relatedOf = (choices: readonly Choice[]): Problem['related'] => choices.map(({ place, message }) => ({ place, message }));
