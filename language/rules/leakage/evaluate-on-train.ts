/** Scores on the rows that a model was fitted on say how well it remembers, not how well it predicts. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, ModelModel, SplitModel, TimeBounds } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';
import { madeOf } from './choices.ts';

const meet = (a: TimeBounds, b: TimeBounds): boolean =>
  (a.from === null || b.to === null || a.from < b.to) && (b.from === null || a.to === null || b.from < a.to);

/** Whether rows of the partition that one split cuts out can be training rows of another. Only bounds of time keep them apart. */
function overlaps(partition: EvaluationModel['partition'], of: SplitModel, trained: SplitModel): boolean {
  if (of.method.kind !== 'time' || trained.method.kind !== 'time' || partition === 'folds') return true;
  const bounds = of.method[partition];
  return bounds !== null && meet(bounds, trained.method.train);
}

/** Learned on train and validate in the end. */
const isRefit = ({ definition }: ModelModel): boolean =>
  definition.kind === 'best' ? definition.refit : definition.kind === 'algorithm' && definition.training.refit;

function problem(program: Program, file: string, { model, partition, partitionPlace, split }: EvaluationModel): Problem[] {
  const judged = program.split(file, split);
  const trained = program.split(file, program.model(file, model)?.split ?? split);
  const another = trained !== null && judged !== null && trained.name !== judged.name;
  const refit = partition === 'validate' && !another ? madeOf(program, file, model).find(isRefit) : undefined;
  if (another ? !overlaps(partition, judged, trained) : partition !== 'train' && !refit) return [];
  return [
    {
      rule: 'evaluate-on-train',
      place: partitionPlace,
      message: another
        ? `\`${model}\` learns from the training rows of \`${trained.name}\`, and \`${partition}\` of \`${judged.name}\` holds some of them.`
        : refit
          ? `\`${model}\` is judged on \`validate\`, whose rows \`${refit.name}\` learns from in the end.`
          : `\`${model}\` is judged on \`train\`, the rows that it learns from.`,
      label: another ? 'training rows are among these' : 'these rows are the training rows',
      help: `evaluate ${model} on test`,
      related: [
        ...(trained ? [{ place: trained.place, message: `\`${trained.name}\` says which rows are \`train\`` }] : []),
        ...(another ? [{ place: judged.place, message: `\`${judged.name}\` divides the same rows in another way` }] : []),
        ...(refit ? [{ place: refit.place, message: `\`${refit.name}\` is learned again on train and validate` }] : []),
      ],
      fixes: [{ title: 'Evaluate on test', safe: false, edits: [{ place: partitionPlace, text: 'test' }] }],
    },
  ];
}

/** A candidate that has learned from the rows by which it is compared remembers them, whatever the others do. */
function chosenInSample(program: Program, file: string, { name, definition }: ModelModel): Problem[] {
  if (definition.kind !== 'best' || definition.on === 'test') return [];
  const refit = definition.candidates.flatMap(candidate => madeOf(program, file, candidate)).find(isRefit);
  if (!refit || definition.on !== 'validate') return [];
  return [
    {
      rule: 'evaluate-on-train',
      place: definition.onPlace,
      message: `\`${name}\` is chosen on \`validate\`, whose rows \`${refit.name}\` learns from.`,
      label: 'training rows are among these',
      help: `Let \`${name}\` learn again what it has chosen: \`{ refit: train_and_validate }\`, and leave it out of \`${refit.name}\`.`,
      related: [{ place: refit.place, message: `\`${refit.name}\` is learned again on train and validate` }],
      fixes: [],
    },
  ];
}

export default {
  name: 'evaluate-on-train',
  code: 'CUP3001',
  group: 'leakage',
  severity: 'error',
  type: 'L1.1',
  verdict: 'leaks',
  why: 'The model has seen the answers of these rows, so its score says how well it remembers and nothing about new cases.',
  check: (program, file) => [
    ...program.declarations(file).flatMap(({ model }) => (model.kind === 'model' ? chosenInSample(program, file, model) : [])),
    ...program.evaluations(file).flatMap(evaluation => problem(program, file, evaluation)),
  ],
} satisfies Rule;
