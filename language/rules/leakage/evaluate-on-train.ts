/** Scores on the rows that a model was fitted on say how well it remembers, not how well it predicts. */
import { isSame } from '../../model/environment.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, ModelModel, SplitModel, TaskModel } from '../../model/typed.ts';
import { durationWords } from '../../text/duration.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import { isRefit } from '../choice.ts';
import type { Rule } from '../rule.ts';
import { type Conflict, conflictOf, type Learned } from './anotherSplit.ts';
import { madeOf } from './choices.ts';
import { comparedIn } from './compared.ts';
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

/** A model whose figure of the evaluated rows counts: the evaluated one, or one that a claim compares it with. */
interface Subject {
  readonly name: string;
  readonly typed: ModelModel;
  readonly place: Place;
  readonly isCompared: boolean;
  /** What of the model is learned again on validate. */
  readonly refit: ModelModel | undefined;
}

type Learning = Learned['partition'];

interface Across {
  readonly evaluation: EvaluationModel;
  readonly judged: SplitModel;
  readonly trained: SplitModel;
}

/** On rows of the split that the model learns on. */
function ownSplit({ name, place, isCompared, refit }: Subject, part: Learning, evaluation: EvaluationModel, split: SplitModel): Problem[] {
  if (evaluation.partition !== part) return [];
  const again = part === 'validate' ? refit : undefined;
  const verb = isCompared ? 'compared' : 'judged';
  return [
    {
      rule,
      place,
      message: again
        ? `\`${name}\` is ${verb} on \`validate\`, whose rows \`${again.name}\` learns from in the end.`
        : `\`${name}\` is ${verb} on \`train\`, the rows that it learns from.`,
      label: isCompared ? 'a figure of the training rows' : 'these rows are the training rows',
      related: [{ place: split.place, message: `\`${split.name}\` says which rows are \`${part}\`` }, ...(again ? [refitNote(again)] : [])],
      ...onTest(evaluation),
    },
  ];
}

/** What is wrong between the two splits: message, label and, where the test rows of the own split are not the way out, the remedy. */
function wordsOf(
  conflict: Conflict,
  name: string,
  part: Learning,
  { evaluation, judged, trained }: Across,
  task: TaskModel,
): Pick<Problem, 'message' | 'label'> & { help?: string } {
  const rows = part === 'train' ? `the training rows of \`${trained.name}\`` : `the rows of \`validate\` of \`${trained.name}\``;
  const these = `\`${evaluation.partition}\` of \`${judged.name}\``;
  switch (conflict.kind) {
    case 'shared':
      return { message: `\`${name}\` learns from ${rows}, and ${these} holds some of them.`, label: 'training rows are among these' };
    case 'later':
      return { message: `\`${name}\` learns from ${rows}, which lie after ${these}.`, label: 'earlier than what is learned from' };
    case 'reaching':
      return {
        message: `\`${name}\` learns from ${rows}. Their labels are decided up to ${durationWords(labelReach(task))} after the cutoff, past the start of ${these} on ${instantText(conflict.start)}.`,
        label: 'training labels are decided among these',
        help: `Let ${these} begin on ${instantText(conflict.decided)}, or later.`,
      };
    case 'units':
      return {
        message: `${these} leaves out the groups that its own \`train\` holds, and \`${name}\` learns from ${rows}, which may hold others.`,
        label: 'groups that are learned from may be among these',
      };
  }
}

/** On rows that another split cuts out. */
function anotherSplit(program: Program, { name, typed, place, refit }: Subject, part: Learning, across: Across): Problem[] {
  const { evaluation, judged, trained } = across;
  const task = program.task(typed.files.task, typed.task);
  const conflict = task && conflictOf(task, { split: trained, partition: part }, { split: judged, partition: evaluation.partition });
  if (!task || !conflict) return [];
  const related = [
    { place: trained.place, message: `\`${trained.name}\` says which rows are \`${part}\`` },
    { place: judged.place, message: `\`${judged.name}\` divides the same rows in another way` },
    ...(part === 'validate' && refit ? [refitNote(refit)] : []),
  ];
  const { help: usual, fixes } = onTest(evaluation);
  const { message, label, help } = wordsOf(conflict, name, part, across, task);
  return [{ rule, place, message, label, help: help ?? usual, related, fixes }];
}

/** The evaluated model and, once each, those that its figures are compared with. All learn on one split, so they have one `train`. */
function subjectsOf(program: Program, evaluation: EvaluationModel): Subject[] {
  const named = [{ model: evaluation.model, home: evaluation.modelFile, place: evaluation.partitionPlace }, ...comparedIn(evaluation)];
  return named.flatMap(({ model: name, home, place }, i): Subject[] => {
    const typed = program.model(home, name);
    return typed ? [{ name, typed, place, isCompared: i > 0, refit: madeOf(program, home, name).find(isRefit) }] : [];
  });
}

function problems(program: Program, evaluation: EvaluationModel): Problem[] {
  const [first, ...compared] = subjectsOf(program, evaluation);
  const judged = program.split(evaluation.splitFile, evaluation.split);
  const trained = first && program.split(first.typed.files.split, first.typed.split);
  if (!judged || !trained) return [];
  const found = (subject: Subject, part: Learning): Problem[] =>
    isSame(trained, judged) ? ownSplit(subject, part, evaluation, judged) : anotherSplit(program, subject, part, { evaluation, judged, trained });
  const again = compared.filter(({ refit }) => refit && !first.refit);
  return [...found(first, 'train'), ...(first.refit ? found(first, 'validate') : []), ...again.flatMap(subject => found(subject, 'validate'))];
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
    ...gather(program.declarations(file), ({ model }) => (model.kind === 'model' ? chosenInSample(program, file, model) : [])),
    ...gather(program.evaluations(file), evaluation => problems(program, evaluation)),
  ],
} satisfies Rule;
