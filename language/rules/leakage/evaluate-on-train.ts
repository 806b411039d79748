/** Scores on the rows that a model was fitted on say how well it remembers, not how well it predicts. */
import { isSame } from '../../model/environment.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, ModelModel, SplitModel } from '../../model/typed.ts';
import { durationWords } from '../../text/duration.ts';
import { isRefit } from '../choice.ts';
import type { Rule } from '../rule.ts';
import { type Conflict, conflictOf, type Learned } from './anotherSplit.ts';
import { madeOf } from './choices.ts';
import { instantText, labelReach } from './splitBounds.ts';

const rule = 'evaluate-on-train';

const onTest = ({ model, partitionPlace }: EvaluationModel): Pick<Problem, 'help' | 'fixes'> => ({
  help: `evaluate ${model} on test`,
  fixes: [{ title: 'Evaluate on test', safe: false, edits: [{ place: partitionPlace, text: 'test' }] }],
});

const refitNote = ({ name, place }: ModelModel): Problem['related'][number] => ({
  place,
  message: `\`${name}\` is learned again on train and validate`,
});

/** On rows of the split that the model learns on. */
function ownSplit(evaluation: EvaluationModel, split: SplitModel, refit: ModelModel | undefined): Problem[] {
  const { model, partition, partitionPlace } = evaluation;
  const again = partition === 'validate' ? refit : undefined;
  if (partition !== 'train' && !again) return [];
  return [
    {
      rule,
      place: partitionPlace,
      message: again
        ? `\`${model}\` is judged on \`validate\`, whose rows \`${again.name}\` learns from in the end.`
        : `\`${model}\` is judged on \`train\`, the rows that it learns from.`,
      label: 'these rows are the training rows',
      related: [{ place: split.place, message: `\`${split.name}\` says which rows are \`train\`` }, ...(again ? [refitNote(again)] : [])],
      ...onTest(evaluation),
    },
  ];
}

interface Across {
  readonly evaluation: EvaluationModel;
  readonly judged: SplitModel;
  readonly trained: SplitModel;
  /** How long after their cutoff labels are decided. */
  readonly reach: string;
}

/** What is wrong between the two splits: message, label and, where the test rows of the own split are not the way out, the remedy. */
function wordsOf(
  conflict: Conflict,
  learned: Learned,
  { evaluation, judged, trained, reach }: Across,
): Pick<Problem, 'message' | 'label'> & { help?: string } {
  const { model, partition } = evaluation;
  const rows = learned.partition === 'train' ? `the training rows of \`${trained.name}\`` : `the rows of \`validate\` of \`${trained.name}\``;
  const these = `\`${partition}\` of \`${judged.name}\``;
  switch (conflict.kind) {
    case 'shared':
      return { message: `\`${model}\` learns from ${rows}, and ${these} holds some of them.`, label: 'training rows are among these' };
    case 'later':
      return { message: `\`${model}\` learns from ${rows}, which lie after ${these}.`, label: 'earlier than what is learned from' };
    case 'reaching':
      return {
        message: `\`${model}\` learns from ${rows}. Their labels are decided up to ${reach} after the cutoff, past the start of ${these} on ${instantText(conflict.start)}.`,
        label: 'training labels are decided among these',
        help: `Let ${these} begin on ${instantText(conflict.decided)}, or later.`,
      };
    case 'units':
      return {
        message: `${these} leaves out the groups that its own \`train\` holds, and \`${model}\` learns from ${rows}, which may hold others.`,
        label: 'groups that are learned from may be among these',
      };
  }
}

/** On rows that another split cuts out. */
function anotherSplit(
  program: Program,
  { evaluation, judged, trained }: Omit<Across, 'reach'>,
  typed: ModelModel,
  refit: ModelModel | undefined,
): Problem[] {
  const task = program.task(typed.files.task, typed.task);
  if (!task) return [];
  const { partition, partitionPlace } = evaluation;
  for (const part of refit ? (['train', 'validate'] as const) : (['train'] as const)) {
    const learned = { split: trained, partition: part };
    const conflict = conflictOf(task, learned, { split: judged, partition });
    if (!conflict) continue;
    const across = { evaluation, judged, trained, reach: durationWords(labelReach(task)) };
    const { message, label, help } = wordsOf(conflict, learned, across);
    const related = [
      { place: trained.place, message: `\`${trained.name}\` says which rows are \`train\`` },
      { place: judged.place, message: `\`${judged.name}\` divides the same rows in another way` },
      ...(part === 'validate' && refit ? [refitNote(refit)] : []),
    ];
    const { help: usual, fixes } = onTest(evaluation);
    return [{ rule, place: partitionPlace, message, label, help: help ?? usual, related, fixes }];
  }
  return [];
}

function problem(program: Program, file: string, evaluation: EvaluationModel): Problem[] {
  const typed = program.model(file, evaluation.model);
  const judged = program.split(evaluation.splitFile, evaluation.split);
  const trained = typed && program.split(typed.files.split, typed.split);
  const refit = madeOf(program, file, evaluation.model).find(isRefit);
  if (!typed || !judged || !trained) return [];
  return isSame(trained, judged) ? ownSplit(evaluation, judged, refit) : anotherSplit(program, { evaluation, judged, trained }, typed, refit);
}

/** A candidate that has learned from the rows by which it is compared remembers them, whatever the others do. */
function chosenInSample(program: Program, file: string, { name, definition }: ModelModel): Problem[] {
  if (definition.kind !== 'best' || definition.on === 'test') return [];
  const refit = definition.candidates.flatMap(candidate => madeOf(program, file, candidate)).find(isRefit);
  if (!refit || definition.on !== 'validate') return [];
  return [
    {
      rule,
      place: definition.onPlace,
      message: `\`${name}\` is chosen on \`validate\`, whose rows \`${refit.name}\` learns from.`,
      label: 'training rows are among these',
      help: `Let \`${name}\` learn again what it has chosen: \`{ refit: train_and_validate }\`, and leave it out of \`${refit.name}\`.`,
      related: [refitNote(refit)],
      fixes: [],
    },
  ];
}

export default {
  name: rule,
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
