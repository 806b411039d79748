/** Rows of other entities as features, where nothing tells the past from the present and a split puts them on both sides. */
import type { Problem } from '../../model/problem.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { type Cause, chosenAmongAll, readAlso } from './amongAll.ts';
import { capital } from './blocked.ts';

/** The column of the observed row by which the window finds others. */
function sharedIn({ window }: Cause['first']): string | null {
  const { entity } = window?.link ?? {};
  return entity?.kind === 'column' ? writtenName(entity.name) : null;
}

function helpOf({ first }: Cause): string {
  const shared = sharedIn(first);
  if (shared === null) return 'Join by a column that refers to the entity, or by its key.';
  const counted =
    first.window?.where === null && first.aggregate === 'count' ? ` \`${shared} |> frequency_encode\` learns on train how often it comes.` : '';
  return `Keep rows that share it on one side: \`by group { group: ${shared}, … }\`.${counted}`;
}

export default {
  name: 'peer-rows-across-split',
  code: 'CUP3074',
  group: 'leakage',
  severity: 'warning',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'Rows of test are among those that features of train are made of, so the score is of a model that has seen them.',
  check: (program, file) =>
    chosenAmongAll(program, file, true).map((cause): Problem => {
      const { place, what, table } = cause.first;
      return {
        rule: 'peer-rows-across-split',
        place,
        message: `${capital(what)} reads rows of \`${table}\` that belong to others, to those of test too.`,
        label: 'rows of all partitions',
        help: helpOf(cause),
        related: readAlso(cause),
        fixes: [],
      };
    }),
} satisfies Rule;
