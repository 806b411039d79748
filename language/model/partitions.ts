/** The partitions of a split, by name. */
import type { Place } from '../text/place.ts';
import { type Environment, taskOf } from './environment.ts';
import { problem } from './problem.ts';
import { suggestedValidate } from './suggestedPartition.ts';
import type { SplitModel } from './typed.ts';

const partitions = ['train', 'validate', 'test', 'folds'] as const;
export type Partition = (typeof partitions)[number];

export const partitionOf = (name: string): Partition | null => partitions.find(partition => partition === name) ?? null;

/** Whether the split cuts out such a partition; reports that it does not. */
export function hasPartition(env: Environment, split: SplitModel, partition: Partition, place: Place): boolean {
  const { method } = split;
  const has =
    partition === 'test' || partition === 'train'
      ? true
      : partition === 'folds'
        ? split.folds !== null
        : method.kind === 'time'
          ? method.validate !== null
          : method.validate > 0;
  if (partition === 'folds' && !has) {
    env.report(
      problem('missing-item', place, `\`${split.name}\` has no folds.`, {
        help: 'Add them to the split: `folds: 5`.',
        related: [{ place: split.place, message: `the split \`${split.name}\`` }],
      }),
    );
  } else if (!has) {
    env.report(
      problem('missing-item', place, `\`${split.name}\` has no partition \`${partition}\`.`, {
        help: suggestedValidate(split, taskOf(env, split)),
        related: [{ place: split.place, message: `the split \`${split.name}\`` }],
      }),
    );
  }
  return has;
}
