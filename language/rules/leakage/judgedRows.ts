/** Evaluations of a part of the rows that no evaluation takes whole, and the edit that makes one of them take all. */
import type { ProblemFix } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel } from '../../model/typed.ts';

const rowsOf = ({ model, partition, split }: EvaluationModel): string => `${model}\0${partition}\0${split}`;

/** The evaluations of a file that judge a part, where none of the same model judges all of the partition. */
export function partsAlone(program: Program, file: string): readonly EvaluationModel[] {
  const all = program.evaluations(file);
  const whole = new Set(all.filter(({ where }) => !where).map(rowsOf));
  return all.filter(evaluation => evaluation.where && !whole.has(rowsOf(evaluation)));
}

/** Takes the condition out; nothing where it is written elsewhere. */
export function judgeAll({ partition, partitionPlace, where }: EvaluationModel): ProblemFix[] {
  if (where?.place.decl !== partitionPlace.decl || where.place.file !== partitionPlace.file) return [];
  const clause = { ...partitionPlace, span: { start: partitionPlace.span.end, end: where.place.span.end } };
  return [{ title: `Judge all rows of \`${partition}\``, safe: false, edits: [{ place: clause, text: '' }] }];
}
