/** Scores on the rows that a model was fitted on say how well it remembers, not how well it predicts. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, SplitModel, TimeBounds } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';

const meet = (a: TimeBounds, b: TimeBounds): boolean =>
  (a.from === null || b.to === null || a.from < b.to) && (b.from === null || a.to === null || b.from < a.to);

/** Whether rows of the partition that one split cuts out can be training rows of another. Only bounds of time keep them apart. */
function overlaps(partition: EvaluationModel['partition'], of: SplitModel, trained: SplitModel): boolean {
  if (of.method.kind !== 'time' || trained.method.kind !== 'time' || partition === 'folds') return true;
  const bounds = of.method[partition];
  return bounds !== null && meet(bounds, trained.method.train);
}

function problem(program: Program, file: string, { model, partition, partitionPlace, split }: EvaluationModel): Problem[] {
  const judged = program.split(file, split);
  const trained = program.split(file, program.model(file, model)?.split ?? split);
  const another = trained !== null && judged !== null && trained.name !== judged.name;
  if (another ? !overlaps(partition, judged, trained) : partition !== 'train') return [];
  return [
    {
      rule: 'evaluate-on-train',
      place: partitionPlace,
      message: another
        ? `\`${model}\` is fitted on the training rows of \`${trained.name}\`, and \`${partition}\` of \`${judged.name}\` holds some of them.`
        : `\`${model}\` is judged on \`train\`, the rows it is fitted on.`,
      label: another ? 'training rows are among these' : 'these rows are the training rows',
      help: `evaluate ${model} on test`,
      related: [
        ...(trained ? [{ place: trained.place, message: `\`${trained.name}\` says which rows are \`train\`` }] : []),
        ...(another ? [{ place: judged.place, message: `\`${judged.name}\` divides the same rows in another way` }] : []),
      ],
      fixes: [{ title: 'Evaluate on test', safe: false, edits: [{ place: partitionPlace, text: 'test' }] }],
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
  check: (program, file) => program.evaluations(file).flatMap(evaluation => problem(program, file, evaluation)),
} satisfies Rule;
