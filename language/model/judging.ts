/** The rows that an evaluation judges: a partition of the model's own split, or of another one of its task. */
import type { Expr } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { wrongSetting } from './blockSettings.ts';
import { type Environment, isSame, taskOf } from './environment.ts';
import { type Partition, partitionOf } from './partitions.ts';
import { problem, respell } from './problem.ts';
import type { ModelModel, SplitModel } from './typed.ts';

export interface Judging {
  readonly partition: Partition;
  readonly split: SplitModel | null;
  /** As written: `test`, `spring.test`. */
  readonly text: string;
}

export function judgingOn(env: Environment, expr: Expr, model: ModelModel, place: (span: Span) => Place): Judging | null {
  if (expr.kind === 'missing') return null;
  const task = taskOf(env, model);
  const usable = task ? [...env.seenFrom(model.files.split).splits(task), ...env.splits(task)] : [];
  const all = usable.filter((split, i) => usable.findIndex(other => isSame(other, split)) === i);
  const object = expr.kind === 'member' && expr.object.kind === 'name' ? expr.object.name : null;
  const word = expr.kind === 'name' ? expr.name : object && expr.kind === 'member' ? expr.name : null;
  const partition = word && partitionOf(word.text);
  if (!word || !partition) {
    const near = word && nearest(word.text, ['train', 'validate', 'test']);
    env.report(
      problem('unknown-name', place(word?.span ?? expr.span), `There is no partition ${word ? `\`${word.text}\`` : 'of that kind'}.`, {
        help: near ? `Did you mean \`${near}\`?` : 'Partitions are `train`, `validate` and `test`; of another split, `name.test`.',
        fixes: near ? [respell(place(word.span), near)] : [],
      }),
    );
    return null;
  }
  const name = object?.text ?? model.split;
  const split = all.find(candidate => candidate.name === name && (object !== null || candidate.place.file === model.files.split)) ?? null;
  if (!split && object) {
    const near = nearest(
      name,
      all.map(candidate => candidate.name),
    );
    env.report(
      problem('unknown-name', place(object.span), `\`${model.task}\` has no split \`${name}\`.`, {
        help: near ? `Did you mean \`${near}\`?` : `Its splits are ${all.map(candidate => `\`${candidate.name}\``).join(', ')}.`,
        fixes: near ? [respell(place(object.span), near)] : [],
      }),
    );
    return null;
  }
  if (split && partition === 'folds' && (split.name !== model.split || split.place.file !== model.files.split)) {
    const help = `Judge it on \`folds\`, or on \`${split.name}.test\`.`;
    wrongSetting(env, expr.span, `\`${model.name}\` is held out on folds of \`${model.split}\`, which it learns on.`, help);
    return null;
  }
  return { partition, split, text: object ? `${object.text}.${word.text}` : word.text };
}
